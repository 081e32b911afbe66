"""From sculpted vertices back to rest-pose offsets."""

from __future__ import annotations

import dataclasses
from itertools import pairwise

import numpy as np

from ..errors import ParameterError
from ..geometry.rotations import matrix_from_axis_angle
from .evaluator import FlameEvaluator
from .params import POSE_FIELDS, FlameParams

TOLERANCE = 2e-7
# Offsets act on the joints through 15 numbers, so the accelerated iteration needs hardly more rounds than that.
MOST_ROUNDS = 24


def offsets_from_vertices(evaluator: FlameEvaluator, params: FlameParams, vertices: np.ndarray) -> np.ndarray:
    """(V, 3) float32 offsets, metres, with which ``params`` evaluates to ``vertices`` ((V, 3), FLAME axes, one frame).

    The difference between the wanted and the evaluated vertices is turned back by each vertex's blended rotation and
    added. Offsets also move the joints a little, so this is repeated, each step corrected by what the earlier ones did
    (Anderson, "Iterative procedures for nonlinear integral equations", 1965).
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
    tried: list[np.ndarray] = []
    steps: list[np.ndarray] = []
    for _ in range(MOST_ROUNDS):
        missing = vertices - evaluator.vertices(dataclasses.replace(params, offsets=offsets))
        if np.abs(missing).max() < TOLERANCE:
            break
        tried.append(offsets)
        steps.append(np.einsum("vij,vj->vi", back, missing))
        offsets = _accelerated(tried, steps)
    return offsets.astype(np.float32)


def _accelerated(tried: list[np.ndarray], steps: list[np.ndarray]) -> np.ndarray:
    """The next offsets to try, from all that were tried and the plain step that each asked for."""
    plain = tried[-1] + steps[-1]
    if len(tried) == 1:
        return plain
    moves = np.stack([(after - before).ravel() for before, after in pairwise(tried)], axis=1)
    changes = np.stack([(after - before).ravel() for before, after in pairwise(steps)], axis=1)
    shares = np.linalg.lstsq(changes, steps[-1].ravel(), rcond=None)[0]
    return plain - ((moves + changes) @ shares).reshape(plain.shape)


def _blended_rotations(evaluator: FlameEvaluator, params: FlameParams) -> np.ndarray:
    """(V, 3, 3) float64: the linear part of each vertex's skinning transform."""
    model = evaluator.model
    world: list[np.ndarray] = []
    for parent, name in zip(model.parents, POSE_FIELDS, strict=True):
        local = matrix_from_axis_angle(getattr(params, name))
        world.append(local if parent < 0 else world[parent] @ local)
    return np.einsum("vj,jab->vab", model.weights.astype(np.float64), np.stack(world))
