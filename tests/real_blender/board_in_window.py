"""Run inside a windowed Blender (with --enable-event-simulate) that has the extension: a face board, posed by hand.

Knobs are clicked, dragged, mirrored and undone, the eyes follow a target that is dragged, a preset moves the knobs, a
pose is pasted flipped; the board is baked and removed, with undo. A timer does it; see use_window.py.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy
from bpy_extras.view3d_utils import location_3d_to_region_2d

sys.path.append(str(Path(__file__).resolve().parent))

from panel_pictures import keep_picture, picture
from stepping import take
from window import head, in_the_view, model, shows_its_parameters

TICK = 0.25  # seconds
WAIT = 40  # ticks


def steps() -> Iterator[None]:
    """What to do, one step between two drawings."""
    from bl_ext.user_default.flame_blender import api, panels

    for obj in list(bpy.data.objects):
        bpy.data.objects.remove(obj)
    with in_the_view():
        bpy.context.view_layer.objects.active = api.add_head(model())
        head().select_set(True)
        bpy.ops.view3d.view_axis(type="FRONT")
        bpy.ops.ed.undo_push(message="head")
    yield from picture(panels.FLAME_PT_board, "board_1_none")
    with in_the_view():
        bpy.ops.flame.make_board("EXEC_DEFAULT", True)
    yield from until("the board is there", lambda: bpy.context.mode == "POSE")
    view().region_3d.view_location, view().region_3d.view_distance = (0.19, 0.0, -0.02), 0.62
    for stage in (dragged, mirrored, on_the_face, looked, preset_and_flipped, baked_and_removed):
        print("board:", stage.__name__, flush=True)
        yield from stage(api, panels)
    print(f"board: good in Blender {bpy.app.version_string}", flush=True)
    bpy.ops.wm.quit_blender()


def until(what: str, condition) -> Iterator[None]:
    """Wait until it holds."""
    for _ in range(WAIT):
        yield
        if condition():
            return
    raise AssertionError(f"never: {what}")


def view() -> Any:
    """The 3D view."""
    screen: Any = bpy.context.window_manager.windows[0].screen
    return next(area for area in screen.areas if area.type == "VIEW_3D").spaces.active


def board() -> Any:
    """The armature, found again: undo replaces every object."""
    return next(obj for obj in bpy.data.objects if obj.type == "ARMATURE")


def score(name: str) -> float:
    """Of the head as it is now."""
    return head().flame.controls[name].value


def on_screen(bone: str) -> tuple[int, int]:
    """Where a bone's head is in the window."""
    with in_the_view():
        region = bpy.context.region
        at = board().matrix_world @ board().pose.bones[bone].matrix.translation
        x, y = location_3d_to_region_2d(region, view().region_3d, at)
    return round(region.x + x), round(region.y + y)


def drag(bone: str, x: int, y: int) -> Iterator[None]:
    """Click on a bone, press G, move the pointer by so many pixels, click."""
    window = bpy.context.window_manager.windows[0]
    at = on_screen(bone)
    window.event_simulate(type="MOUSEMOVE", value="NOTHING", x=at[0], y=at[1])
    yield
    for value in ("PRESS", "RELEASE"):
        window.event_simulate(type="LEFTMOUSE", value=value, x=at[0], y=at[1])
        yield
    active = bpy.context.active_pose_bone
    assert active is not None and active.name == bone, f"a click on {bone} chose {active and active.name}"
    for value in ("PRESS", "RELEASE"):
        window.event_simulate(type="G", value=value, x=at[0], y=at[1])
    yield
    for part in (0.4, 0.8, 1.0):
        window.event_simulate(type="MOUSEMOVE", value="NOTHING", x=round(at[0] + part * x), y=round(at[1] + part * y))
        yield
    for value in ("PRESS", "RELEASE"):
        window.event_simulate(type="LEFTMOUSE", value=value, x=at[0] + x, y=at[1] + y)
    yield
    yield


def stepped(redo: bool = False) -> Iterator[None]:
    """One step back, or on again."""
    with in_the_view():
        (bpy.ops.ed.redo if redo else bpy.ops.ed.undo)()
    yield
    yield


def dragged(_api: Any, panels: Any) -> Iterator[None]:
    """A knob moves what it names, stops at its end, and is undone and redone."""
    yield from picture(panels.FLAME_PT_board, "board_2_made")
    yield from drag("corner.L", 15, 60)
    assert abs(score("mouthSmileLeft") - 1.0) < 1e-4, f"dragged to {score('mouthSmileLeft')}"
    assert 0.05 < score("mouthStretchLeft") < 1 and score("mouthSmileRight") == 0.0
    assert shows_its_parameters()
    yield from stepped()
    assert score("mouthSmileLeft") == 0.0 and shows_its_parameters(), "undo left a smile"
    yield from stepped(redo=True)
    assert score("mouthSmileLeft") > 0.99 and shows_its_parameters(), "redo brought no smile"
    yield from stepped()


def mirrored(_api: Any, _panels: Any) -> Iterator[None]:
    """With Blender's X mirror a knob takes the other side's along."""
    board().pose.use_mirror_x = True
    yield from drag("brow.L", 0, 20)
    up = score("browOuterUpLeft")
    assert up > 0.1 and abs(up - score("browOuterUpRight")) < 1e-5, f"{up} and {score('browOuterUpRight')}"
    yield from drag("corner.L", 12, 0)
    out = score("mouthStretchLeft")
    assert out > 0.1 and abs(out - score("mouthStretchRight")) < 1e-5, f"{out} and {score('mouthStretchRight')}"
    board().pose.use_mirror_x = False
    yield from drag("lid", 0, -25)
    assert score("eyeBlinkLeft") > 0.3 and score("eyeBlinkLeft") == score("eyeBlinkRight")
    yield
    keep_picture("board_3_posed")
    yield


def on_the_face(_api: Any, _panels: Any) -> Iterator[None]:
    """A handle at the corner of the mouth moves it, and its knob stays where it is; one on the chin moves the jaw."""
    for name in ("brow.L", "brow.R", "corner.L", "corner.R", "lid"):
        board().pose.bones[name].location = (0, 0, 0)
    yield
    board().data.collections["Face"].is_visible = True  # Handles on the Face, in the panel
    view().region_3d.view_location, view().region_3d.view_distance = (0.0, 0.0, -0.02), 0.45
    for _ in range(2):
        yield
    yield from drag("on_corner.R", -4, 12)
    assert score("mouthSmileRight") > 0.1 and score("mouthSmileLeft") == 0.0, score("mouthSmileRight")
    assert board().pose.bones["corner.R"].location.length == 0.0 and shows_its_parameters()
    yield from drag("on_chin", 0, -14)
    assert score("jawOpen") > 0.1 and shows_its_parameters(), score("jawOpen")
    keep_picture("board_6_on_the_face")
    for name in ("on_corner.R", "on_chin"):
        board().pose.bones[name].location = (0, 0, 0)
    board().data.collections["Face"].is_visible = False
    view().region_3d.view_location, view().region_3d.view_distance = (0.19, 0.0, -0.02), 0.62
    yield


def looked(_api: Any, _panels: Any) -> Iterator[None]:
    """The eyes follow the targets, and the lids the eyes."""
    board().pose.bones["lid"].location = (0, 0, 0)
    yield from drag("eye_target.L", 30, 0)
    assert 0.02 < score("eyeLookOutLeft") < 1 and score("eyeLookInRight") == 0.0
    yield from stepped()
    board().pose.bones["eyes"].location = (14, -6, 0)
    yield from until("the eyes look there", lambda: score("eyeLookOutLeft") > 0.3 and score("eyeLookDownRight") > 0.1)
    assert shows_its_parameters()
    board().pose.bones["neck"].rotation_euler = (0.1, 0.4, 0.0)
    yield from until("the eyes stay there", lambda: score("eyeLookOutLeft") < 0.2)
    keep_picture("board_4_looking")
    yield


def preset_and_flipped(_api: Any, _panels: Any) -> Iterator[None]:
    """A preset moves the knobs; a pose is pasted the other way round."""
    with in_the_view():
        bpy.ops.flame.apply_preset("EXEC_DEFAULT", True, preset="Wink Left")
        yield
        yield
        one, other = score("eyeBlinkLeft"), score("eyeBlinkRight")
        assert abs(one - other) > 0.5, f"a wink shows {one} and {other}"
        assert abs(board().pose.bones["lid.L" if one > other else "lid.R"].location.y + max(one, other)) < 1e-4
    with in_the_view():
        for bone in board().pose.bones:
            select(bone)
        bpy.ops.pose.copy()
        bpy.ops.pose.paste(flipped=True)
    yield
    yield
    assert abs(score("eyeBlinkLeft") - other) < 1e-5 and abs(score("eyeBlinkRight") - one) < 1e-5, "not flipped"
    keep_picture("board_5_flipped")
    yield


def select(bone: Any) -> None:
    """Blender 5 selects pose bones, Blender 4 their bones."""
    (bone if hasattr(bone, "select") else bone.bone).select = True


def baked_and_removed(_api: Any, _panels: Any) -> Iterator[None]:
    """Keys of the board become keys of the head; undo brings the board back."""
    scene = bpy.context.scene
    scene.frame_end = 12
    board().pose.bones["jaw_box"].location.y = 0.0
    board().pose.bones["jaw_box"].keyframe_insert("location", frame=1)
    board().pose.bones["jaw_box"].location.y = -1.0
    board().pose.bones["jaw_box"].keyframe_insert("location", frame=11)
    scene.frame_set(6)
    shown = score("jawOpen")
    bpy.ops.ed.undo_push(message="keys")
    with in_the_view():
        bpy.ops.flame.bake_board("EXEC_DEFAULT", True)
    yield from until(
        "it is baked", lambda: head().animation_data is not None and head().animation_data.action is not None
    )
    yield from until("the board is gone", lambda: not any(obj.type == "ARMATURE" for obj in bpy.data.objects))
    scene.frame_set(6)
    yield
    assert abs(score("jawOpen") - shown) < 1e-4 and 0.3 < shown < 0.7 and shows_its_parameters()
    assert not [each for each in bpy.data.meshes if each.name.startswith("FLAME Board")], "shapes are left"
    yield from stepped()
    assert board() is not None and head().animation_data.drivers, "undo brought no board back"
    bpy.context.scene.frame_set(6)
    yield
    assert abs(score("jawOpen") - shown) < 1e-4 and shows_its_parameters()
    with in_the_view():
        bpy.ops.flame.remove_board("EXEC_DEFAULT", True)
    yield
    assert abs(score("jawOpen") - shown) < 1e-4 and not head().animation_data


take(steps(), TICK)
