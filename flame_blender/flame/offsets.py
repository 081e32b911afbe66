"""From sculpted vertices back to rest-pose offsets."""

from __future__ import annotations

import dataclasses

import numpy as np

from .errors import ParameterError
from .evaluator import FlameEvaluator
from .params import POSE_FIELDS, FlameParams
from .rotations import matrix_from_axis_angle

TOLERANCE = 1e-7
MOST_ROUNDS = 30


def offsets_from_vertices(evaluator: FlameEvaluator, params: FlameParams, vertices: np.ndarray) -> np.ndarray:
    """(V, 3) float32 offsets, metres, with which ``params`` evaluates to ``vertices`` ((V, 3), FLAME axes, one frame).

    The difference between the wanted and the evaluated vertices is turned back by each vertex's blended rotation and
    added. Offsets also move the joints a little, so this is repeated until nothing changes by more than 0.1 micrometre.
    Raises ParameterError for a batch or for another number of vertices.
    """
    model = evaluator.model
    vertices = np.asarray(vertices, np.float32)
    if params.n_frames is not None or vertices.shape != model.v_template.shape:
        raise ParameterError(
            f"Offsets need one frame and vertices of shape {model.v_template.shape}, found {vertices.shape}"
            f"{'' if params.n_frames is None else f' and {params.n_frames} frames'}."
        )
    offsets = np.zeros(vertices.shape) if params.offsets is None else params.offsets.astype(np.float64)
    back = np.linalg.pinv(_blended_rotations(evaluator, params))
    for _ in range(MOST_ROUNDS):
        missing = vertices - evaluator.vertices(dataclasses.replace(params, offsets=offsets))
        offsets += np.einsum("vij,vj->vi", back, missing)
        if np.abs(missing).max() < TOLERANCE:
            break
    return offsets.astype(np.float32)


def _blended_rotations(evaluator: FlameEvaluator, params: FlameParams) -> np.ndarray:
    """(V, 3, 3) float64: the linear part of each vertex's skinning transform."""
    model = evaluator.model
    world: list[np.ndarray] = []
    for parent, name in zip(model.parents, POSE_FIELDS, strict=True):
        local = matrix_from_axis_angle(getattr(params, name))
        world.append(local if parent < 0 else world[parent] @ local)
    return np.einsum("vj,jab->vab", model.weights.astype(np.float64), np.stack(world))
