"""The UVs of a head's triangles: of its mesh, where that has any, else of its model."""

from __future__ import annotations

import itertools
from typing import Any, NamedTuple

import bpy
import numpy as np

from ..flame.model import FlameModel
from ..head.mesh import mesh_of

MOST_CORNERS = 8  # of a polygon


class FaceUvs(NamedTuple):
    """``coords`` (T, 2) float32, V up, and ``faces`` (F, 3) int32 rows of them, one for each corner of a triangle."""

    coords: np.ndarray
    faces: np.ndarray


def uvs_of(obj: bpy.types.Object, model: FlameModel) -> FaceUvs | None:
    """For the model's triangles; None where neither mesh nor model has UVs, or the mesh's polygons are others."""
    mesh: Any = mesh_of(obj)
    layer = next((each for each in mesh.uv_layers if each.active_render), None)
    if layer is not None and len(mesh.loops):
        return on_triangles(model.faces, *_of_mesh(mesh, layer))
    display = model.display
    if display is None or display.uv_coords is None or display.uv_polygons is None:
        return None
    return on_triangles(model.faces, display.polygons, display.uv_polygons, display.uv_coords)


def on_triangles(
    faces: np.ndarray, polygons: np.ndarray, uv_polygons: np.ndarray, uv_coords: np.ndarray
) -> FaceUvs | None:
    """UVs of triangles ``faces`` (F, 3) from polygons (Q, k) of up to 8 corners, -1 behind the last, however split.

    ``uv_polygons`` (Q, k) rows of ``uv_coords`` (T, 2). None where a triangle is part of no polygon.
    """
    count = int(max(faces.max(), polygons.max())) + 1
    keys, rows = [], []
    for columns in itertools.combinations(range(polygons.shape[1]), 3):
        whole = (polygons[:, columns] >= 0).all(1)
        corners, uvs = polygons[whole][:, columns], uv_polygons[whole][:, columns]
        order = corners.argsort(1)
        keys.append(_key(np.take_along_axis(corners, order, 1), count))
        rows.append(np.take_along_axis(uvs, order, 1))
    known, first = np.unique(np.concatenate(keys), return_index=True)
    order = faces.argsort(1)
    wanted = _key(np.take_along_axis(faces, order, 1), count)
    at = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    if (known[at] != wanted).any():
        return None
    found = np.empty(faces.shape, np.int64)
    np.put_along_axis(found, order, np.concatenate(rows)[first[at]], 1)
    used, numbered = np.unique(found, return_inverse=True)
    return FaceUvs(np.asarray(uv_coords[used], np.float32), numbered.reshape(faces.shape).astype(np.int32))


def _key(sorted_corners: np.ndarray, count: int) -> np.ndarray:
    """(n,) a number for each triple of vertices (n, 3)."""
    first, second, third = sorted_corners.astype(np.int64).T
    return (first * count + second) * count + third


def _of_mesh(mesh: Any, layer: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Polygons and their UVs as :func:`on_triangles` takes them; corners that share vertex and UV share a row."""
    n_loops = len(mesh.loops)
    vertices, uvs = np.empty(n_loops, np.int32), np.empty((n_loops, 2), np.float32)
    starts, totals = np.empty((2, len(mesh.polygons)), np.int32)
    mesh.loops.foreach_get("vertex_index", vertices)
    layer.uv.foreach_get("vector", uvs.ravel())
    mesh.polygons.foreach_get("loop_start", starts)
    mesh.polygons.foreach_get("loop_total", totals)
    width = min(int(totals.max()), MOST_CORNERS)
    loops = starts[:, None] + np.arange(width)
    loops = np.where((np.arange(width) < totals[:, None]) & (totals <= width)[:, None], loops, -1)
    corners = np.concatenate([vertices[:, None].astype(np.float64), uvs], 1)
    distinct, row_of = np.unique(corners, axis=0, return_inverse=True)
    polygons = np.where(loops >= 0, vertices[loops], -1)
    return polygons, np.where(loops >= 0, row_of.reshape(-1)[loops], -1), distinct[:, 1:].astype(np.float32)
