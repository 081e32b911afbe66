"""The nearest points of a surface, found by Blender's own tree of triangles."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from mathutils.bvhtree import BVHTree
from mathutils.kdtree import KDTree

Nearest = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]


def surface(vertices: np.ndarray, faces: np.ndarray) -> Nearest:
    """A search on triangles (F, 3) of ``vertices`` (V, 3): points (n, 3) -> (triangles (n,) int, closest (n, 3)).

    Closest points are float64 with the precision of float32. The points and vertices must be finite.
    """
    tree = BVHTree.FromPolygons(vertices.tolist(), faces.tolist(), all_triangles=True)

    def nearest(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        triangles, closest = np.empty(len(points), np.int64), np.empty((len(points), 3))
        for index, point in enumerate(points.tolist()):
            place, _, triangle, _ = tree.find_nearest(point)
            triangles[index], closest[index] = triangle, place
        return triangles, closest

    return nearest


def distances(points: np.ndarray, vertices: np.ndarray, faces: np.ndarray | None) -> np.ndarray:
    """(n,) float64 distances of points (n, 3) from the surface, or from the nearest vertex where there are no faces."""
    if faces is not None:
        _, closest = surface(vertices, faces)(points)
        return np.linalg.norm(points - closest, axis=1)
    tree = KDTree(len(vertices))
    for index, vertex in enumerate(vertices.tolist()):
        tree.insert(vertex, index)
    tree.balance()
    return np.array([tree.find(point)[2] for point in points.tolist()])
