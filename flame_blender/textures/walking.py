"""Walking over a surface, from triangle to triangle, to the place below a point."""

from __future__ import annotations

import numpy as np

MAX_STEPS = 12  # triangles crossed on the way to a place
INSIDE = -1e-4


def walked(
    start: np.ndarray, points: np.ndarray, corners: np.ndarray, neighbours: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Triangles (n,) and barycentric weights (n, 3) float64 of the places below ``points`` (n, 3).

    ``start`` (n,) triangles, each near its place; ``corners`` (F, 3, 3) of the surface and its ``neighbours`` (F, 3),
    as :func:`across_edges` tells them. Where a way ends at the rim, or is long, the nearest edge is taken.
    """
    gradients, offsets = _weight_planes(corners)
    reached, places = start.copy(), np.empty((len(points), 3))
    walking = np.arange(len(points))
    for step in range(MAX_STEPS + 1):
        triangles = reached[walking]
        at = (gradients[triangles] @ points[walking, :, None])[..., 0] + offsets[triangles]
        places[walking] = at
        then = neighbours[triangles, at.argmin(1)]
        goes_on = (at.min(1) < INSIDE) & (then >= 0)
        walking = walking[goes_on]
        if step == MAX_STEPS or not len(walking):
            break
        reached[walking] = then[goes_on]
    places = np.maximum(places, 0)
    return reached, places / places.sum(1, keepdims=True)


def across_edges(faces: np.ndarray) -> np.ndarray:
    """(F, 3) the triangle over the edge opposite to each corner, -1 at the rim."""
    edges = np.sort(np.stack([np.roll(faces, -1, 1), np.roll(faces, 1, 1)], -1).reshape(-1, 2).astype(np.int64), 1)
    order = np.lexsort(edges.T)
    same = (edges[order[1:]] == edges[order[:-1]]).all(1)
    across = np.full(len(edges), -1)
    one, other = order[:-1][same], order[1:][same]
    across[one], across[other] = other // 3, one // 3
    return across.reshape(-1, 3)


def _weight_planes(corners: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(F, 3, 3) and (F, 3): the weights of a point put down along a triangle's normal are gradients @ point + offsets.

    The weights of triangles ``corners`` (F, 3, 3) add up to 1.
    """
    one, other = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    normal = np.cross(one, other)
    square = np.maximum((normal**2).sum(1, keepdims=True), 1e-300)
    second, third = np.cross(other, normal) / square, np.cross(normal, one) / square
    gradients = np.stack([-second - third, second, third], 1)
    offsets = -np.einsum("fki,fi->fk", gradients, corners[:, 0])
    offsets[:, 0] += 1
    return gradients, offsets
