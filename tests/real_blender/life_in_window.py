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

from panel_pictures import drag_a_slider, keep_picture, show
from stepping import take
from window import head, in_the_view, press, shows_its_parameters

TICK = 0.4  # seconds


def steps() -> Iterator[None]:
    """What to do, one step between two drawings."""
    for obj in list(bpy.data.objects):
        if obj.type == "MESH":
            bpy.data.objects.remove(obj)
    with in_the_view():
        bpy.ops.ed.undo_push(message="empty")
    yield
    for stage in (first_minute, linked, favourites_and_pie, life):
        print("life:", stage.__name__, flush=True)
        yield from stage()
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
    keep_picture("life_1_first_minute")
    with in_the_view():
        bpy.ops.ed.undo()
    yield
    assert not any(obj.type == "MESH" for obj in bpy.data.objects)
    with in_the_view():
        bpy.ops.ed.redo()
    yield
    assert shows_its_parameters() and share_of_view() > 0.5


def linked() -> Iterator[None]:
    """A slider that is dragged moves the other side along; undo takes both back."""
    from bl_ext.user_default.flame_blender import panels

    with in_the_view():
        bpy.ops.flame.link_sides("EXEC_DEFAULT", True)
    yield
    yield from show(panels.FLAME_PT_controls)
    yield from drag_a_slider(head, "flame.controls")
    moved = {item.name: item.value for item in head().flame.controls if item.value}
    assert len(moved) == 2 and len(set(moved.values())) == 1, moved
    left, right = sorted(moved)
    assert left.removesuffix("Left") == right.removesuffix("Right") and shows_its_parameters()
    keep_picture("life_2_linked")
    with in_the_view():
        bpy.ops.ed.undo()
    yield
    assert not any(item.value for item in head().flame.controls) and shows_its_parameters()
    with in_the_view():
        bpy.ops.ed.redo()
    yield
    assert sum(item.value > 0 for item in head().flame.controls) == 2 and shows_its_parameters()


def pie_key() -> bpy.types.KeyMapItem:
    """The pie menu's key as it lies now: Blender lays the user's keys anew after a change, and frees what was held."""
    from bl_ext.user_default.flame_blender.panels import pie

    keymap, item = pie.item_of(bpy.context.window_manager.keyconfigs.user)
    assert keymap.name == "3D View"
    return item


def favourites_and_pie() -> Iterator[None]:
    """Stars are kept in the preferences; the pie menu comes by a key that is chosen, and its lower item resets."""
    from bl_ext.user_default.flame_blender.head.active import own_preferences

    assert isinstance(own_preferences(), bpy.types.AddonPreferences)
    with in_the_view():
        for movement in ("mouthSmile", "jawOpen"):
            bpy.ops.flame.star_movement("EXEC_DEFAULT", movement=movement)
    view().tag_redraw()
    for _ in range(3):
        yield
    keep_picture("life_3_favourites")
    if "--" not in sys.argv:  # else a key was chosen in this profile before, and Blender keeps it
        assert (pie_key().type, pie_key().active) == ("NONE", False), "it has a key already"
    pie_key().type, pie_key().active = "F6", True
    yield
    window = bpy.context.window_manager.windows[0]
    x, y = window.width // 3, window.height // 2
    for way in (20, 10, 0):  # the slider that was typed into lets go of the pointer first
        window.event_simulate(type="MOUSEMOVE", value="NOTHING", x=x + way, y=y)
        yield
    # the key is held, longer than a tap, while the pointer goes to the lower item
    window.event_simulate(type="F6", value="PRESS", x=x, y=y)
    for _ in range(3):
        yield
    keep_picture("life_4_pie")
    for down in (30, 60, 90):
        window.event_simulate(type="MOUSEMOVE", value="NOTHING", x=x, y=y - down)
        yield
    window.event_simulate(type="F6", value="RELEASE", x=x, y=y - 90)
    for _ in range(2):
        yield
    assert not any(each.value for each in head().flame.controls), "the lower item of the pie is Neutral Face"
    assert shows_its_parameters()
    pie_key().type, pie_key().active = "NONE", False
    own_preferences().favourites = ""
    with in_the_view():
        bpy.ops.flame.link_sides("EXEC_DEFAULT", True, linked=False)
    yield


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
    with in_the_view():
        bpy.ops.ed.undo_push(message="frame")
    yield
    assert shows_its_parameters()
    keep_picture("life_5_blink")
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
