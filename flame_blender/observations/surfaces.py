"""The nearest points of a surface, found by Blender's own tree of triangles."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

import numpy as np
from mathutils.bvhtree import BVHTree
from mathutils.kdtree import KDTree

PIECE = 100_000  # triangles: their tree takes some tenths of a second to build
AT_ONCE = 4000  # points: some hundredths of a second
ROUNDED = 1e-5  # of a length: more than float32 rounds away, in which the trees work
FARTHEST = 1.844674352395373e19  # a search's own bound, whose square float32 holds
MOST_KEPT = 50_000  # triangles: 6 MB
Nearest = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]


def surface(vertices: np.ndarray, faces: np.ndarray) -> Nearest:
    """A search on triangles (F, 3) of ``vertices`` (V, 3): points (n, 3) -> (triangles (n,) int, closest (n, 3)).

    Closest points are float64 with the precision of float32. The points and vertices must be finite.
    """
    return _Surface(BVHTree.FromPolygons(vertices.tolist(), _lists_of(faces), all_triangles=True))


class _Surface:
    """The search on a tree, which is spared half its way where it is known how far, at most, a point lies.

    That is as far as the same one lay in the call before, and its way from there.
    """

    def __init__(self, tree: BVHTree) -> None:
        self._find: Any = tree.find_nearest  # the stubs have no result without a place
        self._asked, self._away = np.zeros((0, 3)), np.zeros(0)

    def __call__(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        found = list(map(self._find, points.tolist(), self._bounds(points)))
        self._asked, self._away = points.copy(), np.array([distance for _, _, _, distance in found])
        closest = np.array([place.to_tuple() for place, _, _, _ in found]).reshape(-1, 3)
        return np.array([triangle for _, _, triangle, _ in found], np.int64), closest

    def _bounds(self, points: np.ndarray) -> list[float]:
        if len(points) != len(self._asked):
            return [FARTHEST] * len(points)
        ways = np.linalg.norm(points - self._asked, axis=1) + ROUNDED * np.abs(points).max(initial=0.0)
        bounds: list[float] = np.minimum((1 + ROUNDED) * (self._away + ways), FARTHEST).tolist()
        return bounds


_last_lists: list[tuple[np.ndarray, list]] = []


def _lists_of(faces: np.ndarray) -> list[list[int]]:
    """As Blender takes them: those of the last call where they are the same, which take longer to make than a tree."""
    if not (_last_lists and np.array_equal(_last_lists[0][0], faces)):
        lists = faces.tolist()
        if len(faces) > MOST_KEPT:
            return lists
        _last_lists[:] = [(faces.copy(), lists)]
    return _last_lists[0][1]


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
