"""Run in a windowed Blender by panels.py: a head, of the given file or the built-in one, and its tab in a language."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import bpy

sys.path.append(str(Path(__file__).resolve().parent))

from stepping import take

TICK = 0.4  # seconds
SIDES = {"eyeWide": 0.3, "cheekSquint": 0.5, "mouthSmile": 0.8}
SMILE = {f"{name}{side}": score for name, score in SIDES.items() for side in ("Left", "Right")}
SMILE |= {"browInnerUp": 0.6, "jawOpen": 0.2}


def steps() -> Iterator[None]:
    """What to do, one step between two drawings."""
    from bl_ext.user_default.flame_blender import api  # noqa: PLC0415  (there once Blender has started)

    parser = argparse.ArgumentParser(prog="show_tab.py")
    parser.add_argument("--model", default="Built-in Head")
    parser.add_argument("--language")
    given = parser.parse_args(sys.argv[sys.argv.index("--") + 1 :])
    if given.language is not None:
        bpy.context.preferences.view.language = given.language
    for obj in list(bpy.data.objects):
        bpy.data.objects.remove(obj)
    head = api.add_head(given.model)
    if api.presets(head):
        api.set_arkit(head, SMILE)
    else:
        api.set_params(head, expression=[1.5, -1.0, 0.8, -0.6, 1.2, 0.5], jaw=(0.1, 0, 0))
    window = bpy.context.window_manager.windows[0]
    area = next(area for area in window.screen.areas if area.type == "VIEW_3D")
    view = next(region for region in area.regions if region.type == "WINDOW")
    with bpy.context.temp_override(window=window, area=area, region=view):
        bpy.ops.screen.screen_full_area(use_hide_panels=False)
    for _ in range(3):
        yield
    area = next(area for area in window.screen.areas if area.type == "VIEW_3D")
    area.spaces.active.show_region_ui = True
    yield
    next(region for region in area.regions if region.type == "UI").active_panel_category = "FLAME"
    view = next(region for region in area.regions if region.type == "WINDOW")
    bpy.context.view_layer.objects.active = head
    head.select_set(True)
    with bpy.context.temp_override(window=window, area=area, region=view):
        bpy.ops.view3d.view_axis(type="FRONT")
        bpy.ops.view3d.view_selected()
    for _ in range(3):
        area.tag_redraw()
        yield


take(steps(), TICK)
