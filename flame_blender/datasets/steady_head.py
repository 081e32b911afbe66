"""FLAME's layer for data sets: the same bits however many threads the processor's libraries take.

Products of matrices are shared out among threads, and sums round by how they are shared; here every number is summed in
one order. ``flame/evaluator.py`` is many times quicker, and the same to a tenth of a micrometre.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ..flame.model import FlameModel
from ..flame.params import POSE_FIELDS, FlameParams
from ..flame.skinning import joint_transforms, pose_feature
from ..geometry.rotations import matrix_from_axis_angle


@dataclass(frozen=True, eq=False)
class SteadyPose:
    """A posed head: ``vertices`` (V, 3) float32, and of what parts follow it.

    ``rest`` (V, 3) float64 of its identity alone, and ``transforms`` (J, 4, 4) float64 that carry points at rest along
    with each joint, translation included.
    """

    vertices: np.ndarray
    rest: np.ndarray
    transforms: np.ndarray


class SteadyHead:
    """Evaluates one model, a single frame at a time."""

    def __init__(self, model: FlameModel) -> None:
        self.model = model
        self._template = model.v_template.T.astype(np.float64)
        self._regressed = [np.flatnonzero(row) for row in model.joint_regressor]
        self._followed = [np.flatnonzero(weights) for weights in model.weights.T]

    def vertices(self, params: FlameParams) -> np.ndarray:
        """(V, 3) float32, metres, of a single frame without offsets whose lids turn with the head."""
        return self.posed(params).vertices

    def posed(self, params: FlameParams) -> SteadyPose:
        """The same, with what its parts follow."""
        model = self.model
        moving = model.basis[model.n_identity :]
        shaped = self._template.copy()
        _add(shaped, params.shape, model.basis)
        rest = shaped.T.copy()
        _add(shaped, params.expression, moving)
        turned = matrix_from_axis_angle(np.stack([getattr(params, name) for name in POSE_FIELDS]))
        transforms = joint_transforms(turned, self._joints(shaped), model.parents.tolist())
        _add(shaped, pose_feature(turned), moving[model.n_expression :])
        if params.eyelids is not None and model.eyelid_shapes is not None:
            for shut, shape in zip(params.eyelids.tolist(), model.eyelid_shapes, strict=True):
                shaped += shut * shape.T
        vertices = self._skinned(shaped, transforms, params.translation)
        transforms[:, :3, 3] += params.translation
        return SteadyPose(vertices, rest, transforms)

    def _joints(self, shaped: np.ndarray) -> np.ndarray:
        """(J, 3): each an exact sum, rounded once."""
        return np.array(
            [
                [math.fsum((row[used].astype(np.float64) * axis[used]).tolist()) for axis in shaped]
                for row, used in zip(self.model.joint_regressor, self._regressed, strict=True)
            ]
        )

    def _skinned(self, shaped: np.ndarray, transforms: np.ndarray, translation: np.ndarray) -> np.ndarray:
        posed = np.zeros_like(shaped)
        for transform, weights, used in zip(transforms, self.model.weights.T, self._followed, strict=True):
            x, y, z = shaped[:, used]
            share = weights[used].astype(np.float64)
            for axis, (a, b, c, offset) in enumerate(transform[:3].tolist()):
                posed[axis, used] += share * (a * x + b * y + c * z + offset)
        posed += translation[:, None]
        return np.ascontiguousarray(posed.T, np.float32)


def _add(shaped: np.ndarray, coefficients: np.ndarray, directions: np.ndarray) -> None:
    """Add directions (K, 3 V) by coefficients (k,), one after the other."""
    for row, value in enumerate(coefficients.tolist()):
        if value:
            shaped += value * directions[row].reshape(shaped.shape).astype(np.float64)
