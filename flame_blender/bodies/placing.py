"""Where a head stands on a body: by corresponding vertices, by landmarks, or as it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import bpy
import mathutils
import numpy as np

from ..errors import LandmarkError, ParameterError
from ..flame.landmarks import landmark_points
from ..flame.params import FlameParams
from ..geometry.rigid import similarity_alignment
from ..head import parameters
from ..head.frame import frame_of
from ..observations import marks
from ..observations.landmark_sources import in_space

LEAST_LANDMARKS = 3
FARTHEST = 0.15  # root mean square of what is left between corresponding vertices, of their own spread


@dataclass(frozen=True, eq=False)
class Placed:
    """``world``: the matrix that puts the head's object there; ``off``: how far points are off, root mean square.

    In the world's units; None where there was nothing to compare.
    """

    world: mathutils.Matrix
    off: float | None = None


def resting(obj: bpy.types.Object) -> np.ndarray:
    """(V, 3) float64, FLAME's axes: the head's identity and offsets, without expression and pose."""
    params = parameters.get_params(obj, correctives=False)
    evaluator = parameters.require_evaluator(parameters.require_head(obj))
    return evaluator.vertices(FlameParams(shape=params.shape, offsets=params.offsets)).astype(np.float64)


def by_vertices(obj: bpy.types.Object, rest: np.ndarray, there: np.ndarray, weights: np.ndarray) -> Placed:
    """The similarity that brings ``rest`` (V, 3) nearest to ``there`` (V, 3), world. ParameterError where they differ.

    A body that is another, or whose vertices are in another order, is told by what is left.
    """
    placed = _aligned(obj, rest, there, weights)
    spread = float(np.sqrt(((there - there.mean(0)) ** 2).sum(1).mean()))
    if placed.off is None or placed.off > FARTHEST * spread:
        raise ParameterError(
            f"{obj.name}: expected a body whose vertices are SMPL-X's, in SMPL-X's order, found one whose head has "
            f"another shape ({placed.off or 0:.3g} off at a size of {spread:.3g}); place it by landmarks or by eye."
        )
    return placed


def by_landmarks(obj: bpy.types.Object, rest: np.ndarray, body: bpy.types.Object, source: Any) -> Placed:
    """By landmarks in the world; None as ``source`` takes those that were picked on the body. Raises LandmarkError."""
    model = parameters.require_evaluator(parameters.require_head(obj)).model
    source = marks.collection_of(body) if source is None else source
    if source is None:
        raise LandmarkError(f"{body.name}: expected landmarks that were picked on it, found none; pick three or more.")
    found = in_space(source, model, scan=body)
    if found.observed.count < LEAST_LANDMARKS:
        raise LandmarkError(f"{body.name}: expected {LEAST_LANDMARKS} landmarks or more, found {found.observed.count}.")
    own = landmark_points(rest, model.faces, found.embedding)[found.observed.indices]
    return _aligned(obj, own, found.observed.points, None)


def by_eye(obj: bpy.types.Object) -> Placed:
    """Where the head stands."""
    return Placed(obj.matrix_world.copy())


def _aligned(obj: bpy.types.Object, own: np.ndarray, there: np.ndarray, weights: np.ndarray | None) -> Placed:
    points = frame_of(obj).to_object(np.asarray(own, np.float64))
    scale, rotation, shift = similarity_alignment(points, there, weights)
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = scale * rotation, shift
    left = ((points @ matrix[:3, :3].T + shift - there) ** 2).sum(1)
    off = float(np.sqrt(left.mean() if weights is None else weights @ left / weights.sum()))
    return Placed(mathutils.Matrix(matrix.tolist()), off)
