"""Run inside a windowed Blender (with --enable-event-simulate) that has the extension: fitting as a hand does it.

Landmarks clicked on a scan, taken back, suggested, left with Esc, finished and undone; fits with progress, stopped with
Esc; a dragged landmark that reshapes the head in one undo step. A timer does it, one step a tick. The last step prints
the line that the driver waits for; a failed assertion prints a traceback, which the driver takes for a failure.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import bpy
import numpy as np
from bpy_extras.view3d_utils import location_3d_to_region_2d
from mathutils import Vector

sys.path.append(str(Path(__file__).resolve().parent))

from stepping import take

TICK = 0.3  # seconds
PATIENCE = 150  # ticks
FIRST = (36, 39, 42, 45, 30, 33, 48, 54)  # the order in which landmarks are picked


def steps() -> Iterator[None]:
    """What to do, one step between two drawings."""
    points = make_scan()
    yield from look_from_the_front()
    yield from leave_with_esc(points)
    yield from pick(points)
    yield from fit_to_landmarks()
    yield from stop_a_fit()
    yield from drag_a_landmark()
    print(f"fit: good in Blender {bpy.app.version_string}", flush=True)
    bpy.ops.wm.quit_blender()


def make_scan() -> np.ndarray:
    """A head of the model as a plain mesh; (68, 3) of its landmarks in the world."""
    from bl_ext.user_default.flame_blender import api

    for obj in list(bpy.data.objects):
        bpy.data.objects.remove(obj)
    head = api.add_head()
    api.randomise(head, 5, 0.5)
    points = api.landmarks(head, space="world")
    mesh = bpy.data.meshes.new("Scan")
    mesh.from_pydata(api.evaluate(head, space="world").tolist(), [], api.model(head).faces.tolist())
    bpy.context.scene.collection.objects.link(bpy.data.objects.new("Scan", mesh))
    bpy.data.objects.remove(head)
    bpy.context.scene.flame_fit.scan = scan()
    return points


def scan() -> bpy.types.Object:
    """The scan, found again: undo replaces every object."""
    return bpy.data.objects["Scan"]


def heads() -> list[bpy.types.Object]:
    """All heads."""
    return [obj for obj in bpy.data.objects if obj.type == "MESH" and obj.flame.fingerprint]


def picked() -> list[bpy.types.Object]:
    """The empties on the scan."""
    return sorted((obj for obj in bpy.data.objects if "flame_landmark" in obj), key=lambda obj: obj["flame_landmark"])


def view() -> tuple[bpy.types.Window, bpy.types.Area, bpy.types.Region]:
    """The 3D view."""
    window = bpy.context.window_manager.windows[0]
    area = next(area for area in window.screen.areas if area.type == "VIEW_3D")
    return window, area, next(region for region in area.regions if region.type == "WINDOW")


def in_the_view():
    """An override of the context: the 3D view's main region."""
    window, area, region = view()
    return bpy.context.temp_override(window=window, area=area, region=region)


def look_from_the_front() -> Iterator[None]:
    """The scan fills the view."""
    with in_the_view():
        bpy.ops.object.select_all(action="SELECT")
        bpy.ops.view3d.view_axis(type="FRONT")
        bpy.ops.view3d.view_selected()
    for _ in range(4):
        yield


def on_window(point: np.ndarray | Vector) -> tuple[int, int]:
    """A place of the world in pixels of the window."""
    _, area, region = view()
    at = location_3d_to_region_2d(region, area.spaces.active.region_3d, Vector(point))
    return int(region.x + at.x), int(region.y + at.y)


def send(kind: str, value: str, at: tuple[int, int]) -> None:
    """One event at a place of the window."""
    view()[0].event_simulate(type=kind, value=value, x=at[0], y=at[1])


def click(point: np.ndarray | Vector) -> Iterator[None]:
    """Press and release the left button over a place of the world."""
    at = on_window(point)
    send("MOUSEMOVE", "NOTHING", at)
    yield
    send("LEFTMOUSE", "PRESS", at)
    send("LEFTMOUSE", "RELEASE", at)
    yield


def press(key: str) -> Iterator[None]:
    """Press and release a key over the middle of the view."""
    _, _, region = view()
    at = (region.x + region.width // 2, region.y + region.height // 2)
    send("MOUSEMOVE", "NOTHING", at)
    send(key, "PRESS", at)
    send(key, "RELEASE", at)
    yield


def start_picking() -> Iterator[None]:
    """The button of the panel."""
    with in_the_view():
        bpy.ops.flame.pick_landmarks("INVOKE_DEFAULT", True)
    yield


def leave_with_esc(points: np.ndarray) -> Iterator[None]:
    """What was placed is gone after Esc, the collection too."""
    collections = len(bpy.data.collections)
    yield from start_picking()
    for row in FIRST[:2]:
        yield from click(points[row])
    assert len(picked()) == 2, f"{len(picked())} landmarks after two clicks"
    yield from press("ESC")
    yield
    assert not picked() and len(bpy.data.collections) == collections, "Esc left something behind"


def pick(points: np.ndarray) -> Iterator[None]:
    """Placed, taken back, suggested by M and accepted by a click; one undo step takes the session back."""
    yield from start_picking()
    for row in FIRST[:3]:
        yield from click(points[row])
    yield from press("BACK_SPACE")
    assert len(picked()) == 2, "Backspace takes the last one back"
    yield from click(points[42])
    yield from press("N")
    for row in FIRST[4:]:
        yield from click(points[row])
    for digit in ("FOUR", "FIVE"):
        yield from press(digit)
    yield from press("M")
    yield from click(points[45])
    bpy.context.view_layer.update()
    assert [empty["flame_landmark"] for empty in picked()] == sorted(FIRST)
    away = [(empty.matrix_world.translation - Vector(points[empty["flame_landmark"]])).length for empty in picked()]
    print("picked to", [f"{1000 * each:.2f}" for each in away], "mm", flush=True)
    assert max(away) < 0.008, f"landmarks lie up to {1000 * max(away):.1f} mm from where they were clicked"
    yield from press("RET")
    yield
    assert len(picked()) == len(FIRST)
    with in_the_view():
        bpy.ops.ed.undo()
    yield
    assert not picked(), "one undo step takes the session back"
    with in_the_view():
        bpy.ops.ed.redo()
    yield
    assert len(picked()) == len(FIRST)


def fit_to_landmarks() -> Iterator[None]:
    """The fit runs while Blender goes on, and is one undo step."""
    bpy.context.scene.flame_fit.landmarks = picked()[0].users_collection[0]
    with in_the_view():
        bpy.ops.flame.fit_landmarks("EXEC_DEFAULT", True)
    for _ in range(PATIENCE):
        yield
        if heads() and heads()[0].flame_fit.kind:
            break
    assert heads()[0].flame_fit.count == len(FIRST)
    for _ in range(2):
        yield
    with in_the_view():
        bpy.ops.ed.undo()
    yield
    assert not heads() and len(picked()) == len(FIRST), "one undo step takes the fit back, and nothing else"
    with in_the_view():
        bpy.ops.ed.redo()
    yield
    assert len(heads()) == 1


def stop_a_fit() -> Iterator[None]:
    """Esc while a scan is fitted leaves the head as it was."""
    bpy.ops.object.select_all(action="DESELECT")
    bpy.context.view_layer.objects.active = heads()[0]
    before = np.array([item.value for item in heads()[0].flame.shape])
    matrix = np.array(heads()[0].matrix_world)
    with in_the_view():
        bpy.ops.flame.fit_scan("EXEC_DEFAULT", True)
    for _ in range(4):
        yield
    yield from press("ESC")
    for _ in range(3):
        yield
    np.testing.assert_allclose([item.value for item in heads()[0].flame.shape], before, atol=1e-6)
    np.testing.assert_allclose(np.array(heads()[0].matrix_world), matrix, atol=1e-6)
    assert heads()[0].flame_fit.kind == "3D landmarks"


def drag_a_landmark() -> Iterator[None]:
    """G, a move of the mouse, a click: the head follows, and one undo step takes both back."""
    from bl_ext.user_default.flame_blender import api

    scan().hide_set(True)
    api.add_landmarks(heads()[0])
    heads()[0].flame_fit.reshape = True
    bpy.ops.object.select_all(action="DESELECT")
    nose = heads()[0].flame.landmarks[30].empty
    nose.select_set(True)
    bpy.context.view_layer.objects.active = nose
    with in_the_view():
        bpy.ops.ed.undo_push(message="before the drag")
    yield
    before = np.array([item.value for item in heads()[0].flame.shape])
    place, name = nose.matrix_world.translation.copy(), nose.name
    at = on_window(place)
    send("MOUSEMOVE", "NOTHING", at)
    yield
    with in_the_view():
        bpy.ops.transform.translate("INVOKE_DEFAULT", True)
    yield
    for step in (10, 20, 30):
        send("MOUSEMOVE", "NOTHING", (at[0], at[1] - step))
        yield
    np.testing.assert_array_equal([item.value for item in heads()[0].flame.shape], before)
    send("LEFTMOUSE", "PRESS", (at[0], at[1] - 30))
    send("LEFTMOUSE", "RELEASE", (at[0], at[1] - 30))
    for _ in range(PATIENCE):
        yield
        if np.abs(np.array([item.value for item in heads()[0].flame.shape]) - before).max() > 1e-3:
            break
    after = np.array([item.value for item in heads()[0].flame.shape])
    assert np.abs(after - before).max() > 1e-3, "the head did not follow the drag"
    moved = bpy.data.objects[name].matrix_world.translation - place
    print(f"the dragged landmark went {1000 * moved.length:.1f} mm", flush=True)
    for _ in range(3):
        yield
    with in_the_view():
        bpy.ops.ed.undo()
    yield
    np.testing.assert_allclose([item.value for item in heads()[0].flame.shape], before, atol=1e-6)
    assert (bpy.data.objects[name].matrix_world.translation - place).length < 1e-4, "one undo step takes the drag back"


take(steps(), TICK)
