"""Run inside a windowed Blender that has the extension: a recipe of the open scene, and samples of it in the view.

A timer does it, one step a tick; see use_window.py.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy

sys.path.append(str(Path(__file__).resolve().parent))

from panel_pictures import keep_picture, show
from stepping import take
from window import in_the_view

TICK = 0.5  # seconds
FOLDER = Path(tempfile.mkdtemp())
KINDS = ("scenes", "objects", "meshes", "materials", "worlds", "lights", "cameras", "node_groups")


def counts() -> dict[str, int]:
    return {kind: len(getattr(bpy.data, kind)) for kind in KINDS}


def previews() -> list[Any]:
    return [scene for scene in bpy.data.scenes if "flame_preview" in scene]


def steps() -> Iterator[None]:
    """What to do, one step between two drawings."""
    from bl_ext.user_default.flame_blender import api, panels

    for obj in list(bpy.data.objects):
        if obj.type == "MESH":
            bpy.data.objects.remove(obj)
    yield
    home = bpy.context.window_manager.windows[0].scene.name
    with in_the_view():
        head = api.add_head()
        bpy.context.view_layer.objects.active = head
        bpy.context.scene.camera.location = (0.15, -0.9, 0.05)
        bpy.context.scene.camera.rotation_euler = (1.52, 0, 0.16)
        bpy.context.scene.render.resolution_x = bpy.context.scene.render.resolution_y = 256
        bpy.ops.ed.undo_push(message="head")
        bpy.ops.flame.write_recipe("EXEC_DEFAULT", filepath=str(FOLDER / "mine.toml"), count=20, shard_size=10)
    assert bpy.context.window_manager.flame.recipe == str(FOLDER / "mine.toml")
    before = counts()
    panel = panels.FLAME_PT_data_sets
    yield from show(panel)
    keep_picture("data_sets")
    for sample in (3, 5):
        bpy.context.window_manager.flame.sample = sample
        with in_the_view():
            done = bpy.ops.flame.preview_sample("EXEC_DEFAULT", True, recipe=str(FOLDER / "mine.toml"), sample=sample)
        assert done == {"FINISHED"} and len(previews()) == 1
        yield from show(panel)
        yield
        keep_picture(f"data_set_sample_{sample}")
    assert bpy.context.window_manager.windows[0].scene == previews()[0]
    with in_the_view():
        bpy.ops.ed.undo()
    yield
    assert len(previews()) == 1, "the sample before"
    with in_the_view():
        bpy.ops.ed.undo()
    yield
    assert not previews() and bpy.context.window_manager.windows[0].scene.name == home, "no preview"
    with in_the_view():
        bpy.ops.ed.redo()
    yield
    assert len(previews()) == 1
    with in_the_view():
        assert bpy.ops.flame.remove_preview("EXEC_DEFAULT", True) == {"FINISHED"}
    yield
    assert counts() == before and bpy.context.window_manager.windows[0].scene.name == home, (counts(), before)
    yield from show(panel)
    print(f"data sets: good in Blender {bpy.app.version_string}", flush=True)
    bpy.ops.wm.quit_blender()


take(steps(), TICK)
