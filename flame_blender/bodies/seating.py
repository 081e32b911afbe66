"""Where a head's neck goes to on a body's skin, and each place as a mean of the body's vertices, which it follows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..geometry.triangles import dot, edges_of
from .ring import NeckRim

FARTHEST = 0.03  # metres from the neck to skin that is taken for the neck's
LEVEL, LOWERED = 0.8, 0.008  # share of the way to the plane of the skin at the rim; metres at most
ROUNDS = 12  # of evening out how the neck goes to the skin
FLATTEST = 0.05  # least height of a triangle, of its longest side, for places to be told by it
OUTSIDE = 0.06  # metres from the rim in which a head that is subdivided is larger
APART = 16  # vertices of which one tells how far a place is off a triangle


def goals_on_skin(
    head: np.ndarray,
    faces: np.ndarray,
    rim: NeckRim,
    rim_goals: np.ndarray,
    rim_normals: np.ndarray,
    blend: np.ndarray,
    nearest: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]],
    unit: float,
) -> np.ndarray:
    """(V, 3) where each of the head's vertices (V, 3), world, lies on the skin, for those of ``blend`` (V,) above 0.

    It goes as far as the rim does below it (``rim_goals`` (R, 3)), and from there to the ``nearest`` skin; where that
    is far, towards it alone. The rim's neighbours go towards the plane of the skin at the rim (``rim_normals`` (R, 3)),
    so that both are seen as one surface. Then the way of the others is evened out; ``unit`` is a metre of the world's.
    """
    way = np.zeros_like(head)
    way[rim.rim] = rim_goals - head[rim.rim]
    joined = np.flatnonzero((blend > 0) & np.isfinite(rim.distance))
    joined = joined[~np.isin(joined, rim.rim)]
    if not len(joined):
        return head + way
    along = rim.share[joined, None]
    way[joined] = (1 - along) * way[rim.first[joined]] + along * way[rim.second[joined]]
    start = head[joined] + way[joined]
    step = nearest(start)[1] - start
    far = np.linalg.norm(step, axis=1, keepdims=True) / (FARTHEST * unit)
    way[joined] += step * np.where(far > 1, np.exp(1 - np.maximum(far, 1)) / np.maximum(far, 1), 1)
    edges = edges_of(faces)
    fixed = _level_with_rim(head, way, edges, rim, rim_normals, unit)
    edges = edges[(np.isin(edges, joined) | np.isin(edges, rim.rim)).all(1)]
    joined = np.setdiff1d(joined, fixed)
    degree = np.bincount(edges.ravel(), minlength=len(head))[:, None]
    for _ in range(ROUNDS):
        total = np.zeros_like(way)
        np.add.at(total, edges[:, 0], way[edges[:, 1]])
        np.add.at(total, edges[:, 1], way[edges[:, 0]])
        way[joined] += 0.5 * ((total / np.maximum(degree, 1))[joined] - way[joined])
    return head + way


def _level_with_rim(
    head: np.ndarray, way: np.ndarray, edges: np.ndarray, rim: NeckRim, normals: np.ndarray, unit: float
) -> np.ndarray:
    """Change the ``way`` of the rim's neighbours, and which they are."""
    of_rim = np.full(len(head), -1)
    of_rim[rim.rim] = np.arange(len(rim.rim))
    both = np.concatenate([edges, edges[:, ::-1]])
    both = both[(of_rim[both[:, 0]] < 0) & (of_rim[both[:, 1]] >= 0)]
    above, rows = both[:, 0], of_rim[both[:, 1]]
    times = np.bincount(above, minlength=len(head))[:, None]
    point, normal = np.zeros_like(head), np.zeros_like(head)
    np.add.at(point, above, (head + way)[rim.rim[rows]])
    np.add.at(normal, above, normals[rows])
    found = np.unique(above)
    normal = normal[found] / np.maximum(np.linalg.norm(normal[found], axis=1, keepdims=True), 1e-12)
    off = dot(head[found] + way[found] - point[found] / times[found], normal)
    way[found] -= np.clip(LEVEL * off, -LOWERED * unit, LOWERED * unit)[:, None] * normal
    return found


def outside_of_curve(goals: np.ndarray, rim: NeckRim, unit: float) -> np.ndarray:
    """The goals (V, 3) for a head that is subdivided, whose shown edge is to go through the rim's.

    The edge of what is subdivided goes through (before + 4 x itself + after) / 6 of its points, a cubic B-spline: they
    go as far outside, and what is above them along with them, less and less.
    """
    points = goals[rim.rim]
    one = np.eye(len(points))
    through = (4 * one + np.roll(one, 1, 0) + np.roll(one, -1, 0)) / 6
    outwards = np.zeros_like(goals)
    outwards[rim.rim] = np.linalg.solve(through, points) - points
    share = rim.share[:, None]
    along = (1 - share) * outwards[rim.first] + share * outwards[rim.second]
    fade = 1.0 - np.clip(rim.distance / (OUTSIDE * unit), 0.0, 1.0)[:, None]
    return goals + along * fade * fade * (3 - 2 * fade)


def well_shaped(corners: np.ndarray) -> np.ndarray:
    """(T,) bool, triangles (T, 3, 3) that are not too flat to tell places by."""
    sides = np.roll(corners, -1, 1) - corners
    longest = dot(sides, sides).max(1)
    twice = np.linalg.norm(np.cross(sides[:, 0], sides[:, 1]), axis=1)
    shaped: np.ndarray = twice > FLATTEST * np.maximum(longest, 1e-18)
    return shaped


def mean_of_four(points: np.ndarray, corners: np.ndarray, apart: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which of ``apart`` (K, 3) lies farthest off each of triangles (n, 3, 3); weights (n, 4) of its corners and that.

    Their sum is 1, and the weighted mean the point (n, 3): exact, wherever the point is.
    """
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-18)
    off = np.abs(np.einsum("nkd,nd->nk", apart[None] - corners[:, :1], normals))
    which = off.argmax(1)
    fourth = apart[which]
    axes = np.stack([corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0], fourth - corners[:, 0]], -1)
    shares = np.linalg.solve(axes, (points - corners[:, 0])[..., None])[..., 0]
    return which, np.concatenate([1 - shares.sum(1, keepdims=True), shares], 1)
