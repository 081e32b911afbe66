"""The triangle of a head that each point of a detail mesh belongs to."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import numpy as np
from mathutils import Vector
from mathutils.bvhtree import BVHTree

AGREEMENT = 0.2  # cosine between the normals of a point and of its triangle, at least
AROUND, BEYOND, CAP = 2.0, 0.015, 0.05  # how far another is looked for: times the distance, and shares of the size
AT_ONCE = 4096


def nearest_triangles(
    vertices: np.ndarray, faces: np.ndarray, points: np.ndarray, normals: np.ndarray
) -> Generator[float, None, tuple[np.ndarray, np.ndarray]]:
    """(P,) the triangle nearest to each point that faces as the point does, and (P,) how far it is; yields the share.

    Of lips that touch, each side so finds its own. ``vertices`` (V, 3), ``faces`` (F, 3); points and unit normals
    (P, 3). Where none near faces so, the nearest.
    """
    tree: Any = BVHTree.FromPolygons(vertices.tolist(), faces.tolist(), all_triangles=True)
    rows, away = np.zeros(len(points), np.int64), np.zeros(len(points))
    size = float(np.ptp(vertices, axis=0).max())
    for start in range(0, len(points), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        for index, (point, normal) in enumerate(zip(points[part].tolist(), normals[part].tolist(), strict=True), start):
            _, facing, row, distance = tree.find_nearest(point)
            if facing.dot(normal) < AGREEMENT and distance < CAP * size:
                others = tree.find_nearest_range(point, min(AROUND * distance + BEYOND * size, CAP * size))
                alike = [(each[3], each[2]) for each in others if each[1].dot(Vector(normal)) >= AGREEMENT]
                distance, row = min(alike, default=(distance, row))
            rows[index], away[index] = row, distance
        yield min(start + AT_ONCE, len(points)) / len(points)
    return rows, away
