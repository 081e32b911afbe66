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
    # the quickest to build, and for points that lie far off
    tree = scipy.spatial.cKDTree(strewn, leafsize=48, compact_nodes=False, balanced_tree=False)

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
    """Of triangles (..., 3, 3) the points nearest to ``points`` (..., 3): on the face, or on the nearest edge.

    Everything but the result is told by the products of the edges ``ab`` and ``ac`` with each other and with ``ap``.
    """
    a, ab, ac = corners[..., 0, :], corners[..., 1, :] - corners[..., 0, :], corners[..., 2, :] - corners[..., 0, :]
    bb, bc, cc, pb, pc = (_dot(p, q) for p, q in ((ab, ab), (ab, ac), (ac, ac), (points - a, ab), (points - a, ac)))
    area = np.maximum(bb * cc - bc * bc, 1e-60)
    thin = bb * cc - bc * bc <= 1e-14 * bb * cc  # no more than an edge
    zero = np.zeros_like(pb)
    along_bc = np.clip((pc - pb + bb - bc) / np.maximum(bb + cc - 2 * bc, 1e-60), 0, 1)
    ways = [
        ((cc * pb - bc * pc) / area, (bb * pc - bc * pb) / area),
        (np.clip(pb / np.maximum(bb, 1e-60), 0, 1), zero),
        (zero, np.clip(pc / np.maximum(cc, 1e-60), 0, 1)),
        (1 - along_bc, along_bc),
    ]
    # squared distances, but for that of the points from a
    off = np.stack([v * (v * bb + 2 * w * bc - 2 * pb) + w * (w * cc - 2 * pc) for v, w in ways])
    off[0, thin | (ways[0][0] < 0) | (ways[0][1] < 0) | (ways[0][0] + ways[0][1] > 1)] = np.inf
    nearest = off.argmin(0)
    v, w = (np.choose(nearest, [way[part] for way in ways])[..., None] for part in (0, 1))
    return a + v * ab + w * ac


def _dot(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    return np.einsum("...i,...i->...", p, q)
