"""What is selected."""

from __future__ import annotations

from typing import Any

import bpy


def select_only(objects: list[bpy.types.Object]) -> None:
    """Make these the selection, and the first the active object."""
    layer: Any = bpy.context.view_layer
    layer.update()  # what was linked just now is not in the layer before
    for obj in layer.objects:
        obj.select_set(obj in objects)
    layer.objects.active = objects[0]
