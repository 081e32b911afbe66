"""The strips of lashes in a head's mesh, or in that of its mouth and lashes: hidden where lashes of hairs are there.

A slot of theirs shows a clear material, linked to the object, so that other heads keep theirs and no vertex goes.
"""

from __future__ import annotations

import bpy

from ..blender_pointers import named
from ..head.materials import LASHES
from ..head.mouth import mouth_object
from ..shading.material_nodes import new_material, principled

HIDDEN = f"{LASHES} Hidden"


def show(head: bpy.types.Object, shown: bool) -> None:
    """Show the strips again, or hide them. A material that a person has put on the object stays."""
    for obj in (head, mouth_object.object_of(head)):
        for slot in obj.material_slots if obj is not None else ():
            name = "" if slot.material is None else slot.material.name.split(".")[0]
            if not shown and slot.link == "DATA" and name == LASHES:
                slot.link, slot.material = "OBJECT", _clear()
            elif shown and slot.link == "OBJECT" and name == HIDDEN:
                slot.material = None
                slot.link = "DATA"


def _clear() -> bpy.types.Material:
    known = named(bpy.data.materials, HIDDEN)
    if known is not None and known.library is None:
        return known
    made = new_material(HIDDEN)
    shader = principled(made)
    shader.inputs["Alpha"].default_value = 0.0
    shader.inputs["Roughness"].default_value = 1.0
    made.diffuse_color = (0.0, 0.0, 0.0, 0.0)  # type: ignore[assignment]
    return made
