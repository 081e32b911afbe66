"""The legend of the painted distances: a strip with numbers beside the head, so that renders show it too."""

from __future__ import annotations

import math
from typing import Any

import bpy
import numpy as np

from ..blender_pointers import named
from ..shading.material_nodes import new_material, principled
from .colour_scale import colours

NAME = "flame_legend"  # marks what belongs to a legend
# metres in the head's own space, Blender's axes: beside the left ear, as one sees it at the right
LEFT, WIDTH, LOW, HEIGHT, FRONT = 0.135, 0.012, -0.13, 0.20, 0.0
TEXT_MATERIAL = "FLAME Legend"
LETTERS = 0.013
TICKS = 5
STEPS = 64


def add(head: bpy.types.Object, limit_mm: float, material: bpy.types.Material) -> None:
    """A strip from 0 to the limit with its numbers, moving with the head."""
    collection = head.users_collection[0]
    strip = bpy.data.objects.new(f"{head.name} Legend", _strip(limit_mm, material))
    letters = [("distance, mm", LOW + HEIGHT + 1.6 * LETTERS, LEFT)]
    for tick in range(TICKS):
        value = limit_mm * tick / (TICKS - 1)
        more = "+" if tick == TICKS - 1 else ""
        letters.append((f"{value:g}{more}", LOW + HEIGHT * tick / (TICKS - 1) - 0.35 * LETTERS, LEFT + 1.5 * WIDTH))
    parts = [strip, *(_text(text, left, height, material_of_text()) for text, height, left in letters)]
    for part in parts:
        part[NAME] = True
        part.parent = head
        part.hide_select = True
        collection.objects.link(part)


def remove(head: bpy.types.Object) -> None:
    """Delete the head's legend, if there is one."""
    for part in parts_of(head):
        data = part.data
        font = data.font if isinstance(data, bpy.types.TextCurve) else None
        bpy.data.objects.remove(part)
        bpy.data.batch_remove([data])
        if font is not None and not font.users:
            bpy.data.fonts.remove(font)  # Blender's own, which came with the first text


def parts_of(head: bpy.types.Object) -> list[bpy.types.Object]:
    """The objects of the head's legend."""
    return [child for child in head.children if child.get(NAME)]


def _strip(limit_mm: float, material: bpy.types.Material) -> bpy.types.Mesh:
    heights = np.linspace(0, 1, STEPS + 1)
    corners = [(LEFT + side * WIDTH, FRONT, LOW + HEIGHT * part) for part in heights for side in (0, 1)]
    faces = [(2 * k, 2 * k + 1, 2 * k + 3, 2 * k + 2) for k in range(STEPS)]
    mesh = bpy.data.meshes.new("FLAME Legend")
    mesh.from_pydata(corners, [], faces)
    shades = np.repeat(colours(heights * limit_mm, limit_mm), 2, axis=0)
    mesh.materials.append(material)
    attribute: Any = mesh.attributes.new("FLAME Distance", "FLOAT_COLOR", "POINT")
    attribute.data.foreach_set("color", shades.ravel())
    mesh.color_attributes.active_color_name = attribute.name
    return mesh


def _text(text: str, left: float, height: float, material: bpy.types.Material) -> bpy.types.Object:
    curve: Any = bpy.data.curves.new("FLAME Legend", "FONT")
    curve.body, curve.size = text, LETTERS
    curve.materials.append(material)
    obj = bpy.data.objects.new(f"FLAME Legend {text}", curve)
    obj.location = (left, FRONT, height)
    obj.rotation_euler.x = math.pi / 2
    return obj


def material_of_text() -> bpy.types.Material:
    """White that glows, so that it can be read in any light."""
    found = named(bpy.data.materials, TEXT_MATERIAL)
    if found is not None and found.library is None:
        return found
    made = new_material(TEXT_MATERIAL)
    made.diffuse_color = (0.9, 0.9, 0.9, 1.0)  # type: ignore[assignment]
    shader = principled(made)
    shader.inputs["Base Color"].default_value = (0.0, 0.0, 0.0, 1.0)
    shader.inputs["Emission Color"].default_value = (0.9, 0.9, 0.9, 1.0)
    shader.inputs["Emission Strength"].default_value = 1.0
    return made
