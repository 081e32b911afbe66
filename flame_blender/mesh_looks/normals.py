"""The normal map of a mesh file, as one of the surface's tangents, which Blender's Normal Map node reads."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np

from ..errors import ModelError
from ..geometry.axes import to_blender
from ..head.mesh import mesh_of_polygons
from ..shading.pictures import pixels_of
from ..textured_meshes.file_looks import MeshLooks
from ..textured_meshes.normal_maps import CornerFrames, in_tangent_space, kind_of
from ..textured_meshes.picture_files import PictureFile
from ..textures.texels import texels_of_triangles
from . import images

LONGEST_SIDE = 2048  # larger ones are not DECA's, whose are of 256


def normal_map(looks: MeshLooks, picture: PictureFile, uv_coords: np.ndarray, uv_faces: np.ndarray) -> bpy.types.Image:
    """A new packed image. Raises ModelError for a picture of heights, or one that cannot be shown."""
    image = images.loaded(picture, is_colour=False)
    if picture.width != picture.height or picture.width > LONGEST_SIDE:
        return image
    whole = _without_repetition(looks.faces)
    faces, uvs = looks.faces[whole], uv_coords[uv_faces[whole]]
    texels = texels_of_triangles(looks.vertices, faces, uvs, np.ones(len(faces), bool), picture.width)
    pixels, frames = pixels_of(image)[..., :3], _frames(looks.vertices, faces, uvs)
    directions = 0.5 + to_blender(pixels - np.float32(0.5))
    kind = kind_of(directions, texels, frames.normals) if texels.inside.any() else "tangent"
    if kind == "object":
        shown = images.made(image.name, in_tangent_space(directions, texels, frames), is_colour=False)
        bpy.data.images.remove(image)
        return shown
    if kind == "heights":
        bpy.data.images.remove(image)
        raise ModelError(f"{picture.path}: expected a normal map, found other numbers (heights?): it is left out.")
    return image


def _without_repetition(faces: np.ndarray) -> np.ndarray:
    """Rows of the triangles of three different vertices, which alone have tangents."""
    return np.flatnonzero((faces != np.roll(faces, 1, 1)).all(1))


def _frames(vertices: np.ndarray, faces: np.ndarray, uvs: np.ndarray) -> CornerFrames:
    """As Blender works them out, in its axes."""
    mesh: Any = mesh_of_polygons(vertices, faces, "FLAME Tangents")
    try:
        mesh.uv_layers.new(name="UVMap").uv.foreach_set("vector", np.ascontiguousarray(uvs, np.float32).ravel())
        mesh.calc_tangents(uvmap="UVMap")
        normals, tangents = np.empty((2, len(faces), 3, 3), np.float32)
        signs = np.empty((len(faces), 3), np.float32)
        mesh.loops.foreach_get("normal", normals.ravel())
        mesh.loops.foreach_get("tangent", tangents.ravel())
        mesh.loops.foreach_get("bitangent_sign", signs.ravel())
    finally:
        bpy.data.meshes.remove(mesh)
    return CornerFrames(normals, tangents, signs)
