"""Random coefficients that stay plausible, from a seed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .model import STANDARD_DEVIATIONS, Direction


def random_coefficients(directions: Sequence[Direction], strength: float, rng: np.random.Generator) -> np.ndarray:
    """(K,) float32: one coefficient for each direction, inside its soft range.

    Directions in standard deviations are drawn from N(0, strength^2), as the model's statistics say. Movements with a
    weight of 0 to 1 are drawn one in four, uniformly up to ``strength``, because a face never makes all at once.
    """
    deviations = rng.standard_normal(len(directions)) * strength
    weights = rng.random(len(directions)) * strength * (rng.random(len(directions)) < 0.25)
    statistical = np.array([direction.unit == STANDARD_DEVIATIONS for direction in directions], bool)
    low, high = np.array([direction.soft_range for direction in directions], float).reshape(-1, 2).T
    return np.clip(np.where(statistical, deviations, weights), low, high).astype(np.float32)
