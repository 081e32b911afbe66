"""A file's UVs on a mesh, corner by corner."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np

from ..blender_pointers import there
from ..head.mesh import polygons_of
from ..textures.face_uvs import corners_of

NAME = "File UVs"
SAME = 2e-6  # files have six decimals


def lay_uvs(mesh: bpy.types.Mesh, faces: np.ndarray, uv_coords: np.ndarray, uv_faces: np.ndarray) -> str | None:
    """The name of the UV map that has the file's UVs: one that the mesh has, or one of its own, which renders then use.

    ``faces`` (F, 3), ``uv_coords`` (T, 2), ``uv_faces`` (F, 3). None, and nothing changes, where polygons of the mesh
    are not put together of the file's triangles.
    """
    polygons = polygons_of(mesh)
    found = None if polygons is None else corners_of(polygons, faces)
    if polygons is None or found is None:
        return None
    used = polygons >= 0
    uvs = np.ascontiguousarray(uv_coords[uv_faces[found[0][used], found[1][used]]], np.float32)
    layer = next((each for each in mesh.uv_layers if _has(each, uvs)), None)
    if layer is None:
        layer = mesh.uv_layers.get(NAME) or there(mesh.uv_layers.new(name=NAME, do_init=False), "room for UVs")
        layer.uv.foreach_set("vector", uvs.ravel())
        layer.active = layer.active_render = True
    return layer.name


def _has(layer: Any, uvs: np.ndarray) -> bool:
    own = np.empty_like(uvs)
    layer.uv.foreach_get("vector", own.ravel())
    return bool(np.allclose(own, uvs, rtol=0, atol=SAME))
