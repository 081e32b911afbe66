"""Run inside a windowed Blender (with --enable-event-simulate) that has the extension: a character of a FLAME file.

The first face is stopped by Esc, then computed, undone and redone; quads, mouth and lashes, scores to a file and to
another character's shape keys, each with undo. A timer does it, one step a tick; see use_window.py.
"""

from __future__ import annotations

import csv
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import bpy
import numpy as np

sys.path.append(str(Path(__file__).resolve().parent))
sys.path.append(str(Path(__file__).resolve().parents[2]))

from stepping import take
from window import CLOSE, head, in_the_view, press, shows_its_parameters

from flame_blender.model_files.saving import save_model
from tests.flame.face_like import face_like_model

TICK = 0.4  # seconds
LONG = 400  # ticks that computing may take where all is drawn in software


def steps() -> Iterator[None]:
    """What to do, one step between two drawings."""
    for obj in list(bpy.data.objects):
        if obj.type == "MESH":
            bpy.data.objects.remove(obj)
    from bl_ext.user_default.flame_blender import api

    path = Path(tempfile.mkdtemp()) / "face_like.npz"
    save_model(face_like_model(), path)
    with in_the_view():
        bpy.context.view_layer.objects.active = api.add_head(str(path))
        bpy.ops.ed.undo_push(message="head")
    yield
    yield from stop_the_first_face()
    yield from smile_and_undo()
    yield from quads_and_mouth()
    yield from scores_to_a_file()
    yield from another_character()
    print(f"character: good in Blender {bpy.app.version_string}", flush=True)
    bpy.ops.wm.quit_blender()


def until(what: Callable[[], bool], said: str) -> Iterator[None]:
    """Wait until ``what`` holds; AssertionError, which tells ``said``, where it never does."""
    for _ in range(LONG):
        yield
        if what():
            return
    raise AssertionError(said)


def score(name: str) -> float:
    """A named control's value, of the head as it is now."""
    return head().flame.controls[name].value


def no_controls() -> bool:
    """Whether the head's model has no named controls yet."""
    from bl_ext.user_default.flame_blender import api

    return api.missing_controls(head()) is not None


def stop_the_first_face() -> Iterator[None]:
    """Esc ends the computing of named controls, and the head shows what it showed."""
    assert no_controls()
    with in_the_view():
        bpy.ops.flame.apply_preset("EXEC_DEFAULT", True, preset="Smile")
    for _ in range(3):
        yield
    press("ESC")
    for _ in range(10):
        yield
    assert no_controls(), "Esc did not stop the computing"
    assert score("mouthSmileLeft") == 0.0 and shows_its_parameters()


def smile_and_undo() -> Iterator[None]:
    """One click smiles; undo takes the smile back, and redo brings it."""
    with in_the_view():
        bpy.ops.flame.apply_preset("EXEC_DEFAULT", True, preset="Smile")
    yield from until(lambda: not no_controls() and score("mouthSmileLeft") > 0.3, "no smile")
    yield
    assert shows_its_parameters()
    shown = score("mouthSmileLeft")
    with in_the_view():
        bpy.ops.flame.apply_preset("EXEC_DEFAULT", True, preset="Eyes Closed")
    yield
    assert score("eyeBlinkLeft") > 0.9 and score("mouthSmileLeft") == 0.0
    with in_the_view():
        bpy.ops.ed.undo()
    yield
    assert abs(score("mouthSmileLeft") - shown) < CLOSE and score("eyeBlinkLeft") < 0.5 and shows_its_parameters()
    with in_the_view():
        bpy.ops.ed.redo()
    yield
    assert score("eyeBlinkLeft") > 0.9 and shows_its_parameters()


def quads_and_mouth() -> Iterator[None]:
    """Quads and mouth come, go with undo and come back with redo; the vertices are the layer's all along."""
    triangles = len(head().data.polygons)
    with in_the_view():
        bpy.ops.flame.show_quads("EXEC_DEFAULT", True)
    yield
    joined = len(head().data.polygons)
    assert joined < triangles and shows_its_parameters()
    with in_the_view():
        bpy.ops.flame.add_mouth("EXEC_DEFAULT", True)
    yield from until(lambda: head().flame.mouth is not None, "no mouth")
    yield
    assert shows_its_parameters()
    with in_the_view():
        bpy.ops.ed.undo()
    yield
    assert head().flame.mouth is None and len(head().data.polygons) == joined and shows_its_parameters()
    with in_the_view():
        bpy.ops.ed.redo()
    yield
    assert head().flame.mouth is not None
    mouth = head().flame.mouth
    before = np.array([tuple(vertex.co) for vertex in mouth.data.vertices])
    head().flame.controls["jawOpen"].value = 1.0
    yield
    after = np.array([tuple(vertex.co) for vertex in head().flame.mouth.data.vertices])
    assert np.abs(after - before).max() > 0.005, "after undo and redo the mouth no longer follows"
    head().flame.controls["jawOpen"].value = 0.0
    with in_the_view():
        bpy.ops.ed.undo_push(message="jaw")
    yield


def scores_to_a_file() -> Iterator[None]:
    """Keyed faces are exported as Live Link's rows; Esc stops a long export and leaves no file."""
    from bl_ext.user_default.flame_blender import api

    scene = bpy.context.scene
    for frame, value in ((1, 0.0), (10, 0.8)):
        api.set_arkit(head(), {"jawOpen": value}, frame=frame)
    folder = Path(tempfile.mkdtemp())
    for last, stop in ((10, False), (9000, True)):
        scene.frame_start, scene.frame_end = 1, last
        path = folder / f"{last}.csv"
        with in_the_view():
            bpy.ops.flame.export_arkit("EXEC_DEFAULT", filepath=str(path))
        if stop:
            for _ in range(4):
                yield
            press("ESC")
            for _ in range(10):
                yield
            assert not list(folder.glob("9000*")), "Esc left a file"
        else:
            yield from until(path.exists, "no file of scores")
            with path.open(newline="") as file:
                rows = list(csv.DictReader(file))
            assert abs(float(rows[-1]["JawOpen"]) - 0.8) < 0.02
    scene.frame_end = 10


def another_character() -> Iterator[None]:
    """The head's scores become keys of another mesh's shape keys; undo takes them back."""
    mesh = bpy.data.meshes.new("Character")
    mesh.from_pydata([(0, 0, 0), (1, 0, 0), (0, 1, 0)], [], [(0, 1, 2)])
    other = bpy.data.objects.new("Character", mesh)
    bpy.context.scene.collection.objects.link(other)
    for name in ("Basis", "jaw_open", "mouthSmile_L"):
        other.shape_key_add(name=name)
    other.select_set(True)
    head().select_set(True)
    bpy.context.view_layer.objects.active = head()
    with in_the_view():
        bpy.ops.ed.undo_push(message="character")
    yield
    with in_the_view():
        bpy.ops.flame.retarget_arkit("EXEC_DEFAULT", True)

    def keyed() -> bool:
        data = bpy.data.objects["Character"].data.shape_keys.animation_data
        return data is not None and data.action is not None

    yield from until(keyed, "no keys on the other character")
    bpy.context.scene.frame_set(10)
    yield
    value = bpy.data.objects["Character"].data.shape_keys.key_blocks["jaw_open"].value
    assert abs(value - 0.8) < 0.02, value
    with in_the_view():
        bpy.ops.ed.undo()
    yield
    assert not keyed(), "undo left the other character's keys"


if __name__ == "__main__":
    take(steps(), TICK)
