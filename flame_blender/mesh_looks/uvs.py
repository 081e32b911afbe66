"""A file's UVs on a mesh, corner by corner."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np

from ..head.mesh import corner_rows, new_uvs, read_uvs

NAME = "File UVs"
SAME = 2e-6  # files have six decimals


def lay_uvs(mesh: bpy.types.Mesh, faces: np.ndarray, uv_coords: np.ndarray, uv_faces: np.ndarray) -> str | None:
    """The name of the UV map that has the file's UVs: one that the mesh has, or one of its own.

    Renders use those that they used, in which a painted skin lies; :func:`show_uvs` is for the file's own pictures.

    ``faces`` (F, 3), ``uv_coords`` (T, 2), ``uv_faces`` (F, 3). None, and nothing changes, where polygons of the mesh
    are not put together of the file's triangles. Raises ModelError for a mesh that has no room for UVs.
    """
    rows = corner_rows(mesh, faces)
    if rows is None:
        return None
    uvs = np.ascontiguousarray(uv_coords[uv_faces[rows]], np.float32)
    layer: Any = next((each for each in mesh.uv_layers if np.allclose(read_uvs(each), uvs, rtol=0, atol=SAME)), None)
    if layer is None:
        layer = mesh.uv_layers.get(NAME) or new_uvs(mesh, NAME)
        layer.uv.foreach_set("vector", uvs.ravel())
    return str(layer.name)


def show_uvs(mesh: bpy.types.Mesh, name: str) -> None:
    """Render by the UV map that :func:`lay_uvs` has added, where it has: what is shown lies in it from now on."""
    layer: Any = mesh.uv_layers.get(NAME) if name == NAME else None
    if layer is not None:
        layer.active = layer.active_render = True
