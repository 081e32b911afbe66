"""What a new head asks of the 3D view in a window: to be seen whole, and the FLAME tab beside it."""

from __future__ import annotations

from typing import Any

import bpy
from mathutils import Euler, Vector

from ..head.active import select_only

TAB = "FLAME"
SEEN = {"MESH", "CURVE", "SURFACE", "META", "FONT", "CURVES", "POINTCLOUD", "VOLUME", "GREASEPENCIL", "GPENCIL"}
BESIDE = (1.45, 0.0, 0.4)  # radians from above the head to where it is looked at from: its front, a little to its left
TRIES, WAIT = 40, 0.05  # how often a sidebar that has just been opened is looked at, and seconds between


def is_empty(context: bpy.types.Context) -> bool:
    """Whether nothing is visible but cameras, lights and the like."""
    return not any(obj.type in SEEN for obj in context.visible_objects)


def around(context: bpy.types.Context, place: Vector) -> bpy.types.Object | None:
    """The visible mesh whose bounds hold a place (3,) in the world, as Blender's first cube does: it hides that."""
    for obj in context.visible_objects:
        if obj.type == "MESH" and obj.display_type not in ("BOUNDS", "WIRE"):
            local = obj.matrix_world.inverted_safe() @ place
            corners = [Vector(corner) for corner in obj.bound_box]
            if all(
                min(corner[axis] for corner in corners) < local[axis] < max(corner[axis] for corner in corners)
                for axis in range(3)
            ):
                return obj
    return None


def view_of(context: bpy.types.Context) -> bpy.types.Area | None:
    """The 3D view that an operator runs in, or else the window's largest; None where there is none, or no window."""
    if bpy.app.background or context.window is None:
        return None
    if context.area is not None and context.area.type == "VIEW_3D":
        return context.area
    views = [area for area in context.window.screen.areas if area.type == "VIEW_3D"]
    return max(views, key=lambda area: area.width * area.height, default=None)


def show_face(context: bpy.types.Context, obj: bpy.types.Object) -> None:
    """Bring the view to a head, which is selected for it, a little from the side.

    A view along an axis keeps its direction, and one through a camera stays.
    """
    area = view_of(context)
    if area is None:
        return
    space: Any = area.spaces.active
    region = next((region for region in area.regions if region.type == "WINDOW"), None)
    if region is None or space.region_3d.view_perspective == "CAMERA":
        return
    select_only([obj])
    if not space.region_3d.is_orthographic_side_view:
        space.region_3d.view_rotation = obj.matrix_world.to_quaternion() @ Euler(BESIDE).to_quaternion()
    with context.temp_override(window=context.window, area=area, region=region):
        bpy.ops.view3d.view_selected()


def open_tab(context: bpy.types.Context) -> None:
    """Show the sidebar with the FLAME tab in front.

    A sidebar knows its tabs once it has been drawn: one that was hidden is asked again from a timer.
    """
    area, window = view_of(context), context.window
    if area is None or window is None:
        return
    space: Any = area.spaces.active
    space.show_region_ui = True
    if not _put_in_front(area):
        screen, index = window.screen.name, list(window.screen.areas).index(area)
        tries = iter(range(TRIES))

        def again() -> float | None:
            areas = bpy.data.screens[screen].areas if screen in bpy.data.screens else ()
            there = index < len(areas) and areas[index].type == "VIEW_3D"
            return WAIT if there and next(tries, None) is not None and not _put_in_front(areas[index]) else None

        bpy.app.timers.register(again, first_interval=WAIT)


def _put_in_front(area: bpy.types.Area) -> bool:
    """Whether the area's sidebar shows the tab now."""
    sidebar: Any = next((region for region in area.regions if region.type == "UI"), None)
    if sidebar is None or sidebar.width <= 1:
        return False
    try:
        sidebar.active_panel_category = TAB
    except (AttributeError, TypeError):  # Blender lets it be set once the sidebar has been drawn, with this tab
        return False
    area.tag_redraw()
    return sidebar.active_panel_category == TAB
