"""Nearest points of a triangle mesh by SciPy's k-d tree: what fits are given where there is no Blender."""

from __future__ import annotations

import numpy as np
import scipy.spatial

CANDIDATES = 8  # of the points strewn over the triangles, the nearest ones, whose triangles are then looked at
SPACING = 0.004  # metres between the points of a large triangle


def nearest_surface(vertices: np.ndarray, faces: np.ndarray):
    """A search among the triangles of ``vertices`` (V, 3) and ``faces`` (F, 3)."""
    corners = np.asarray(vertices, np.float64)[faces]
    strewn, owners = _strewn(corners)
    tree = scipy.spatial.cKDTree(strewn)

    def nearest(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        candidates = owners[tree.query(points, k=CANDIDATES)[1]]
        closest = closest_points(corners[candidates], points[:, None])
        best = ((closest - points[:, None]) ** 2).sum(-1).argmin(1)
        rows = np.arange(len(points))
        return candidates[rows, best], closest[rows, best]

    return nearest


def _strewn(corners: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(N, 3) points spread over triangles (F, 3, 3), more over large ones, and which triangle (N,) each lies on."""
    longest = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2).max(1)
    parts = np.clip(np.ceil(longest / SPACING).astype(int), 1, 20)
    points, owners = [], []
    for count in np.unique(parts):
        rows = np.flatnonzero(parts == count)
        steps = (np.stack(np.meshgrid(np.arange(count), np.arange(count)), -1).reshape(-1, 2) + 1 / 3) / count
        steps = steps[steps.sum(1) < 1]
        weights = np.column_stack([1 - steps.sum(1), steps])
        points.append(np.einsum("wc,fci->fwi", weights, corners[rows]).reshape(-1, 3))
        owners.append(np.repeat(rows, len(weights)))
    return np.concatenate(points), np.concatenate(owners)


def closest_points(corners: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Of triangles (..., 3, 3) the points nearest to ``points`` (..., 3): on the face, or on the nearest edge."""
    a, b, c = (corners[..., i, :] for i in range(3))
    normal = np.cross(b - a, c - a)
    area = np.maximum((normal * normal).sum(-1, keepdims=True), 1e-30)
    on_plane = points - ((points - a) * normal).sum(-1, keepdims=True) / area * normal
    weights = [
        (np.cross(q - p, on_plane - p) * normal).sum(-1, keepdims=True) / area for p, q in ((b, c), (c, a), (a, b))
    ]
    inside = np.minimum(np.minimum(weights[0], weights[1]), weights[2]) >= 0
    edges = [_on_segment(p, q, points) for p, q in ((a, b), (b, c), (c, a))]
    distances = np.stack([((edge - points) ** 2).sum(-1) for edge in edges])
    nearest_edge = np.take_along_axis(np.stack(edges), distances.argmin(0)[None, ..., None], 0)[0]
    return np.where(inside, on_plane, nearest_edge)


def _on_segment(p: np.ndarray, q: np.ndarray, points: np.ndarray) -> np.ndarray:
    along = q - p
    length = np.maximum((along * along).sum(-1, keepdims=True), 1e-30)
    return p + np.clip(((points - p) * along).sum(-1, keepdims=True) / length, 0, 1) * along
