"""Distances as colours: blue for nothing, over green and yellow, to red at the limit."""

from __future__ import annotations

import numpy as np

# linear colours at equal steps from 0 to the limit
STOPS = np.array([(0.02, 0.05, 0.40), (0.0, 0.35, 0.60), (0.05, 0.55, 0.12), (0.85, 0.65, 0.02), (0.65, 0.01, 0.01)])
GREY = (0.18, 0.18, 0.18, 1.0)
NICE = (1.0, 2.0, 5.0)


def colours(distances: np.ndarray, limit: float) -> np.ndarray:
    """(n,) distances -> (n, 4) float32 linear colours; at ``limit`` and beyond red, grey for NaN."""
    known = np.isfinite(distances)
    places = np.clip(np.where(known, distances, 0) / limit, 0, 1) * (len(STOPS) - 1)
    steps = np.arange(len(STOPS))
    shades = np.ones((len(distances), 4), np.float32)
    for channel in range(3):
        shades[:, channel] = np.interp(places, steps, STOPS[:, channel])
    shades[~known] = GREY
    return shades


def nice_limit(distance: float) -> float:
    """The least of 1, 2, 5 times a power of ten that is not below ``distance``; at least a hundredth."""
    distance = max(float(distance), 0.01)
    power = 10.0 ** np.floor(np.log10(distance))
    return float(next((step * power for step in NICE if step * power >= distance * (1 - 1e-9)), 10 * power))
