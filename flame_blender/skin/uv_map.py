"""Where a texture model's picture lies on a head: its UVs, corner by corner."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np

from ..blender_pointers import named
from ..errors import ModelError
from ..flame.model import FLAME_TOPOLOGY, FlameModel
from ..head import models
from ..head.mesh import corner_rows, new_uvs, read_uvs, shown_uvs
from ..texture_models.texture_model import TextureModel
from ..textures.face_uvs import FaceUvs, on_triangles
from . import installed

LAYER = "FLAME Texture"
SAME = 1e-5  # of the picture's width
IN_ORDER = 0.99  # of the corners whose row of UVs is of one vertex


def uvs_of(model: FlameModel, texture: TextureModel) -> FaceUvs:
    """The texture model's UVs on the model's triangles: its own, else FLAME's, of whatever is installed.

    Raises ModelError where there are none, or they are those of another mesh.
    """
    found = _own(texture) or _of_flame(model)
    if found is None and (model.n_vertices, len(model.faces)) == FLAME_TOPOLOGY:
        raise ModelError(
            f"The texture model {texture.name!r} comes without UVs: install head_template.obj, or FLAME_texture.npz, "
            "which has them."
        )
    if found is None or len(found.faces) != len(model.faces):
        faces = FLAME_TOPOLOGY[1] if found is None else len(found.faces)
        raise ModelError(
            f"The texture model {texture.name!r} is for a mesh of {faces} triangles, the head's model has "
            f"{len(model.faces)}: choose a head of FLAME's vertices."
        )
    of_vertex = np.zeros(len(found.coords), np.int64)
    of_vertex[found.faces] = model.faces
    if (of_vertex[found.faces] == model.faces).mean() < IN_ORDER:
        raise ModelError(
            f"The texture model {texture.name!r} has its triangles in another order than the head's model."
        )
    return found


def _own(texture: TextureModel) -> FaceUvs | None:
    if texture.uv_coords is None or texture.uv_faces is None:
        return None
    return FaceUvs(texture.uv_coords, texture.uv_faces)


def _of_flame(model: FlameModel) -> FaceUvs | None:
    """Those of head_template.obj, else of another texture model; not those that were carried over."""
    display = models.library().topology.display(model)
    if display is not None and display.uv_coords is not None and display.uv_polygons is not None:
        return on_triangles(model.faces, display.polygons, display.uv_polygons, display.uv_coords)
    others = (installed.texture_model(entry.fingerprint) for entry in models.textures())
    own = (_own(other) for other in others if other is not None)
    return next((each for each in own if each is not None and len(each.faces) == len(model.faces)), None)


def on_corners(mesh: bpy.types.Mesh, model: FlameModel, uvs: FaceUvs) -> np.ndarray:
    """(L, 2) float32: the UV of each corner of the mesh. Raises ModelError for a mesh of other polygons."""
    rows = corner_rows(mesh, model.faces)
    if rows is None:
        raise ModelError(f"{mesh.name} has other polygons than the head's model: add a new head.")
    at: np.ndarray = uvs.coords[uvs.faces[rows]]
    return np.ascontiguousarray(at, np.float32)


def layer_for(mesh: bpy.types.Mesh, corners: np.ndarray) -> str:
    """The name of the mesh's UV map that has these UVs (L, 2): the one that renders use, or one of its own.

    Raises ModelError for a mesh that has no room for it.
    """
    shown = shown_uvs(mesh)
    if shown is not None and shown.name != LAYER and np.abs(read_uvs(shown) - corners).max(initial=0) <= SAME:
        remove_layer(mesh)
        return str(shown.name)
    layers: Any = mesh.uv_layers
    layer = named(layers, LAYER) or new_uvs(mesh, LAYER if len(layers) else "UVMap")
    layer.uv.foreach_set("vector", corners.ravel())
    mesh.update()
    return str(layer.name)


def remove_layer(mesh: bpy.types.Mesh) -> None:
    """Take the map of the texture's own UVs off the mesh, where there is one."""
    layers: Any = mesh.uv_layers
    layer = named(layers, LAYER)
    if layer is not None:
        layers.remove(layer)
