"""Run inside a windowed Blender (with --enable-event-simulate) that has the extension: captured faces, and speech.

Another process sends a take to the port: the head follows, Record keeps it, Esc ends it, undo takes it back, Stop and
another file end it too. Captured faces and speech by file, undone and redone. The model of the head follows "--". A
timer does it; see use_window.py.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy
import numpy as np

sys.path.append(str(Path(__file__).resolve().parent))

from panel_pictures import picture
from stepping import take
from window import head, in_the_view, model, press, shows_its_parameters

TICK = 0.1  # seconds
LONG = 200  # ticks
ROWS, RATE = 180, 60
SENT_RATE = 20  # rows a second that are sent: a processor draws the window
FOLDER = Path(tempfile.mkdtemp())
EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "send_a_take.py"


def steps() -> Iterator[None]:
    """What to do, one step between two drawings."""
    from bl_ext.user_default.flame_blender import api, panels

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
    write_take(api)
    yield
    for stage in (by_file, spoken, live, stopped, reopened):
        print("capture:", stage.__name__, flush=True)
        yield from stage(api, panels)
    print(f"capture: good in Blender {bpy.app.version_string}", flush=True)
    bpy.ops.wm.quit_blender()


def write_take(api: Any) -> None:
    """Three seconds in which the mouth opens and shuts again, the head turned to the left meanwhile."""
    from bl_ext.user_default.flame_blender.model_controls.score_files import LIVE_LINK_ORDER, TURNS

    names = [name[0].upper() + name[1:] for name in LIVE_LINK_ORDER] + TURNS
    lines = [",".join(["Timecode", "BlendShapeCount", *names])]
    for row in range(ROWS):
        opened = 0.5 - 0.5 * np.cos(2 * np.pi * row / (ROWS - 1))
        told = {"JawOpen": opened, "MouthSmileLeft": opened, "HeadYaw": 0.3 * opened}
        code = f"00:00:{row // RATE:02d}:{row % RATE:02d}.000"
        lines.append(",".join([code, "61", *(str(told.get(name, 0.0)) for name in names)]))
    (FOLDER / "take.csv").write_text("\n".join(lines))
    (FOLDER / "voice.tsv").write_text("0.00\tX\n0.20\tA\n0.40\tD\n0.80\tF\n1.20\tX\n")


def jaw() -> float:
    """How far the mouth is open."""
    from bl_ext.user_default.flame_blender import api

    return api.get_arkit(head())["jawOpen"]


def curves() -> int:
    """How many there are."""
    from bl_ext.user_default.flame_blender.keyframes.animation import curves_of

    return len(curves_of(head()) or ())


def undone(redo: bool = False) -> Iterator[None]:
    """One step back, or on again."""
    with in_the_view():
        (bpy.ops.ed.redo if redo else bpy.ops.ed.undo)()
    yield


def until(what: str, condition) -> Iterator[None]:
    """Wait until it holds."""
    for _ in range(LONG):
        yield
        if condition():
            return
    raise AssertionError(f"never: {what}")


def brought_in(operator, name: str) -> Iterator[None]:
    """Import a file as a drop does, and undo and redo it."""
    before = curves()
    with in_the_view():
        operator("EXEC_DEFAULT", True, filepath=str(FOLDER / name))
    yield from until(f"{name} comes in", lambda: curves() > before)
    yield from until("the work ends", lambda: not bpy.context.window_manager.windows[0].modal_operators)
    keyed = curves()
    yield from undone()
    assert curves() == before, "undo left keys"
    yield from undone(redo=True)
    assert curves() == keyed, "redo lost keys"


def by_file(_api: Any, panels: Any) -> Iterator[None]:
    """A take of Live Link Face."""
    yield from picture(panels.FLAME_PT_animation, "capture_1_before")
    yield from brought_in(bpy.ops.flame.import_arkit, "take.csv")
    scene = bpy.context.scene
    scene.frame_set(1 + round((ROWS - 1) / RATE * scene.render.fps / 2))
    yield
    assert jaw() > 0.95 and shows_its_parameters(), f"the take shows {jaw()}"
    yield from undone()


def spoken(_api: Any, _panels: Any) -> Iterator[None]:
    """Speech of Rhubarb Lip Sync."""
    yield from brought_in(bpy.ops.flame.import_speech, "voice.tsv")
    bpy.context.scene.frame_set(1 + round(0.6 * bpy.context.scene.render.fps))
    yield
    assert jaw() > 0.6 and shows_its_parameters(), f"a wide vowel shows {jaw()}"
    yield from undone()
    assert not curves(), "undo left keys"


def begun(api: Any) -> Iterator[None]:
    """Start Live Capture on a free port."""
    with in_the_view():
        assert bpy.ops.flame.live_capture("EXEC_DEFAULT", True, port=0) == {"RUNNING_MODAL"}
    yield
    assert api.live_capture_under_way() is not None


def sender(api: Any) -> subprocess.Popen:
    """Another process that plays the take to the port."""
    port = api.live_capture_under_way().receiver.port
    return subprocess.Popen(
        [sys.executable, str(EXAMPLE), str(FOLDER / "take.csv"), "--port", str(port), "--fps", str(SENT_RATE)]
    )


def live(api: Any, panels: Any) -> Iterator[None]:
    """The head follows another process; recorded, ended by Esc, undone."""
    yield from begun(api)
    assert not bpy.ops.flame.live_capture.poll(), "two at once"
    bpy.context.scene.frame_set(1)
    bpy.ops.flame.record_capture()
    process, seen = sender(api), set[float]()
    for _ in range(LONG):
        yield
        seen.add(round(jaw(), 3))
        if process.poll() is not None:
            break
    assert process.wait() == 0 and max(seen) > 0.8 and len(seen) > 5, f"the head showed {sorted(seen)}"
    capture = api.live_capture_under_way()
    print(f"capture: {capture.receiver.taken} packets, {len(seen)} faces in {ROWS / SENT_RATE:g} s", flush=True)
    yield from picture(panels.FLAME_PT_animation, "capture_2_live")
    press("ESC")
    yield from until("Esc ends it", lambda: api.live_capture_under_way() is None)
    yield
    assert curves() > 2, "nothing was keyed"
    scene = bpy.context.scene
    scene.frame_set(1 + round((ROWS - 1) / SENT_RATE * scene.render.fps / 2))
    yield
    assert jaw() > 0.9 and shows_its_parameters(), f"the keys show {jaw()}"
    yield from picture(panels.FLAME_PT_animation, "capture_3_keyed")
    yield from undone()
    assert not curves(), "undo left keys of the take"


def stopped(api: Any, _panels: Any) -> Iterator[None]:
    """Stop ends it, and the port is free again; nothing was recorded, so that nothing is keyed."""
    yield from begun(api)
    process = sender(api)
    yield from until("the head follows", lambda: jaw() > 0.2)
    bpy.ops.flame.stop_capture()
    yield from until("Stop ends it", lambda: api.live_capture_under_way() is None)
    process.wait()
    yield
    assert not curves()


def reopened(api: Any, _panels: Any) -> Iterator[None]:
    """Another file ends it."""
    yield from begun(api)
    receiver = api.live_capture_under_way().receiver
    bpy.ops.wm.read_homefile(app_template="")
    yield
    assert not receiver.is_open and api.live_capture_under_way() is None


take(steps(), TICK)
