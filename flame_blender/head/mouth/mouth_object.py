"""The object of a head's mouth and lashes.

Everything that ties it to the head lies in its mesh, so that it is saved, copied, appended and undone with that.
"""

from __future__ import annotations

from typing import Any

import bpy
import mathutils
import numpy as np

from ...errors import ModelError
from ...head_parts.parts import MATERIALS, SHAPES, WHOLE, HeadParts, checked_parts
from .. import deformation, materials, mesh
from ..properties import flame_of

NAME = "Mouth and Lashes"
ARRAY, SHAPE, NAMES = "flame_parts_{}", "flame_parts_{}_shape", "flame_parts_names"  # of the mesh


def object_of(obj: bpy.types.Object) -> bpy.types.Object | None:
    """The head's mouth and lashes; None where it has none.

    A head duplicated without them still points to those of the original; only its own child counts.
    """
    made: bpy.types.Object | None = flame_of(obj).mouth
    return made if made is not None and made.parent == obj else None


def shown(obj: bpy.types.Object) -> bpy.types.Object | None:
    """The same, where they are switched on and in some scene."""
    made = object_of(obj)
    return made if made is not None and flame_of(obj).show_mouth and made.users_collection else None


def state(obj: bpy.types.Object) -> tuple[int, ...]:
    """What to compare to tell whether they have to be written though the head has not changed."""
    made = object_of(obj)
    if made is None or not flame_of(obj).show_mouth:
        return ()
    return made.session_uid, mesh.mesh_of(made).session_uid, int(is_edited(made))


def add(obj: bpy.types.Object, parts: HeadParts) -> bpy.types.Object:
    """Make the object of the parts of the head's model; the head moves it from then on."""
    remove(obj)
    made_mesh = _mesh(parts, f"{obj.name} {NAME}")
    made = bpy.data.objects.new(made_mesh.name, made_mesh)
    for collection in obj.users_collection:
        collection.objects.link(made)
    made.parent = obj
    deformation.add_pass_through(made)
    flame_of(obj).mouth = made
    flame_of(obj).show_mouth = True
    obj.update_tag()
    return made


def remove(obj: bpy.types.Object) -> None:
    """Delete the head's mouth and lashes, where it has any."""
    made = object_of(obj)
    if made is not None:
        mesh.delete(made)
    flame_of(obj).mouth = None


def stand_as_added(obj: bpy.types.Object) -> None:
    """Let the object stand where the head does: applying the head's transforms gives its children what was applied."""
    made = object_of(obj)
    if made is not None:
        made.matrix_parent_inverse.identity()
        made.matrix_basis = mathutils.Matrix()


def read(made: bpy.types.Object, n_vertices: int) -> HeadParts:
    """What the object's mesh tells of the parts.

    Raises ModelError where they are not for a model of so many vertices, or the mesh is damaged.
    """
    data: Any = mesh.mesh_of(made)
    arrays = {}
    for name in SHAPES:
        numbers, shape = (np.array(data.get(key.format(name), ())) for key in (ARRAY, SHAPE))
        if shape.dtype.kind == "i" and len(shape) and shape.min() >= 0 and numbers.size == shape.prod():
            arrays[name] = numbers.reshape(shape).astype(np.int32 if name in WHOLE else np.float32)
    names = tuple(str(data.get(NAMES, "")).split())
    parts = checked_parts(arrays, names, n_vertices, made.name)
    if len(data.vertices) != len(parts.vertices):
        raise ModelError(
            f"{made.name}: expected {len(parts.vertices)} vertices, found {len(data.vertices)}; add them anew."
        )
    return parts


def trouble(obj: bpy.types.Object) -> str | None:
    """Why the head's mouth and lashes do not follow it, in one sentence; None when they do, or there are none."""
    made = shown(obj)
    if made is None:
        return None
    if is_edited(made):
        return f"{made.name} is in {made.mode.title()} Mode: it follows the head again in Object Mode."
    try:
        read(made, len(mesh.mesh_of(obj).vertices))
    except ModelError:
        return f"{made.name} was made for another model, or its mesh was changed: add mouth and lashes anew."
    return None


def is_edited(made: bpy.types.Object) -> bool:
    """Whether its mesh is the user's just now."""
    return made.mode in ("EDIT", "SCULPT") or mesh.mesh_of(made).is_editmode


def _mesh(parts: HeadParts, called: str) -> bpy.types.Mesh:
    made: Any = mesh.mesh_of_polygons(parts.vertices, parts.polygons, called)
    for material in MATERIALS:
        made.materials.append(materials.plain_material(f"FLAME {material.title()}"))
    made.polygons.foreach_set("material_index", parts.materials)
    for name in SHAPES:
        value = getattr(parts, name)
        if value.size:  # Blender keeps no empty array
            made[ARRAY.format(name)] = np.ascontiguousarray(value).ravel()
        made[SHAPE.format(name)] = list(value.shape)
    made[NAMES] = " ".join(parts.names)
    return made
