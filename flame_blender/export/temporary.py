"""What exists only for the time of an export: Blender's data."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import bpy

KINDS = (
    "objects", "meshes", "armatures", "cameras", "lights", "actions", "materials", "images", "collections",
    "node_groups", "worlds", "cache_files", "textures",
)  # fmt: skip


@contextmanager
def undisturbed(scene: bpy.types.Scene) -> Iterator[None]:
    """Whatever is made inside is removed; selection, active object, frame, range and rate are put back."""
    before = {kind: set(getattr(bpy.data, kind)) for kind in KINDS}
    layer: Any = bpy.context.view_layer
    selected, active = list(bpy.context.selected_objects), layer.objects.active
    names = ("frame_start", "frame_end")
    kept = {name: getattr(scene, name) for name in names}
    rate = scene.render.fps, scene.render.fps_base
    shown = scene.frame_current, scene.frame_subframe
    try:
        yield
    finally:
        for kind in KINDS:
            made = [each for each in getattr(bpy.data, kind) if each not in before[kind]]
            bpy.data.batch_remove(made)
        for name, value in kept.items():
            setattr(scene, name, value)
        scene.render.fps, scene.render.fps_base = rate
        for obj in scene.objects:
            if obj.name in layer.objects:
                obj.select_set(obj in selected)
        layer.objects.active = active
        scene.frame_set(shown[0], subframe=shown[1])
