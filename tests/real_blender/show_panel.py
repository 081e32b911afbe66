"""Run inside a windowed Blender with the extension installed: adds a head, opens the FLAME tab, and says so.

A timer does it, one step a tick, because areas and regions are there only after the first drawing. The last step prints
the line that the driver waits for; an error prints a traceback, which the driver takes for a failure.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import bpy

sys.path.append(str(Path(__file__).resolve().parent))

from stepping import take

TICK = 0.5  # seconds


def steps() -> Iterator[None]:
    """What to do, one step between two drawings."""
    from bl_ext.user_default.flame_blender import api

    for obj in list(bpy.data.objects):
        if obj.type == "MESH":
            bpy.data.objects.remove(obj)
    yield
    head = api.add_head(landmarks=True)
    api.set_params(head, jaw=(0.12, 0.0, 0.0), neck=(0.0, 0.25, 0.0))
    bpy.context.view_layer.objects.active = head
    head.select_set(True)
    area = next(area for area in bpy.context.window_manager.windows[0].screen.areas if area.type == "VIEW_3D")
    space = area.spaces.active
    space.show_region_ui = True
    space.shading.type = "SOLID"
    yield
    sidebar = next(region for region in area.regions if region.type == "UI")
    sidebar.active_panel_category = "FLAME"
    view = next(region for region in area.regions if region.type == "WINDOW")
    with bpy.context.temp_override(window=bpy.context.window_manager.windows[0], area=area, region=view):
        bpy.ops.view3d.view_axis(type="FRONT")
        bpy.ops.view3d.view_selected()
    yield
    area.tag_redraw()
    yield
    assert sidebar.active_panel_category == "FLAME", f"the sidebar shows {sidebar.active_panel_category}"
    assert sidebar.width > 100, f"the sidebar is {sidebar.width} pixels wide"
    print(f"panel: shown in Blender {bpy.app.version_string}", flush=True)


take(steps(), TICK)
