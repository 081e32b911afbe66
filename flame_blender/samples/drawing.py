"""Random parameters as TF_FLAME's sample_FLAME.py and VOCA's sample_templates.py draw them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..flame.model import STANDARD_DEVIATIONS, Direction, FlameModel
from ..flame.params import POSE_FIELDS, FlameParams
from ..flame.randomise import identity_of, random_coefficients

FLAME, VOCA_TEMPLATE = "FLAME", "VOCA_TEMPLATE"
N_IDENTITY, N_EXPRESSION = 100, 50  # of the leading coefficients; the others are zero
EXPRESSION, ROOT, JOINTS = 0.5, 0.03, 0.02  # standard deviations; of the last two radians


def drawn(model: FlameModel, kind: str, seed: int, heads: range) -> FlameParams:
    """A batch of heads, whose numbers count from 0: the same seed and number give the same head, however many are made.

    "FLAME": identity from N(0, 1), expression, root, neck, jaw and eyes from narrower ones. "VOCA_TEMPLATE": identity
    alone, in the zero pose. Movements of the built-in head, which are no standard deviations, are drawn as Randomise
    draws them.
    """
    shapes, expressions, poses = [], [], []
    for number in heads:
        rng = np.random.default_rng([seed, number])
        shapes.append(_identity(model, rng))
        if kind == FLAME:
            expressions.append(_normal(model.expression_directions, N_EXPRESSION, EXPRESSION, rng))
            deviations = np.array([ROOT, *[JOINTS] * (len(POSE_FIELDS) - 1)])
            poses.append(rng.standard_normal((len(POSE_FIELDS), 3)) * deviations[:, None])
    if kind == VOCA_TEMPLATE:
        return FlameParams(shape=np.stack(shapes))
    rotations = dict(zip(POSE_FIELDS, np.stack(poses, 1), strict=True))
    return FlameParams(shape=np.stack(shapes), expression=np.stack(expressions), **rotations)


def _identity(model: FlameModel, rng: np.random.Generator) -> np.ndarray:
    """(k,) float32 of as many leading directions, or all of a person where the model knows people."""
    if model.identity_mixing is None:
        return _normal(model.identity_directions, N_IDENTITY, 1.0, rng)
    return identity_of(model, rng.standard_normal(min(N_IDENTITY, model.n_identity)))


def _normal(directions: Sequence[Direction], most: int, strength: float, rng: np.random.Generator) -> np.ndarray:
    """(k,) float32 of at most so many leading directions."""
    leading = directions[:most]
    if all(direction.unit == STANDARD_DEVIATIONS for direction in leading):
        return (rng.standard_normal(len(leading)) * strength).astype(np.float32)
    return random_coefficients(leading, strength, rng)
