"""Scans as Blender objects: a mesh, a mesh of vertices alone, or a point cloud. They are only read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import bpy
import numpy as np

from ..errors import ParameterError

SCAN_TYPES = {"MESH", "POINTCLOUD"}
_last: tuple[Any, WorldScan] | None = None


@dataclass(frozen=True, eq=False)
class WorldScan:
    """What an object shows, modifiers included, in Blender's world.

    ``points`` (P, 3) float64; ``normals`` (P, 3) float64 of unit length and ``triangles`` (F, 3) int32, or None where
    there are no faces. With faces ``on_faces`` (P,) bool tells the points that are part of one.
    """

    points: np.ndarray
    normals: np.ndarray | None = None
    triangles: np.ndarray | None = None

    @cached_property
    def on_faces(self) -> np.ndarray:
        """(P,) bool: the points that faces use, or all where there are none."""
        used = np.full(len(self.points), self.triangles is None)
        if self.triangles is not None:
            used[self.triangles.ravel()] = True
        return used

    def some(self, count: int) -> WorldScan:
        """At most ``count`` of the points that count, drawn at random but always the same, without triangles."""
        if self.triangles is None and len(self.points) <= count:
            return self
        rows = np.flatnonzero(self.on_faces)
        if len(rows) > count:
            rows = np.random.default_rng(0).choice(rows, count, replace=False)
        return WorldScan(self.points[rows], None if self.normals is None else self.normals[rows])

    @classmethod
    def of_mesh(cls, vertices: np.ndarray, faces: np.ndarray | None) -> WorldScan:
        """From (P, 3) vertices and (F, 3) triangles, or None; normals are the triangles', weighted by area."""
        points = np.asarray(vertices, np.float64)
        if faces is None or not len(faces):
            return cls(points)
        corners = points[faces]
        across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        normals = np.stack(
            [np.bincount(faces.ravel(), np.repeat(across[:, axis], 3), len(points)) for axis in range(3)], 1
        )
        lengths = np.linalg.norm(normals, axis=1, keepdims=True)
        return cls(points, normals / np.where(lengths > 0, lengths, 1), faces)


def is_scan(obj: bpy.types.Object | None) -> bool:
    """Whether the object has points that a head can be fitted to."""
    return obj is not None and obj.type in SCAN_TYPES


def require_scan(obj: bpy.types.Object | None) -> bpy.types.Object:
    """The object, which must be one that can be a scan. Raises ParameterError."""
    if obj is None or not is_scan(obj):
        found = "nothing" if obj is None else f"{obj.name!r} ({obj.type.title()})"
        raise ParameterError(f"Expected a scan, a mesh or a point cloud, found {found}; choose another object.")
    return obj


def read_scan(obj: bpy.types.Object) -> WorldScan:
    """The points of a scan in the world. Raises ParameterError for an object without any, or with NaN."""
    require_scan(obj)
    shown = obj.evaluated_get(bpy.context.evaluated_depsgraph_get())
    data: Any = shown.data
    matrix = np.array(obj.matrix_world, np.float64)
    points = _vectors(data.vertices if obj.type == "MESH" else data.points, "co").astype(np.float64)
    if not len(points):
        raise ParameterError(f"{obj.name} has no points: expected a scan of a head; choose another object.")
    if not np.isfinite(points).all():
        count = int((~np.isfinite(points).all(1)).sum())
        raise ParameterError(f"{obj.name} has {count} points that are no numbers (NaN or infinity): remove them first.")
    points = points @ matrix[:3, :3].T + matrix[:3, 3]
    if obj.type != "MESH" or not len(data.polygons):
        return WorldScan(points)
    data.calc_loop_triangles()
    triangles = np.empty((len(data.loop_triangles), 3), np.int32)
    data.loop_triangles.foreach_get("vertices", triangles.ravel())
    normals = _vectors(data.vertices, "normal").astype(np.float64) @ np.linalg.pinv(matrix[:3, :3])
    lengths = np.linalg.norm(normals, axis=1, keepdims=True)
    return WorldScan(points, normals / np.where(lengths > 0, lengths, 1), triangles)


def sample_of(obj: bpy.types.Object, count: int) -> WorldScan:
    """``read_scan(obj).some(count)``, quick enough for a panel, and the same object until the scan has changed."""
    global _last  # noqa: PLW0603  (one sample is kept, of the scan that was looked at last)
    if not is_scan(obj) or obj.type != "MESH":
        return read_scan(obj).some(count)
    data: Any = obj.evaluated_get(bpy.context.evaluated_depsgraph_get()).data
    if not len(data.vertices):
        return read_scan(obj)  # which says so
    points = np.empty((len(data.vertices), 3), np.float32)
    data.attributes["position"].data.foreach_get("vector", points.ravel())  # ten times quicker than vertices' co
    counts = len(points), len(data.loops), len(data.polygons)
    bits = int(points.view(np.uint32).sum(dtype=np.uint64))
    state = (obj.session_uid, count, *counts, bits, np.array(obj.matrix_world).tobytes())
    if _last is None or _last[0] != state:
        _last = state, _sampled(obj, data, points, count)
    return _last[1]


def _sampled(obj: bpy.types.Object, data: Any, points: np.ndarray, count: int) -> WorldScan:
    if not np.isfinite(points).all():
        return read_scan(obj)  # which says what is wrong
    corners = np.empty(len(data.loops), np.int32)
    data.loops.foreach_get("vertex_index", corners)
    used = np.full(len(points), not len(corners))
    used[corners] = True
    rows = np.flatnonzero(used)
    if len(rows) > count:
        rows = np.random.default_rng(0).choice(rows, count, replace=False)
    matrix = np.array(obj.matrix_world, np.float64)
    world = points[rows].astype(np.float64) @ matrix[:3, :3].T + matrix[:3, 3]
    if not len(corners):
        return WorldScan(world)
    normals = _vectors(data.vertices, "normal")[rows].astype(np.float64) @ np.linalg.pinv(matrix[:3, :3])
    lengths = np.linalg.norm(normals, axis=1, keepdims=True)
    return WorldScan(world, normals / np.where(lengths > 0, lengths, 1))


def _vectors(items: Any, name: str) -> np.ndarray:
    values = np.empty((len(items), 3), np.float32)
    items.foreach_get(name, values.ravel())
    return values
