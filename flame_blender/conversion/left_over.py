"""What coefficients and pose leave over, as offsets of the head at rest that are the same in every frame."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

import numpy as np

from ..correspondence.relaxing import relaxed_values, stiffness
from ..fitting.solver.linearised import carried_rotations
from ..flame.evaluator import FlameEvaluator
from ..flame.params import POSE_FIELDS, FlameParams
from ..geometry.rotations import matrix_from_axis_angle
from ..geometry.triangles import edges_of
from .places import Places

TOGETHER = 500  # vertices whose distances to all others are in memory at a time


def offsets_for(target: FlameEvaluator, places: Places, params: FlameParams, away: Iterable[np.ndarray]) -> np.ndarray:
    """(V, 3) float32, metres: the offsets that take up most of ``away``, from the head to where it belongs.

    That is (n, V', 3) of the vertices of ``places`` for some frames at a time. Least squares over the frames, on top of
    the offsets of ``params``. Where a place is not sure, and on what has none, offsets follow those of the neighbours.
    """
    model = target.model
    fields = [np.broadcast_to(getattr(params, name), (params.n_frames or 0, 3)) for name in POSE_FIELDS]
    turned = carried_rotations(matrix_from_axis_angle(np.stack(fields, 1)), target.parents)
    weights = model.weights[places.vertices].astype(np.float64)
    normal, right = np.zeros((len(weights), 3, 3)), np.zeros((len(weights), 3))  # normal equations of each vertex
    for rotations, missing in zip(turned, chain.from_iterable(away), strict=True):
        blended = (weights @ rotations.reshape(len(rotations), 9)).reshape(-1, 3, 3)
        normal += np.swapaxes(blended, 1, 2) @ blended
        right += (np.swapaxes(blended, 1, 2) @ missing[..., None])[..., 0]
    wanted = (np.linalg.pinv(normal) @ right[..., None])[..., 0]
    if params.offsets is not None:
        wanted += params.offsets[places.vertices]
    if places.trust.min() < 1:
        place = np.full(model.n_vertices, -1)
        place[places.vertices] = np.arange(len(wanted))
        edges = edges_of(model.faces)
        edges = place[edges[(place[edges] >= 0).all(1)]]
        stiff = stiffness(model.v_template[places.vertices].astype(np.float64), edges)
        wanted = relaxed_values(edges, stiff, places.trust, wanted)
    offsets = np.zeros((model.n_vertices, 3), np.float32)
    offsets[places.vertices] = wanted
    others = np.setdiff1d(np.arange(model.n_vertices), places.vertices)
    offsets[others] = wanted[_nearest(model.v_template[others], model.v_template[places.vertices])]
    return offsets


def _nearest(points: np.ndarray, others: np.ndarray) -> np.ndarray:
    """(P,) rows of ``others`` (Q, 3) nearest to ``points`` (P, 3)."""
    found = [
        ((others - points[start : start + TOGETHER, None]) ** 2).sum(2).argmin(1)
        for start in range(0, len(points), TOGETHER)
    ]
    return np.concatenate([np.zeros(0, np.int64), *found])
