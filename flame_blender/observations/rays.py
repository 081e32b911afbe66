"""Where a ray meets a scan, and the point of a scan nearest to a place: what picking needs of its shape."""

from __future__ import annotations

from typing import Any

import bpy
import mathutils
import numpy as np

from . import scans

CLOSE_TO_RAY = 0.006  # how far from the ray a point may lie to be hit: share of the scan's extent


def ray_hit(scan: bpy.types.Object, origin: mathutils.Vector, direction: mathutils.Vector) -> mathutils.Vector | None:
    """Where a ray in the world first meets the scan; of points without faces, the foremost close to the ray."""
    if has_faces(scan):
        matrix = scan.matrix_world
        inverse = matrix.inverted_safe()
        depsgraph = bpy.context.evaluated_depsgraph_get()
        local: Any = (inverse @ origin, (inverse.to_3x3() @ direction).normalized())
        hit, place, _, _ = scan.ray_cast(*local, depsgraph=depsgraph)
        return matrix @ place if hit else None
    points = scans.read_scan(scan).points
    along = np.array(direction.normalized())
    from_origin = points - np.array(origin)
    depth = from_origin @ along
    beside = np.linalg.norm(from_origin - depth[:, None] * along, axis=1)
    close = np.flatnonzero((beside < CLOSE_TO_RAY * np.ptp(points, axis=0).max()) & (depth > 0))
    return mathutils.Vector(points[close[depth[close].argmin()]].tolist()) if close.size else None


def snapped(scan: bpy.types.Object, place: np.ndarray) -> np.ndarray:
    """(3,) the point of the scan nearest to a place in the world."""
    if has_faces(scan):
        matrix = scan.matrix_world
        depsgraph = bpy.context.evaluated_depsgraph_get()
        local: Any = matrix.inverted_safe() @ mathutils.Vector(tuple(place))
        found, nearest, _, _ = scan.closest_point_on_mesh(local, depsgraph=depsgraph)
        return np.array(matrix @ nearest) if found else np.asarray(place, np.float64)
    points = scans.read_scan(scan).points
    return points[np.linalg.norm(points - place, axis=1).argmin()]


def has_faces(scan: bpy.types.Object) -> bool:
    """Whether the scan has a surface, modifiers included."""
    shown: Any = scan.evaluated_get(bpy.context.evaluated_depsgraph_get()).data
    return scan.type == "MESH" and len(shown.polygons) > 0
