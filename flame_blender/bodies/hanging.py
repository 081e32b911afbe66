"""What a head on a body hangs on: a bone, three vertices, or the body's object; and back to what it hung on before."""

from __future__ import annotations

from typing import Any

import bpy
import mathutils

from ..blender_pointers import there
from ..errors import ParameterError

BEFORE = "flame_before_body"  # on the head: what it hung on
HEAD_BONES = ("head", "mixamorig:head", "def-spine.006", "spine.006", "head.x", "bip01 head", "head_01", "c_head.x")


def armature_of(body: bpy.types.Object) -> bpy.types.Object | None:
    """The armature that moves the body, or None."""
    for modifier in body.modifiers:
        known: Any = modifier
        if modifier.type == "ARMATURE" and known.object is not None:
            return known.object
    parent = body.parent
    return parent if parent is not None and parent.type == "ARMATURE" else None


def bone_of(armature: bpy.types.Object | None, wanted: str) -> str:
    """The name of the bone that carries the head: the one wanted, else a usual one; "" where there is none.

    Raises ParameterError where the bone that is wanted is not there.
    """
    if wanted:
        data: Any = None if armature is None else armature.data
        if data is None or wanted not in data.bones:
            found = "no armature" if armature is None else f"{len(data.bones)} others in {armature.name}"
            raise ParameterError(f"bone: expected one of the body's armature, found {found} and no {wanted!r}.")
        return wanted
    if armature is None:
        return ""
    bones: Any = armature.data
    names = {bone.name.lower(): bone.name for bone in bones.bones}
    return next((names[each] for each in HEAD_BONES if each in names), "")


def hang(
    head: bpy.types.Object,
    carrier: bpy.types.Object,
    world: mathutils.Matrix,
    bone: str = "",
    vertices: tuple[int, ...] = (),
) -> None:
    """Let the carrier, a bone of it, or three of its vertices move the head, which stands at ``world`` now.

    What the head hung on before is kept; its own location, rotation and scale stay, keys and all.
    """
    known: Any = head  # the stubs have other types for arrays
    known[BEFORE] = {
        "parent": head.parent,
        "type": head.parent_type,
        "bone": head.parent_bone,
        "vertices": list(known.parent_vertices),
        "inverse": [number for row in known.matrix_parent_inverse for number in row],
    }
    head.parent = carrier
    head.parent_type = "BONE" if bone else "VERTEX_3" if vertices else "OBJECT"
    if bone:
        head.parent_bone = bone
    if vertices:
        known.parent_vertices = vertices
    head.matrix_parent_inverse.identity()
    layer = there(bpy.context.view_layer, "a view layer")
    layer.update()
    own = head.matrix_basis.inverted_safe()
    moved_by = head.matrix_world @ own
    head.matrix_parent_inverse = moved_by.inverted_safe() @ world @ own
    layer.update()


def take_down(head: bpy.types.Object) -> None:
    """Hang the head on what it hung on before, where it stands as it did then."""
    known: Any = head
    kept: Any = known.get(BEFORE)
    if kept is None:
        return
    parent = kept.get("parent")
    numbers = list(kept["inverse"])
    head.parent = parent
    if parent is not None:
        head.parent_type, head.parent_bone = kept["type"], kept["bone"]
        known.parent_vertices = list(kept["vertices"])
    head.matrix_parent_inverse = mathutils.Matrix([numbers[row : row + 4] for row in range(0, 16, 4)])
    del head[BEFORE]
