"""DECA's displacement map on a head: a subdivision and a Displace modifier, the map a packed picture of metres."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from ..blender_pointers import named
from ..errors import ModelError, ParameterError
from ..flame.topology import N_VERTICES
from ..head.frame import frame_of
from ..head.mesh import is_linked, mesh_of, shown_uvs
from ..head.models import evaluator
from ..head.parameters import require_evaluator, require_head
from ..head.properties import flame_of
from ..textured_meshes.displacements import read_deca_maps
from ..textured_meshes.file_looks import read_looks
from . import before_looks, images, uvs
from .face_material import face_material, is_of_file
from .showing import put_on

NAME, SUBDIVISION = "FLAME Displacement", "FLAME Subdivision"
N_UVS = 5118  # of FLAME's own UV layout, for which the maps are
MOST_LEVELS = 6
LEVELS = 2
SUBDIVIDING = ("SUBSURF", "MULTIRES")


@dataclass(frozen=True, eq=False)
class Displaced:
    """A displacement on a head.

    Attributes
    ----------
    modifier : bpy.types.DisplaceModifier
        Lifts the subdivided surface along its normals.
    image : bpy.types.Image
        The map: metres, 32-bit float, Non-Color, packed.
    largest : float, metres
        How far it lifts or sinks at most.
    notes : tuple of str
        What was assumed or left out, one sentence each.
    """

    modifier: bpy.types.DisplaceModifier
    image: bpy.types.Image
    largest: float
    notes: tuple[str, ...] = ()


def add(head: bpy.types.Object, path: Path, levels: int = LEVELS, colour: bool = True) -> Displaced:
    """Displace the head by the map of DECA's .mat, and show the texture in it.

    Raises FlameError before anything changes. A subdivision that the head has is used as it is; else one is added, of
    so many levels. A material of a file's looks stays.
    """
    model = require_evaluator(require_head(head)).model
    if not 1 <= levels <= MOST_LEVELS:
        raise ParameterError(f"Levels of subdivision must be 1 to {MOST_LEVELS}, found {levels}.")
    if model.n_vertices != N_VERTICES:
        found = f"one of {model.n_vertices}"
        raise ParameterError(f"{head.name}: expected a FLAME head of {N_VERTICES} vertices, found {found}.")
    if is_linked(head):
        raise ParameterError(f"{head.name} comes from another file: displace it there.")
    if mesh_of(head).is_editmode:
        raise ParameterError(f"{head.name} is in Edit Mode: leave it first.")
    maps = read_deca_maps(path)
    before = before_looks.noted(head)
    uv_map = _uv_map(head, path)
    remove(head)
    image = images.made(f"{path.stem} displacement", maps.heights[..., None], is_colour=False, is_float=True)
    modifier: Any = head.modifiers.new(NAME, "DISPLACE")
    modifier.texture = _texture(image)
    modifier.texture_coords, modifier.uv_layer = "UV", uv_map
    modifier.direction, modifier.mid_level, modifier.strength = "NORMAL", 0.0, frame_of(head).scale
    _put_behind_subdivision(head, modifier, levels)
    name = f"{head.name} File Looks"
    has_looks = any(is_of_file(slot.material) for slot in head.material_slots)
    if colour and maps.colour is not None and not has_looks:
        shown = images.made(f"{path.stem} texture", maps.colour, is_colour=True)
        before_looks.keep(head, before)
        uvs.show_uvs(mesh_of(head), uv_map)
        put_on(head, face_material(name, uv_map, shown, None, ""))
    return Displaced(modifier, image, float(np.abs(maps.heights).max()))


def remove(head: bpy.types.Object) -> bool:
    """Take the displacement off, with the subdivision that came with it; whether there was one."""
    found = displacement_of(head)
    if found is None:
        return False
    texture = found.texture
    head.modifiers.remove(found)
    own = named(head.modifiers, SUBDIVISION)
    if own is not None:
        head.modifiers.remove(own)
    if texture is not None and not texture.users:
        bpy.data.textures.remove(texture)
    return True


def displacement_of(head: bpy.types.Object) -> Any:
    """The head's displacement, or None."""
    return next((each for each in head.modifiers if each.name == NAME and each.type == "DISPLACE"), None)


def _uv_map(head: bpy.types.Object, path: Path) -> str:
    """The UV map with FLAME's own UVs: of the .obj beside, of one brought before, or the model's. Raises ModelError."""
    mesh = mesh_of(head)
    beside = path.with_suffix(".obj")
    looks = read_looks(beside) if beside.exists() else None
    if looks is not None and looks.uv_coords is not None and looks.uv_faces is not None:
        laid = uvs.lay_uvs(mesh, looks.faces, looks.uv_coords, looks.uv_faces)
        if laid is not None:
            return laid
    if named(mesh.uv_layers, uvs.NAME) is not None:
        return uvs.NAME
    found = evaluator(flame_of(head).fingerprint)
    display = None if found is None else found.model.display
    if display is not None and display.uv_coords is not None and len(display.uv_coords) == N_UVS and mesh.uv_layers:
        return str(shown_uvs(mesh).name)
    raise ModelError(
        f"{head.name} has no UVs of FLAME, which {path.name} needs: install head_template.obj, or put the .obj of the "
        "same run beside it."
    )


def _texture(image: bpy.types.Image) -> Any:
    """The map's numbers as they are: none is cut off at 0, and between texels they are mixed bilinearly."""
    texture: Any = bpy.data.textures.new(image.name, "IMAGE")
    texture.image = image
    texture.use_clamp = False
    texture.extension = "EXTEND"
    texture.use_interpolation = True
    return texture


def _put_behind_subdivision(head: bpy.types.Object, modifier: Any, levels: int) -> None:
    """Behind the last subdivision; where there is none, behind one that is added at the end."""
    subdividing = [index for index, each in enumerate(head.modifiers) if each.type in SUBDIVIDING]
    if not subdividing:
        subdivision: Any = head.modifiers.new(SUBDIVISION, "SUBSURF")
        subdivision.levels = subdivision.render_levels = levels
        subdivision.subdivision_type = "SIMPLE"  # DECA lifts its own mesh from flat triangles
        head.modifiers.move(head.modifiers.find(subdivision.name), head.modifiers.find(modifier.name))
        return
    head.modifiers.move(head.modifiers.find(modifier.name), subdividing[-1] + 1)
