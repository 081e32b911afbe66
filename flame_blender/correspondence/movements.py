"""Movements of one head's skin, carried over to another's."""

from __future__ import annotations

import numpy as np

from ..flame.model import FlameModel
from .correspondence import Correspondence
from .skin import edges_of

UNMOVED = 1e-7  # metres
STIFFNESS, LENGTH = 0.2, 0.003  # of the skin between its vertices, and the edge (metres) at which it is that
STIFFEST = 25.0  # times as stiff, at the shortest edges
SETTLED = 1e-8  # metres
MOST_STEPS = 200
TOGETHER = 16  # movements solved for at a time


def carried_over(found: Correspondence, source: FlameModel, target: FlameModel, moved: np.ndarray) -> np.ndarray:
    """What ``moved`` (M, V, 3), displacements of the source's vertices at rest in metres, are on the target.

    Returns (M, V', 3) float64; zeros for what is not skin. The warp carries both ends of each displacement. What a
    vertex then moves by is trusted as much as its place is, and the rest follows its neighbours: the sum of
    trust |x - d|^2 over vertices and stiffness |x_i - x_j|^2 over edges is least. Short edges are the stiffer, as the
    square of their length, so that no triangle turns over.
    """
    corners = source.faces[found.triangles]
    used = np.unique(corners)
    rest = source.v_template.astype(np.float64)
    warped_rest = found.warp(rest[used])
    place = np.zeros(source.n_vertices, np.int64)
    place[used] = np.arange(len(used))
    carried = np.zeros((len(moved), len(found.vertices), 3))
    for number, each in enumerate(moved):
        shifted = np.zeros((len(used), 3))
        some = np.flatnonzero(np.abs(each[used]).max(1) > UNMOVED)
        shifted[some] = found.warp(rest[used[some]] + each[used[some]]) - warped_rest[some]
        carried[number] = (shifted[place[corners]] * found.barycentric[..., None]).sum(1)
    result = np.zeros((len(moved), target.n_vertices, 3))
    result[:, found.vertices] = _relaxed(found, target, carried)
    return result


def _relaxed(found: Correspondence, target: FlameModel, carried: np.ndarray) -> np.ndarray:
    """(M, S, 3) -> the same: conjugate gradients, preconditioned by the diagonal."""
    place = np.full(target.n_vertices, -1)
    place[found.vertices] = np.arange(len(found.vertices))
    edges = edges_of(target.faces)
    edges = place[edges[(place[edges] >= 0).all(1)]]
    rest = target.v_template[found.vertices].astype(np.float64)
    lengths = np.linalg.norm(rest[edges[:, 0]] - rest[edges[:, 1]], axis=1)
    stiff = STIFFNESS * np.minimum((LENGTH / np.maximum(lengths, 1e-9)) ** 2, STIFFEST)
    columns = carried.transpose(1, 0, 2).reshape(len(rest), -1)
    width = 3 * TOGETHER
    parts = [
        _solved(edges, stiff, found.trust, columns[:, start : start + width])
        for start in range(0, columns.shape[1], width)
    ]
    return np.concatenate(parts, 1).reshape(len(rest), len(carried), 3).transpose(1, 0, 2)


def _solved(edges: np.ndarray, stiff: np.ndarray, trust: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """The x (S, D) with (trust + stiffness Laplacian) x = trust wanted."""
    n = len(trust)
    diagonal = trust + np.bincount(edges[:, 0], stiff, n) + np.bincount(edges[:, 1], stiff, n)
    scale = 1 / np.maximum(diagonal, 1e-30)[:, None]

    def times(x: np.ndarray) -> np.ndarray:
        pulls = stiff[:, None] * (x[edges[:, 0]] - x[edges[:, 1]])
        pulled = [np.bincount(edges[:, 0], pull, n) - np.bincount(edges[:, 1], pull, n) for pull in pulls.T]
        return trust[:, None] * x + np.stack(pulled, 1)

    x = wanted.copy()
    residual = trust[:, None] * wanted - times(x)
    direction = scale * residual
    product = (residual * direction).sum(0)
    for _ in range(MOST_STEPS):
        along = times(direction)
        step = product / np.maximum((direction * along).sum(0), 1e-300)
        x += step * direction
        residual -= step * along
        if np.abs(residual).max() < SETTLED:
            break
        steepest = scale * residual
        following = (residual * steepest).sum(0)
        direction = steepest + following / np.maximum(product, 1e-300) * direction
        product = following
    return x
