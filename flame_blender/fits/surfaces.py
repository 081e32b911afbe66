"""The nearest points of a surface, found by Blender's own tree of triangles."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

import numpy as np
from mathutils.bvhtree import BVHTree
from mathutils.kdtree import KDTree

AT_ONCE = 4000  # points: some hundredths of a second
Nearest = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]


def surface(vertices: np.ndarray, faces: np.ndarray) -> Nearest:
    """A search on triangles (F, 3) of ``vertices`` (V, 3): points (n, 3) -> (triangles (n,) int, closest (n, 3)).

    Closest points are float64 with the precision of float32. The points and vertices must be finite.
    """
    tree = BVHTree.FromPolygons(vertices.tolist(), faces.tolist(), all_triangles=True)

    def nearest(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        triangles, closest = np.empty(len(points), np.int64), np.empty((len(points), 3))
        for index, point in enumerate(points.tolist()):
            found: Any = tree.find_nearest(point)  # the stubs have no result without a place
            closest[index], triangles[index] = found[0], found[2]
        return triangles, closest

    return nearest


def measuring(
    points: np.ndarray, vertices: np.ndarray, faces: np.ndarray | None
) -> Generator[float, None, tuple[np.ndarray, np.ndarray]]:
    """Distances (n,) float64 of points (n, 3) from a surface, with its nearest triangles (n,), in steps.

    Without faces the nearest vertices, and which they are. Yields the share that is done.
    """
    nearest = surface(vertices, faces) if faces is not None else cloud(vertices)
    distances, found = np.empty(len(points)), np.empty(len(points), np.int64)
    for start in range(0, len(points), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        found[part], closest = nearest(points[part])
        distances[part] = np.linalg.norm(points[part] - closest, axis=1)
        yield min(1.0, (start + AT_ONCE) / len(points))
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
