"""Run in a windowed Blender by panels.py: a head, of the given file or the built-in one, posed by its face board."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import bpy

sys.path.append(str(Path(__file__).resolve().parent))

from stepping import take

TICK = 0.4  # seconds
POSED = {
    "corner.L": (0.2, 0.7), "corner.R": (-0.1, 0.5), "brow.L": (0.0, 0.6), "brow_inner": (0.0, 0.4),
    "brow.R": (0.0, -0.2), "cheek.L": (0.0, 0.5), "cheek.R": (0.0, 0.4), "squint": (0.0, 0.2),
}  # fmt: skip
SEEN, DISTANCE = (0.19, 0.0, -0.01), 0.56


def steps() -> Iterator[None]:
    """What to do, one step between two drawings."""
    from bl_ext.user_default.flame_blender import api  # noqa: PLC0415  (there once Blender has started)

    parser = argparse.ArgumentParser(prog="show_board.py")
    parser.add_argument("--model", default="Built-in Head")
    given = parser.parse_args(sys.argv[sys.argv.index("--") + 1 :])
    for obj in list(bpy.data.objects):
        bpy.data.objects.remove(obj)
    head = api.add_head(given.model)
    board = api.make_board(head)
    window = bpy.context.window_manager.windows[0]
    area = next(area for area in window.screen.areas if area.type == "VIEW_3D")
    view = next(region for region in area.regions if region.type == "WINDOW")
    with bpy.context.temp_override(window=window, area=area, region=view):
        bpy.ops.screen.screen_full_area(use_hide_panels=False)
    for _ in range(3):
        yield
    bpy.context.view_layer.objects.active = board
    bpy.ops.object.mode_set(mode="POSE")
    bones = board.pose.bones
    for name, (x, y) in POSED.items():
        bones[name].location.x, bones[name].location.y = x, y
    bones["neck"].rotation_euler = (0.0, -0.15, 0.05)
    bones["eyes"].location = (-7.0, 3.0, 0.0)
    area = next(area for area in window.screen.areas if area.type == "VIEW_3D")
    view = next(region for region in area.regions if region.type == "WINDOW")
    area.spaces.active.overlay.show_cursor = area.spaces.active.overlay.show_axis_x = False
    area.spaces.active.overlay.show_relationship_lines = area.spaces.active.overlay.show_floor = False
    area.spaces.active.overlay.show_ortho_grid = area.spaces.active.overlay.show_text = False
    area.spaces.active.shading.color_type = "TEXTURE"
    with bpy.context.temp_override(window=window, area=area, region=view):
        bpy.ops.view3d.view_axis(type="FRONT")
    seen = area.spaces.active.region_3d
    seen.view_location, seen.view_distance = SEEN, DISTANCE
    for _ in range(4):
        area.tag_redraw()
        yield


take(steps(), TICK)
