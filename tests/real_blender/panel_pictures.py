"""Panels of the sidebar one at a time, each in a tab of its own, and pictures of them."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import bpy

PICTURES = Path("out") / "window"  # in the checkout that Blender was given
SCREEN = "1600x1000"
DRAWINGS = 2


def alone(panel: type[bpy.types.Panel]) -> str:
    """A tab with nothing but the panel, unfolded; its name. Blender knows a class and its subclasses not both."""
    twin, tab = f"{panel.__name__}_alone", f"{panel.bl_label} alone"  # Blender has an Animation tab of its own
    if not hasattr(bpy.types, twin):
        own = {name: value for name, value in vars(panel).items() if name in ("draw", "poll", "bl_label", "__module__")}
        given = {"bl_idname": twin, "bl_category": tab, "bl_options": set()}
        bpy.utils.register_class(type(twin, panel.__bases__, own | given))
    return tab


def show(panel: type[bpy.types.Panel]) -> Iterator[bpy.types.Region]:
    """Draw the panel alone; yields until it is there, at last the sidebar."""
    area = next(area for area in bpy.context.window_manager.windows[0].screen.areas if area.type == "VIEW_3D")
    area.spaces.active.show_region_ui = True
    tab = alone(panel)
    for _ in range(DRAWINGS):
        area.tag_redraw()
        yield None
    sidebar = next(region for region in area.regions if region.type == "UI")
    sidebar.active_panel_category = tab
    for _ in range(DRAWINGS):
        area.tag_redraw()
        yield None


def keep_picture(name: str) -> None:
    """The screen as a file in PICTURES, by FFmpeg where it is there: Blender's own are black where a CPU draws."""
    if shutil.which("ffmpeg") is None:
        return
    PICTURES.mkdir(parents=True, exist_ok=True)
    grabbed = ["-f", "x11grab", "-i", os.environ["DISPLAY"], "-frames:v", "1", str(PICTURES / f"{name}.png")]
    subprocess.run(["ffmpeg", "-y", "-loglevel", "error", "-video_size", SCREEN, *grabbed], check=True)


def picture(panel: type[bpy.types.Panel], name: str) -> Iterator[None]:
    """Show the panel alone and keep a picture of the window."""
    yield from show(panel)
    keep_picture(name)
    yield


def drag_a_slider(head: Callable[[], bpy.types.Object], path: str) -> Generator[None, None, tuple[int, int]]:
    """Find a slider of the shown panel by what hovering and pressing I keys, take the keys away, and drag it.

    Where it is, in the window.
    """
    window = bpy.context.window_manager.windows[0]
    area = next(area for area in window.screen.areas if area.type == "VIEW_3D")
    sidebar = next(region for region in area.regions if region.type == "UI")
    x = sidebar.x + sidebar.width // 2 - 10
    for y in range(sidebar.y + sidebar.height - 90, sidebar.y + 40, -15):
        window.event_simulate(type="MOUSEMOVE", value="NOTHING", x=x, y=y)
        yield
        for value in ("PRESS", "RELEASE"):
            window.event_simulate(type="I", value=value, x=x, y=y)
        yield
        data = head().animation_data
        if data is not None and data.action is not None:
            break
    [curve] = head().animation_data.action.layers[0].strips[0].channelbags[0].fcurves
    assert curve.data_path.startswith(path), curve.data_path
    head().animation_data_clear()
    bpy.ops.ed.undo_push(message="no keys")
    window.event_simulate(type="LEFTMOUSE", value="PRESS", x=x, y=y)
    for way in (20, 60, 100):
        yield
        window.event_simulate(type="MOUSEMOVE", value="NOTHING", x=x + way, y=y)
    yield
    window.event_simulate(type="LEFTMOUSE", value="RELEASE", x=x + 100, y=y)
    yield
    return x, y
