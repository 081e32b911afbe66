"""The UVs of a head's triangles: of its mesh, where that has any, else of its model."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np

from ..flame.model import FlameModel
from ..head.mesh import mesh_of, read_uvs, shown_uvs
from ..textures.face_uvs import FaceUvs, on_triangles

MOST_CORNERS = 8  # of a polygon


def uvs_of(obj: bpy.types.Object, model: FlameModel) -> FaceUvs | None:
    """For the model's triangles; None where neither mesh nor model has UVs, or the mesh's polygons are others."""
    mesh: Any = mesh_of(obj)
    layer = shown_uvs(mesh)
    if layer is not None and len(mesh.loops):
        return on_triangles(model.faces, *_of_mesh(mesh, layer))
    return uvs_of_model(model)


def uvs_of_model(model: FlameModel) -> FaceUvs | None:
    """For the model's triangles; None where it has no UVs."""
    display = model.display
    if display is None or display.uv_coords is None or display.uv_polygons is None:
        return None
    return on_triangles(model.faces, display.polygons, display.uv_polygons, display.uv_coords)


def _of_mesh(mesh: Any, layer: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Polygons and their UVs as :func:`on_triangles` takes them; corners that share vertex and UV share a row."""
    n_loops = len(mesh.loops)
    vertices, uvs = np.empty(n_loops, np.int32), read_uvs(layer)
    starts, totals = np.empty((2, len(mesh.polygons)), np.int32)
    mesh.loops.foreach_get("vertex_index", vertices)
    mesh.polygons.foreach_get("loop_start", starts)
    mesh.polygons.foreach_get("loop_total", totals)
    width = min(int(totals.max()), MOST_CORNERS)
    loops = starts[:, None] + np.arange(width)
    loops = np.where((np.arange(width) < totals[:, None]) & (totals <= width)[:, None], loops, -1)
    corners = np.concatenate([vertices[:, None].astype(np.float64), uvs], 1)
    distinct, row_of = np.unique(corners, axis=0, return_inverse=True)
    polygons = np.where(loops >= 0, vertices[loops], -1)
    return polygons, np.where(loops >= 0, row_of.reshape(-1)[loops], -1), distinct[:, 1:].astype(np.float32)
