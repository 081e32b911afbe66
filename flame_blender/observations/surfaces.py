"""The nearest points of a surface, found by Blender's own tree of triangles."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

import numpy as np
from mathutils.bvhtree import BVHTree
from mathutils.kdtree import KDTree

PIECE = 100_000  # triangles: their tree takes some tenths of a second to build
AT_ONCE = 4000  # points: some hundredths of a second
Nearest = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]


def surface(vertices: np.ndarray, faces: np.ndarray) -> Nearest:
    """A search on triangles (F, 3) of ``vertices`` (V, 3): points (n, 3) -> (triangles (n,) int, closest (n, 3)).

    Closest points are float64 with the precision of float32. The points and vertices must be finite.
    """
    tree = BVHTree.FromPolygons(vertices.tolist(), faces.tolist(), all_triangles=True)

    def nearest(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        find: Any = tree.find_nearest  # the stubs have no result without a place
        found = [find(point) for point in points.tolist()]
        closest = np.array([place.to_tuple() for place, _, _, _ in found]).reshape(-1, 3)
        return np.array([triangle for _, _, triangle, _ in found], np.int64), closest

    return nearest


def measuring(
    points: np.ndarray, vertices: np.ndarray, faces: np.ndarray | None
) -> Generator[float, None, tuple[np.ndarray, np.ndarray]]:
    """Distances (n,) float64 of points (n, 3) from a surface, with its nearest triangles (n,), in steps.

    Without faces the nearest vertices, and which they are. Yields the share that is done. A large surface is searched
    piece by piece, so that no tree takes long to build; a piece is asked only for the points that its box is nearer to
    than anything found before.
    """
    distances, found = np.full(len(points), np.inf), np.zeros(len(points), np.int64)
    centres = vertices if faces is None else vertices[faces].mean(1)
    before = 0
    for piece in _pieces(centres, np.arange(len(centres))):
        own = piece if faces is None else np.unique(faces[piece])
        rows = np.flatnonzero(_from_box(points, vertices[own]) < distances)
        nearest = cloud(vertices[own]) if faces is None else surface(vertices[own], np.searchsorted(own, faces[piece]))
        yield before / len(centres)
        for start in range(0, len(rows), AT_ONCE):
            part = rows[start : start + AT_ONCE]
            which, closest = nearest(points[part])
            away = np.linalg.norm(points[part] - closest, axis=1)
            nearer = away < distances[part]
            distances[part[nearer]], found[part[nearer]] = away[nearer], piece[which[nearer]]
            yield (before + len(piece) * min(1.0, (start + AT_ONCE) / len(rows))) / len(centres)
        before += len(piece)
    return distances, found


def cloud(vertices: np.ndarray) -> Nearest:
    """The same search on points (V, 3) alone: points (n, 3) -> (which (n,) int, where (n, 3))."""
    tree = KDTree(len(vertices))
    for index, vertex in enumerate(vertices.tolist()):
        tree.insert(vertex, index)
    tree.balance()

    def nearest(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        found = np.array([tree.find(point)[1] for point in points.tolist()], np.int64)
        return found, vertices[found]

    return nearest


def _pieces(centres: np.ndarray, rows: np.ndarray) -> Generator[np.ndarray, None, None]:
    """The rows of ``centres`` (F, 3) in parts that lie close together, none of more than PIECE rows."""
    if len(rows) <= PIECE:
        yield rows
        return
    axis = np.ptp(centres[rows], axis=0).argmax()
    halves = rows[np.argpartition(centres[rows, axis], len(rows) // 2)]
    yield from _pieces(centres, halves[: len(rows) // 2])
    yield from _pieces(centres, halves[len(rows) // 2 :])


def _from_box(points: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """(n,) distances of points (n, 3) from the box around ``inside`` (m, 3), less what float32 may round away."""
    low, high = inside.min(0), inside.max(0)
    away = np.maximum(np.maximum(low - points, points - high), 0)
    return np.linalg.norm(away, axis=1) - 1e-6 * np.abs(inside).max()
