"""The other side of a head: where places on its surface lie after x -> -x."""

from __future__ import annotations

import numpy as np

NORMAL_LENGTH = 0.005  # metres: tells the two sides of a lid or a lip apart, which lie closer together than this
TRIANGLES_TOGETHER = 512
MAX_STEPS = 12  # triangles crossed on the way to a place; on a mirrored mesh there are none to cross
INSIDE = -1e-4


def mirrored_places(
    template: np.ndarray, faces: np.ndarray, triangles: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Triangles (n,) and barycentric weights (n, 3) float32 of places on the neutral head, mirrored left to right.

    ``template`` (V, 3), metres, FLAME's axes; ``faces`` (F, 3). Needs no table of vertices: the search begins in the
    triangle that is most like the mirrored one, and walks over the edges to the place below the mirrored point. Where
    the head has no such place, the nearest edge is taken.
    """
    template = np.asarray(template, np.float64)
    corners = template[faces]
    start = _mirrored_triangles(corners)
    neighbours = _across_edges(faces)
    points = np.einsum("nk,nki->ni", weights, corners[triangles]) * [-1, 1, 1]
    reached, places = start[triangles], np.empty((len(points), 3))
    walking = np.arange(len(points))
    for step in range(MAX_STEPS + 1):
        at = _barycentric(points[walking], corners[reached[walking]])
        places[walking] = at
        edge = at.argmin(1)
        then = neighbours[reached[walking], edge]
        goes_on = (at.min(1) < INSIDE) & (then >= 0)
        walking = walking[goes_on]
        if step == MAX_STEPS or not len(walking):
            break
        reached[walking] = then[goes_on]
    places = np.maximum(places, 0)
    return reached, (places / places.sum(1, keepdims=True)).astype(np.float32)


def _mirrored_triangles(corners: np.ndarray) -> np.ndarray:
    """(F,) of each triangle the one whose centre and normal are nearest to its own, mirrored."""
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-300)
    marks = np.concatenate([corners.mean(1), NORMAL_LENGTH * normals], 1)
    mirrored = marks * [-1, 1, 1, -1, 1, 1]
    squares = (marks**2).sum(1)
    nearest = [
        (squares - 2 * (mirrored[start : start + TRIANGLES_TOGETHER] @ marks.T)).argmin(1)
        for start in range(0, len(marks), TRIANGLES_TOGETHER)
    ]
    return np.concatenate(nearest)


def _across_edges(faces: np.ndarray) -> np.ndarray:
    """(F, 3) the triangle over the edge opposite to each corner, -1 at the rim."""
    edges = np.sort(np.stack([np.roll(faces, -1, 1), np.roll(faces, 1, 1)], -1).reshape(-1, 2).astype(np.int64), 1)
    order = np.lexsort(edges.T)
    same = (edges[order[1:]] == edges[order[:-1]]).all(1)
    across = np.full(len(edges), -1)
    one, other = order[:-1][same], order[1:][same]
    across[one], across[other] = other // 3, one // 3
    return across.reshape(-1, 3)


def _barycentric(points: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """(n, 3) weights of points (n, 3) put down along the normals of triangles (n, 3, 3); they add up to 1."""
    one, other = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    normal = np.cross(one, other)
    square = np.maximum((normal**2).sum(1), 1e-300)
    away = points - corners[:, 0]
    second = (np.cross(away, other) * normal).sum(1) / square
    third = (np.cross(one, away) * normal).sum(1) / square
    return np.stack([1 - second - third, second, third], 1)
