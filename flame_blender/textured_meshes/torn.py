"""Which triangle of a head each point of a finer mesh belongs to, where two surfaces touch.

The nearest may be of the other lip. It shows when the jaw opens: edges of the finer mesh tear. Points at torn edges
go to the triangles of their neighbours.
"""

from __future__ import annotations

import numpy as np

from ..geometry.triangles import closest_weights

ROUNDS = 8
STRETCH, MORE = 1.8, 0.004  # an edge is torn that is so many times as long, and a share of the head's size more


def torn_edges(lengths: np.ndarray, feet: np.ndarray, edges: np.ndarray, size: float) -> np.ndarray:
    """(E,) bool: edges of such ``lengths`` (E,) that are far longer between ``feet`` (P, 3)."""
    opened = np.linalg.norm(feet[edges[:, 0]] - feet[edges[:, 1]], axis=1)
    return opened > STRETCH * lengths + MORE * size


def mended(
    points: np.ndarray, edges: np.ndarray, rows: np.ndarray, vertices: np.ndarray, faces: np.ndarray, opened: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """(P,) the triangles, and (P, 3) weights in them, of points (P, 3) joined by ``edges`` (E, 2).

    ``rows`` (P,) are the nearest of ``faces`` (F, 3); ``vertices`` (V, 3) the head as the points lie on it, ``opened``
    (V, 3) with its mouth open and its eyes turned.
    """
    rows, size = rows.copy(), float(np.ptp(vertices, axis=0).max())
    lengths = np.linalg.norm(points[edges[:, 0]] - points[edges[:, 1]], axis=1)
    around = _Around(edges, len(points), faces, len(vertices))
    weights = closest_weights(vertices[faces[rows]], points)
    for _ in range(ROUNDS):
        feet = (weights[..., None] * opened[faces[rows]]).sum(1)
        torn = edges[torn_edges(lengths, feet, edges, size)]
        if not len(torn):
            break
        share = np.bincount(torn.ravel(), minlength=len(points)) / around.counts
        doubtful = np.unique(np.where(share[torn[:, 0]] >= share[torn[:, 1]], torn[:, 0], torn[:, 1]))
        is_doubtful = np.zeros(len(points), bool)
        is_doubtful[doubtful] = True
        for point in doubtful.tolist():
            others = around.points(point)
            near = around.triangles(rows[others[~is_doubtful[others]]])
            if len(near):
                held = closest_weights(vertices[faces[near]], points[point])
                off = np.linalg.norm((held[..., None] * vertices[faces[near]]).sum(1) - points[point], axis=1)
                rows[point], weights[point] = near[off.argmin()], held[off.argmin()]
    return rows, weights


class _Around:
    """Neighbours: of points by edges, of triangles by their corners."""

    def __init__(self, edges: np.ndarray, n_points: int, faces: np.ndarray, n_vertices: int) -> None:
        both = np.concatenate([edges, edges[:, ::-1]])
        self._points, self._ends = _grouped(both[:, 0], both[:, 1], n_points)
        self._faces = faces
        self._of_corner, self._corner_ends = _grouped(faces.ravel(), np.repeat(np.arange(len(faces)), 3), n_vertices)
        self.counts = np.maximum(np.diff(self._ends), 1)

    def points(self, point: int) -> np.ndarray:
        return self._points[self._ends[point] : self._ends[point + 1]]

    def triangles(self, rows: np.ndarray) -> np.ndarray:
        """Those that share a corner with one of the triangles."""
        ends = self._corner_ends
        parts = [self._of_corner[ends[corner] : ends[corner + 1]] for corner in np.unique(self._faces[rows])]
        return np.unique(np.concatenate(parts)) if parts else np.zeros(0, np.int64)


def _grouped(keys: np.ndarray, values: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The values in the order of their keys, and where each key's begin and end."""
    order = np.argsort(keys, kind="stable")
    return values[order], np.concatenate([[0], np.cumsum(np.bincount(keys, minlength=count))])
