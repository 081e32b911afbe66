"""Run inside a windowed Blender (with --enable-event-simulate) that has the extension: the first minute, and life.

Add > Mesh > FLAME Head by its menu in an empty scene: the head is framed and the FLAME tab open, once more after undo
and redo. Life is added, played, muted and removed. A timer does it, one step a tick; see use_window.py.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import bpy
import numpy as np
from bpy_extras.view3d_utils import location_3d_to_region_2d

sys.path.append(str(Path(__file__).resolve().parent))

from stepping import take
from window import head, in_the_view, press, shows_its_parameters

TICK = 0.4  # seconds
PICTURES = Path("out") / "window"


def steps() -> Iterator[None]:
    """What to do, one step between two drawings."""
    for obj in list(bpy.data.objects):
        if obj.type == "MESH":
            bpy.data.objects.remove(obj)
    with in_the_view():
        bpy.ops.ed.undo_push(message="empty")
    yield
    yield from first_minute()
    yield from life()
    print(f"life: good in Blender {bpy.app.version_string}", flush=True)
    bpy.ops.wm.quit_blender()


def type_in(text: str) -> Iterator[None]:
    """Type letters, over the middle of the window."""
    window = bpy.context.window_manager.windows[0]
    x, y = window.width // 3, window.height // 2
    for letter in text:
        key = "SPACE" if letter == " " else letter.upper()
        window.event_simulate(type=key, value="PRESS", unicode=letter, x=x, y=y)
        window.event_simulate(type=key, value="RELEASE", x=x, y=y)
        yield


def photograph(name: str) -> None:
    """Keep a picture of the window, for people to look at."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    window = bpy.context.window_manager.windows[0]
    with bpy.context.temp_override(window=window, screen=window.screen):
        bpy.ops.screen.screenshot(filepath=str(PICTURES / f"{name}.png"))


def view() -> bpy.types.Area:
    """The 3D view."""
    return next(area for area in bpy.context.window_manager.windows[0].screen.areas if area.type == "VIEW_3D")


def share_of_view() -> float:
    """How much of the view's height the head takes; 0 where some of it is outside."""
    area = view()
    region = next(region for region in area.regions if region.type == "WINDOW")
    corners = [head().matrix_world @ vertex.co for vertex in list(head().data.vertices)[::50]]
    seen = [location_3d_to_region_2d(region, area.spaces.active.region_3d, corner) for corner in corners]
    if any(each is None for each in seen):
        return 0.0
    places = np.array([tuple(each) for each in seen])
    inside = (places >= 0).all() and (places <= (region.width, region.height)).all()
    return float(np.ptp(places[:, 1]) / region.height) if inside else 0.0


def tab() -> str:
    """The sidebar's tab in front; "" where the sidebar is hidden."""
    sidebar = next(region for region in view().regions if region.type == "UI")
    return sidebar.active_panel_category if view().spaces.active.show_region_ui else ""


def first_minute() -> Iterator[None]:
    """By the menu Add, whose search takes what is typed."""
    view().spaces.active.show_region_ui = False
    yield
    window = bpy.context.window_manager.windows[0]
    x, y = window.width // 3, window.height // 2
    window.event_simulate(type="MOUSEMOVE", value="NOTHING", x=x, y=y)
    window.event_simulate(type="A", value="PRESS", shift=True, x=x, y=y)
    window.event_simulate(type="A", value="RELEASE", x=x, y=y)
    yield
    yield from type_in("flame head")
    yield
    press("RET")
    for _ in range(8):
        yield
    assert head().name == "FLAME Head" and shows_its_parameters()
    assert share_of_view() > 0.5, f"the head takes {share_of_view():.2f} of the view"
    assert tab() == "FLAME", f"the sidebar shows {tab()!r}"
    photograph("first_minute")
    with in_the_view():
        bpy.ops.ed.undo()
    yield
    assert not any(obj.type == "MESH" for obj in bpy.data.objects)
    with in_the_view():
        bpy.ops.ed.redo()
    yield
    assert shows_its_parameters() and share_of_view() > 0.5


def life() -> Iterator[None]:
    """Blinks come while it plays; muted the face is at rest; undo and redo."""
    scene = bpy.context.scene
    scene.frame_start, scene.frame_end = 1, 60
    scene.render.fps = 24
    with in_the_view():
        bpy.ops.flame.add_life("EXEC_DEFAULT", True, seed=4, blinks=60.0)
    for _ in range(20):
        yield
        if head().animation_data is not None:
            break
    tracks = [track.name for track in head().animation_data.nla_tracks]
    assert tracks == ["FLAME Life at Rest", "FLAME Life"], tracks
    with in_the_view():
        bpy.ops.screen.animation_play()
    seen = []
    for _ in range(12):
        yield
        seen.append((scene.frame_current, max(head().flame.life_blink), *head().flame.life_gaze))
    with in_the_view():
        bpy.ops.screen.animation_cancel()
    assert len({row[0] for row in seen}) > 4 and np.ptp([row[2] for row in seen]) > 0, seen
    shut = next(frame for frame in range(1, 61) if at(frame) > 0.99)
    scene.frame_set(shut)
    yield
    assert shows_its_parameters()
    photograph("life_blink")
    with in_the_view():
        bpy.ops.flame.mute_life("EXEC_DEFAULT", True)
    yield
    assert not any(head().flame.life_blink) and shows_its_parameters()
    with in_the_view():
        bpy.ops.ed.undo()
    yield
    assert max(head().flame.life_blink) > 0.99 and shows_its_parameters()
    with in_the_view():
        bpy.ops.ed.redo()
    yield
    assert not any(head().flame.life_blink) and shows_its_parameters()
    with in_the_view():
        bpy.ops.flame.remove_life("EXEC_DEFAULT", True)
    yield
    assert head().animation_data is None and shows_its_parameters()
    with in_the_view():
        bpy.ops.ed.undo()
    yield
    assert len(head().animation_data.nla_tracks) == 2


def at(frame: int) -> float:
    """How far the left lid is shut by life at a frame."""
    bpy.context.scene.frame_set(frame)
    return float(head().flame.life_blink[0])


if __name__ == "__main__":
    take(steps(), TICK)
