"""Run inside a windowed Blender (with --enable-event-simulate) that has the extension: faces that are kept.

A face is dragged in with the mouse, left by Esc, added on top, undone and redone, saved by its dialog, shown by a click
in the popup of large faces and in the asset shelf. A timer does it; see use_window.py.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy

sys.path.append(str(Path(__file__).resolve().parent))

from panel_pictures import keep_picture, show
from stepping import take
from window import head, in_the_view, model, press, shows_its_parameters

TICK = 0.2  # seconds
LONG = 150  # ticks
WINK = 0.9  # the lid of the preset Wink Left
WIDTH = 300  # pixels of all of a face, as the operator has them


def steps() -> Iterator[None]:
    """What to do, one step between two drawings."""
    from bl_ext.user_default.flame_blender import api, panels

    for saved_before in api.saved_faces():  # with another model's head
        api.delete_face(saved_before.face.name)
    for obj in list(bpy.data.objects):
        if obj.type == "MESH":
            bpy.data.objects.remove(obj)
    with in_the_view():
        obj = api.add_head(model())
        bpy.context.view_layer.objects.active = obj
        obj.select_set(True)
        bpy.ops.view3d.view_axis(type="FRONT")
        bpy.ops.view3d.view_selected()
        bpy.ops.ed.undo_push(message="head")
    yield
    for stage in (dragged, saved, popup, shelf, browser):
        print("poses:", stage.__name__, flush=True)
        yield from stage(api, panels)
    print(f"poses: good in Blender {bpy.app.version_string}", flush=True)
    bpy.ops.wm.quit_blender()


def score(name: str) -> float:
    """A named control's value, of the head as it is now."""
    return head().flame.controls[name].value


def until(what: str, condition) -> Iterator[None]:
    """Wait until it holds."""
    for _ in range(LONG):
        yield
        if condition():
            return
    keep_picture("poses_never")
    raise AssertionError(f"never: {what}")


def event(kind: str, value: str, at: tuple[int, int], **more: Any) -> None:
    """Something that a user does at a place of the window."""
    bpy.context.window_manager.windows[0].event_simulate(type=kind, value=value, x=at[0], y=at[1], **more)


def move(at: tuple[int, int], **more: Any) -> Iterator[None]:
    event("MOUSEMOVE", "NOTHING", at, **more)
    yield


def click(at: tuple[int, int]) -> Iterator[None]:
    yield from move(at)
    event("LEFTMOUSE", "PRESS", at)
    event("LEFTMOUSE", "RELEASE", at)
    yield


def middle() -> tuple[int, int]:
    window = bpy.context.window_manager.windows[0]
    return window.width // 3, window.height // 2


def begun(face: str, **more: Any) -> Iterator[None]:
    """Blend by Dragging, with the pointer in the middle of the view."""
    yield from move(middle())
    with in_the_view():
        assert bpy.ops.flame.blend_face("INVOKE_DEFAULT", True, face=face, **more) == {"RUNNING_MODAL"}
    yield


def undone(redo: bool = False) -> Iterator[None]:
    """One step back, or on again."""
    with in_the_view():
        (bpy.ops.ed.redo if redo else bpy.ops.ed.undo)()
    yield


def dragged(_api: Any, _panels: Any) -> Iterator[None]:
    """Half a smile, Esc; all of it, kept; a wink on top, mirrored by a key; undo and redo."""
    x, y = middle()
    full = SMILE["mouthSmileLeft"]
    yield from begun("Smile")
    yield from move((x + WIDTH // 2, y))
    yield
    assert abs(score("mouthSmileLeft") - full / 2) < 0.02 and shows_its_parameters(), score("mouthSmileLeft")
    keep_picture("poses_1_half_a_smile")
    press("ESC")
    yield from until("Esc leaves", lambda: score("mouthSmileLeft") == 0.0)
    yield from begun("Smile")
    yield from move((x + WIDTH + 100, y))
    yield
    assert abs(score("mouthSmileLeft") - full) < 1e-6, "without Ctrl it ends at all of the face"
    event("MOUSEMOVE", "NOTHING", (x + WIDTH + 102, y), ctrl=True)
    yield
    assert score("mouthSmileLeft") > full + 0.1, "with Ctrl it goes on"
    yield from move((x + WIDTH + 100, y))
    event("LEFTMOUSE", "PRESS", (x + WIDTH + 100, y))
    event("LEFTMOUSE", "RELEASE", (x + WIDTH + 100, y))
    yield
    yield
    assert abs(score("mouthSmileLeft") - full) < 1e-6
    yield from begun("Wink Left")
    press_at("A", (x, y))
    press_at("M", (x, y))
    yield from move((x + WIDTH + 50, y))
    yield
    keep_picture("poses_2_wink_on_top")
    assert abs(score("eyeBlinkRight") - WINK) < 1e-6 and score("eyeBlinkLeft") == 0.0, "mirrored"
    assert score("mouthSmileLeft") > 0.9 * full, "on top"
    press_at("RET", (x + WIDTH + 50, y))
    yield
    yield
    yield from undone()
    assert score("eyeBlinkRight") == 0.0 and abs(score("mouthSmileLeft") - full) < 1e-6 and shows_its_parameters()
    yield from undone()
    assert score("mouthSmileLeft") == 0.0
    yield from undone(redo=True)
    yield from undone(redo=True)
    assert abs(score("eyeBlinkRight") - WINK) < 1e-6 and shows_its_parameters()


def press_at(key: str, at: tuple[int, int]) -> None:
    event(key, "PRESS", at)
    event(key, "RELEASE", at)


def saved(api: Any, _panels: Any) -> Iterator[None]:
    """Save Face by its dialog."""
    yield from move(middle())
    with in_the_view():
        bpy.ops.flame.save_face("INVOKE_DEFAULT", face="Sly Grin")
    yield
    yield
    keep_picture("poses_3_dialog")
    press_at("RET", middle())
    yield from until("the face is saved", lambda: bool(api.saved_faces()))
    [kept] = api.saved_faces()
    assert kept.face.name == "Sly Grin" and kept.picture is not None
    yield


def three_d_view() -> tuple[Any, Any]:
    """The area and its sidebar."""
    area = next(area for area in bpy.context.window_manager.windows[0].screen.areas if area.type == "VIEW_3D")
    return area, next(region for region in area.regions if region.type == "UI")


def popup(_api: Any, panels: Any) -> Iterator[None]:
    """A click on the large picture opens the grid, and one on a face there shows it."""
    yield from show(panels.FLAME_PT_faces)
    yield
    keep_picture("poses_4_panel")
    bpy.context.window_manager.flame_gallery.page = "expressions"
    yield
    _, sidebar = three_d_view()
    at = sidebar.x + sidebar.width // 2 - 10, sidebar.y + sidebar.height - 150
    yield from click(at)
    yield
    yield
    keep_picture("poses_5_popup")
    yield from click((sidebar.x - 60, at[1] - 200))  # in the grid, whose right end is the sidebar's
    yield from until("a face of the grid is shown", lambda: abs(score("eyeBlinkRight") - 1.0) > 1e-6)
    yield
    keep_picture("poses_6_chosen")
    assert shows_its_parameters()
    yield from undone()
    assert abs(score("eyeBlinkRight") - WINK) < 1e-6, "one step of undo"


def shelf(api: Any, _panels: Any) -> Iterator[None]:
    """A click in the asset shelf shows what was saved, a drag blends it in, undo takes each back."""
    libraries: Any = bpy.context.preferences.filepaths.asset_libraries
    if "FLAME Faces" not in libraries:  # a run before in this profile has put it there
        api.show_face_library()
    area, _ = three_d_view()
    area.spaces.active.show_region_ui = False
    with in_the_view():
        bpy.ops.flame.blend_face("EXEC_DEFAULT", True, face="Neutral")
    area.spaces.active.show_region_asset_shelf = True
    region = next(region for region in area.regions if region.type == "ASSET_SHELF")
    for _ in range(20):
        area.tag_redraw()
        yield
    first = region.x + 60, region.y + region.height // 2
    yield from click(first)
    yield from until("a click in the shelf shows the face", lambda: abs(score("eyeBlinkRight") - WINK) < 1e-6)
    yield
    keep_picture("poses_7_shelf")
    yield from undone()
    assert score("eyeBlinkRight") == 0.0
    yield from move(first)
    event("LEFTMOUSE", "PRESS", first)
    for step in (10, 30, 60):
        yield from move((first[0] + step, first[1] + step // 2))
    x = first[0] + 60 + WIDTH // 2
    yield from move((x, first[1]))
    yield
    keep_picture("poses_8_dragged_out_of_the_shelf")
    half = score("eyeBlinkRight")
    event("LEFTMOUSE", "RELEASE", (x, first[1]))
    for _ in range(5):
        yield
    running = [each.bl_idname for each in bpy.context.window_manager.windows[0].modal_operators]
    assert 0.3 < half < 0.8 and abs(score("eyeBlinkRight") - half) < 1e-6
    assert "FLAME_OT_blend_face_asset" not in running, "the release keeps it"
    yield from undone()
    assert score("eyeBlinkRight") == 0.0 and shows_its_parameters()
    area.spaces.active.show_region_asset_shelf = False


def browser(api: Any, _panels: Any) -> Iterator[None]:
    """The Asset Browser has what was saved, by picture; its context has the face that was clicked."""
    window = bpy.context.window_manager.windows[0]
    area = next(area for area in window.screen.areas if area.type == "PROPERTIES")
    area.ui_type = "ASSETS"
    yield
    space = area.spaces.active
    space.params.asset_library_reference = "FLAME Faces"
    space.show_region_tool_props = space.show_region_toolbar = False
    region = next(region for region in area.regions if region.type == "WINDOW")
    for _ in range(20):
        area.tag_redraw()
        yield
    keep_picture("poses_9_browser")
    at = region.x + 60, region.y + region.height - 70
    yield from click(at)
    yield
    event("RIGHTMOUSE", "PRESS", at)
    event("RIGHTMOUSE", "RELEASE", at)
    for _ in range(3):
        yield
    keep_picture("poses_a_menu")
    press_at("ESC", at)
    yield
    keys = bpy.context.window_manager.keyconfigs.user.keymaps["Asset Browser Main"].keymap_items
    doubled = [key.value for key in keys if key.idname == "flame.apply_face_asset"]
    assert doubled == ["DOUBLE_CLICK"], "which events cannot simulate"
    with bpy.context.temp_override(window=window, area=area, region=region):
        assert bpy.ops.flame.apply_face_asset("INVOKE_DEFAULT", True) == {"FINISHED"}
    yield
    assert abs(score("eyeBlinkRight") - WINK) < 1e-6 and shows_its_parameters(), (
        "the asset that was clicked is the context's"
    )
    with bpy.context.temp_override(window=window, area=area, region=region):
        assert bpy.ops.flame.keep_face_asset() == {"FINISHED"}
    assert [each.face.name for each in api.saved_faces()] == ["Sly Grin", "Sly Grin 2"]


SMILE = {"mouthSmileLeft": 0.8}
take(steps(), TICK)
