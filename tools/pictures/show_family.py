"""Run in a windowed Blender by panels.py: the panels Skin, Body and Looks of Meshes, and the menu of exports."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy

sys.path.append(str(Path(__file__).resolve().parent))

from stepping import take

TICK = 0.4  # seconds
MENU = (590, 560)  # where its upper part is, pixels of the window
BACK = 2  # steps by which the view goes back from the head


def steps() -> Iterator[None]:
    """What to do, one step between two drawings."""
    from bl_ext.user_default.flame_blender import panels  # noqa: PLC0415  (there once Blender has started)

    unfold(panels.CLASSES, (panels.FLAME_PT_skin, panels.FLAME_PT_body, panels.FLAME_PT_mesh_looks))
    window = bpy.context.window_manager.windows[0]
    area = next(area for area in window.screen.areas if area.type == "VIEW_3D")
    view = next(region for region in area.regions if region.type == "WINDOW")
    with bpy.context.temp_override(window=window, area=area, region=view):
        bpy.ops.screen.screen_full_area(use_hide_panels=False)
    for _ in range(3):
        yield
    area = next(area for area in window.screen.areas if area.type == "VIEW_3D")
    space: Any = area.spaces.active
    space.show_region_ui, space.shading.color_type, space.overlay.show_bones = True, "TEXTURE", False
    yield
    next(region for region in area.regions if region.type == "UI").active_panel_category = "FLAME"
    view = next(region for region in area.regions if region.type == "WINDOW")
    with bpy.context.temp_override(window=window, area=area, region=view):
        bpy.ops.view3d.view_axis(type="FRONT")
        bpy.ops.view3d.view_selected()
        for _ in range(BACK):
            bpy.ops.view3d.zoom(delta=-1)
    for _ in range(3):
        area.tag_redraw()
        yield
    bpy.context.preferences.view.show_tooltips = False  # one would lie over the head
    window.cursor_warp(*MENU)
    yield
    with bpy.context.temp_override(window=window, area=area, region=view):
        bpy.ops.wm.call_menu(name="FLAME_MT_export")
    yield


def unfold(classes: tuple[Any, ...], shown: tuple[Any, ...]) -> None:
    """The tab with nothing but these panels, none of them closed or below another."""
    own = [each for each in classes if issubclass(each, bpy.types.Panel)]
    for panel in reversed(own):
        bpy.utils.unregister_class(panel)
    for panel in own:
        if panel in shown:
            panel.bl_options, panel.bl_parent_id = set(), ""
            bpy.utils.register_class(panel)


take(steps(), TICK)
