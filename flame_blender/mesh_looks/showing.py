"""A mesh file's looks on a head, or on a plain mesh with the file's faces."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from ..errors import ModelError
from ..head import materials, models
from ..head.mesh import is_linked, mesh_of
from ..head.properties import head_of
from ..textured_meshes.file_looks import MeshLooks
from . import before_looks, images
from .before_looks import COLOURS
from .face_material import face_material
from .normals import normal_map
from .uvs import lay_uvs, show_uvs


@dataclass(frozen=True, eq=False)
class ShownLooks:
    """What of a mesh file's looks a head has.

    Attributes
    ----------
    material : bpy.types.Material or None
        On skin and lips; None where the file brings nothing to see.
    uv_map : str
        The UV map with the file's UVs; "" without any.
    colour : bpy.types.Image or None
        The texture, sRGB, packed.
    normals : bpy.types.Image or None
        The tangent-space normal map, Non-Color, packed.
    notes : tuple of str
        What was left out, one sentence each.
    """

    material: bpy.types.Material | None = None
    uv_map: str = ""
    colour: bpy.types.Image | None = None
    normals: bpy.types.Image | None = None
    notes: tuple[str, ...] = ()


def show_looks(obj: bpy.types.Object, looks: MeshLooks, source: Path) -> ShownLooks:
    """Put what there is on the object, whose mesh must have the file's vertices; a sentence for what it cannot show."""
    mesh, before = mesh_of(obj), before_looks.noted(obj)
    notes = list(looks.notes)
    if is_linked(obj):
        told = f"{obj.name} comes from another file: take the looks of {source.name} there."
        return ShownLooks(notes=(*notes, told))
    if len(mesh.vertices) != len(looks.vertices):
        found = f"{len(looks.vertices)} vertices, {obj.name} has {len(mesh.vertices)}"
        return ShownLooks(notes=(*notes, f"The looks of {source.name} are left out: it has {found}."))
    colour = normals = None
    uv_map = _uv_map(obj, looks, source, notes)
    if uv_map and looks.uv_coords is not None and looks.uv_faces is not None:
        colour, normals = _images(looks, looks.uv_coords, looks.uv_faces, notes)
    attribute = "" if looks.colours is None else _lay_colours(mesh, looks.colours)
    if head_of(obj) is not None and (uv_map or attribute):
        before_looks.keep(obj, before)
    if colour is None and normals is None and not attribute:
        return ShownLooks(None, uv_map, None, None, tuple(notes))
    show_uvs(mesh, uv_map)
    material = face_material(f"{obj.name} File Looks", uv_map, colour, normals, attribute)
    put_on(obj, material)
    return ShownLooks(material, uv_map, colour, normals, tuple(notes))


def _uv_map(obj: bpy.types.Object, looks: MeshLooks, source: Path, notes: list[str]) -> str:
    """The UV map with the file's UVs; "" where there are none, or with a note where they cannot be laid on."""
    if looks.uv_coords is None or looks.uv_faces is None:
        return ""
    try:
        laid = lay_uvs(mesh_of(obj), looks.faces, looks.uv_coords, looks.uv_faces)
    except ModelError as error:
        notes.append(str(error))
        return ""
    if laid is None and looks.shows:
        notes.append(f"The triangles of {source.name} are not those of {obj.name}: its UVs and pictures are left out.")
    return laid or ""


def _images(
    looks: MeshLooks, uv_coords: np.ndarray, uv_faces: np.ndarray, notes: list[str]
) -> tuple[bpy.types.Image | None, bpy.types.Image | None]:
    """Texture and normal map; a note for one that Blender cannot show."""
    colour = normals = None
    try:
        if looks.colour is not None:
            colour = images.loaded(looks.colour, is_colour=True)
    except ModelError as error:
        notes.append(str(error))
    try:
        if looks.normals is not None:
            normals = normal_map(looks, looks.normals, uv_coords, uv_faces)
    except ModelError as error:
        notes.append(str(error))
    return colour, normals


def _lay_colours(mesh: bpy.types.Mesh, colours: np.ndarray) -> str:
    """(V, 3) of sRGB as an attribute of the vertices, which materials see as light."""
    known: Any = mesh.color_attributes
    attribute = known.get(COLOURS)
    if attribute is not None and (attribute.domain, attribute.data_type) != ("POINT", "BYTE_COLOR"):
        known.remove(attribute)
        attribute = None
    attribute = attribute or known.new(COLOURS, "BYTE_COLOR", "POINT")
    whole = np.ones((len(colours), 4), np.float32)
    whole[:, :3] = colours
    attribute.data.foreach_set("color_srgb", whole.ravel())
    known.active_color = attribute
    return str(attribute.name)


def put_on(obj: bpy.types.Object, material: bpy.types.Material) -> None:
    """On skin and lips of a head, linked to the object: other heads keep theirs; on all of a plain mesh."""
    mesh, head = mesh_of(obj), head_of(obj)
    evaluator = None if head is None else models.evaluator(head.fingerprint)
    if not mesh.materials:
        mesh.materials.append(None)
    slots = range(len(mesh.materials)) if evaluator is None else materials.painted_slots(mesh, evaluator.model)
    materials.show_on(obj, slots, material)
