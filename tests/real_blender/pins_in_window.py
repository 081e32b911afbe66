"""Run inside a windowed Blender (with --enable-event-simulate) that has the extension: a photo by pins, by the mouse.

Landmarks clicked on the picture of a rendered head, taken back, left with Esc, suggested by M; Enter fits; pins are
dragged, added and removed, undone and done again, in the operator and by Blender's own undo; a second photo. Pictures
of it go to out/window. A timer does it; see use_window.py.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy
import numpy as np
from bpy_extras.object_utils import world_to_camera_view
from bpy_extras.view3d_utils import location_3d_to_region_2d
from mathutils import Matrix, Vector

sys.path.append(str(Path(__file__).resolve().parent))

from panel_pictures import keep_picture, picture
from stepping import take
from window import in_the_view

TICK = 0.1  # seconds
PATIENCE = 300  # ticks
SIZE = 960, 720
FIRST = (36, 39, 42, 45, 30, 33, 48, 54, 51)  # the order in which landmarks are picked
FOLDER = Path(tempfile.mkdtemp())
WAY: list[np.ndarray] = []  # the identity while a pin is dragged
YAWS = {"one": 0.15, "two": -0.5}


def steps() -> Iterator[None]:
    """What to do, one step between two drawings."""
    seen = {name: take_photo(name, yaw) for name, yaw in YAWS.items()}
    for obj in list(bpy.data.objects):
        bpy.data.objects.remove(obj)
    yield
    for stage in (left_by_esc, picked, fitted, dragged, added, undone_by_blender, another):
        print("pins:", stage.__name__, flush=True)
        yield from stage(seen)
    print(f"pins: good in Blender {bpy.app.version_string}", flush=True)
    bpy.ops.wm.quit_blender()


def take_photo(name: str, yaw: float) -> np.ndarray:
    """A picture of somebody, rendered; (68, 2) pixels of the landmarks."""
    from bl_ext.user_default.flame_blender import api
    from bl_ext.user_default.flame_blender.flame.landmarks import landmark_points

    for obj in list(bpy.data.objects):
        bpy.data.objects.remove(obj)
    scene: Any = bpy.context.scene
    head = api.add_head(api.BUILT_IN)
    api.randomise(head, 3, 0.8)
    api.set_params(head, global_rotation=(0, 0, 0))
    data = bpy.data.cameras.new("shot")
    camera = bpy.data.objects.new("shot", data)
    scene.collection.objects.link(camera)
    data.lens = 70
    middle = (0, -0.08, 0.0)
    camera.matrix_world = (
        Matrix.Translation(middle) @ Matrix.Rotation(yaw, 4, "Z") @ Matrix.Translation((0, -0.75, 0.02))
        @ Matrix.Rotation(np.pi / 2, 4, "X")
    )  # fmt: skip
    scene.camera, scene.render.engine = camera, "BLENDER_WORKBENCH"
    scene.display.shading.color_type = "TEXTURE"
    scene.render.resolution_x, scene.render.resolution_y = SIZE
    scene.render.filepath = str(FOLDER / f"{name}.png")
    bpy.ops.render.render(write_still=True)
    model = api.model(head)
    # only the outline asks which way the camera sees the head
    points = landmark_points(api.evaluate(head, space="world"), model.faces, model.landmarks["ibug"], (0, -yaw, 0))
    views = [world_to_camera_view(scene, camera, Vector(point)) for point in points]
    return np.array([(view.x * SIZE[0], (1 - view.y) * SIZE[1]) for view in views])


def view() -> tuple[Any, Any, Any]:
    """The 3D view."""
    window = bpy.context.window_manager.windows[0]
    area = next(area for area in window.screen.areas if area.type == "VIEW_3D")
    return window, area, next(region for region in area.regions if region.type == "WINDOW")


def on_window(pixel: Any) -> tuple[int, int]:
    """A place of the photo behind the scene's camera in pixels of the window: by a ray of the camera, with its lens."""
    _, area, region = view()
    camera = bpy.context.scene.camera
    focal = camera.data.lens / camera.data.sensor_width * SIZE[0]
    x, y = (pixel[0] - SIZE[0] / 2) / focal, (pixel[1] - SIZE[1] / 2) / focal
    at = location_3d_to_region_2d(region, area.spaces.active.region_3d, camera.matrix_world @ Vector((x, -y, -1)))
    return round(region.x + at.x), round(region.y + at.y)


def send(kind: str, value: str, at: tuple[int, int], **keys: bool) -> None:
    """One event at a place of the window."""
    view()[0].event_simulate(type=kind, value=value, x=at[0], y=at[1], **keys)


def click(pixel: Any, **keys: bool) -> Iterator[None]:
    """Press and release the left button over a place of the photo."""
    at = on_window(pixel)
    send("MOUSEMOVE", "NOTHING", at)
    send("LEFTMOUSE", "PRESS", at, **keys)
    send("LEFTMOUSE", "RELEASE", at, **keys)
    yield


def drag(pixel: Any, to: Any, name: str = "") -> Iterator[None]:
    """The left button from one place of the photo to another; a picture on the way."""
    start, end = np.array(on_window(pixel)), np.array(on_window(to))
    send("MOUSEMOVE", "NOTHING", tuple(start.tolist()))
    send("LEFTMOUSE", "PRESS", tuple(start.tolist()))
    yield
    for share in (0.5, 1.0):
        send("MOUSEMOVE", "NOTHING", tuple(np.rint(start + share * (end - start)).astype(int).tolist()))
        yield
    if name:
        yield
        keep_picture(name)
        WAY.append(shape())
    send("LEFTMOUSE", "RELEASE", tuple(end.tolist()))
    yield
    yield


def press(key: str, **keys: bool) -> Iterator[None]:
    """Press and release a key where the pointer is not in the way."""
    _, _, region = view()
    at = region.x + region.width // 2, region.y + region.height // 2
    send("MOUSEMOVE", "NOTHING", at)
    send(key, "PRESS", at, **keys)
    send(key, "RELEASE", at, **keys)
    yield
    yield


def start(operator: Any) -> Iterator[None]:
    """A button of the panel."""
    with in_the_view():
        operator("INVOKE_DEFAULT", True)
    yield
    yield


def head() -> Any:
    """The head, found again: undo replaces every object."""
    return next(obj for obj in bpy.data.objects if obj.type == "MESH" and obj.flame.fingerprint)


def shape() -> np.ndarray:
    """The head's identity."""
    return np.array([item.value for item in head().flame.shape])


def choose(name: str) -> None:
    """A photo in the panel."""
    settings = bpy.context.scene.flame_fit
    settings.kind, settings.photo = "PHOTO", str(FOLDER / f"{name}.png")


def left_by_esc(seen: dict[str, np.ndarray]) -> Iterator[None]:
    """Everything is as before."""
    scene = bpy.context.scene
    before = len(bpy.data.objects), len(bpy.data.images), scene.camera, scene.render.resolution_x
    perspective = view()[1].spaces.active.region_3d.view_perspective
    choose("one")
    yield from start(bpy.ops.flame.pick_on_photo)
    assert view()[1].spaces.active.region_3d.view_perspective == "CAMERA"
    yield from click(seen["one"][36])
    yield from press("ESC")
    after = len(bpy.data.objects), len(bpy.data.images), scene.camera, scene.render.resolution_x
    assert after == before, f"Esc left {after} of {before}"
    assert view()[1].spaces.active.region_3d.view_perspective == perspective


def picked(seen: dict[str, np.ndarray]) -> Iterator[None]:
    """Placed, taken back, suggested by M, moved; the view zoomed meanwhile."""
    points = seen["one"]
    yield from start(bpy.ops.flame.pick_on_photo)
    for row in FIRST[:5]:
        yield from click(points[row])
    yield from press("BACK_SPACE")
    yield from click(points[FIRST[4]])
    send("MOUSEMOVE", "NOTHING", on_window(points[33]))
    send("WHEELUPMOUSE", "PRESS", on_window(points[33]))
    yield
    yield
    for row in FIRST[5:7]:
        yield from click(points[row])
    yield from press("M")
    send("MOUSEMOVE", "NOTHING", on_window(points[54] + np.array((3, 30))))
    yield
    yield
    keep_picture("pins picked")
    for row in FIRST[7:]:
        yield from click(points[row])
    yield from press("RET")
    for _ in range(PATIENCE):
        yield
        if any(obj.flame.fingerprint and obj.flame_fit.kind for obj in bpy.data.objects if obj.type == "MESH"):
            break


def fitted(seen: dict[str, np.ndarray]) -> Iterator[None]:
    """The clicks are where the landmarks are; the head was fitted to them; the view looks through the camera."""
    from bl_ext.user_default.flame_blender import api, panels

    for _ in range(4):
        yield
    (pins,) = api.pins_of(head()).values()
    assert [pin.number for pin in pins] == sorted(FIRST), [pin.number for pin in pins]
    away = [np.linalg.norm(pin.pixel - seen["one"][pin.number]) for pin in pins]
    print("clicked to", [f"{each:.1f}" for each in away], "px", flush=True)
    assert max(away) < 4.0 and np.median(away) < 1.5
    assert view()[1].spaces.active.region_3d.view_perspective == "CAMERA"
    assert head().flame_fit.count == len(FIRST) and bpy.context.scene.camera.data.background_images
    yield from picture(
        panels.FLAME_PT_fit if hasattr(panels, "FLAME_PT_fit") else panels.fit.FLAME_PT_fit, "pins panel"
    )


def dragged(_seen: dict[str, np.ndarray]) -> Iterator[None]:
    """The head follows when the pin is let go; Ctrl-Z takes it back, Shift-Ctrl-Z does it again."""
    from bl_ext.user_default.flame_blender import api

    before = shape()
    yield from start(bpy.ops.flame.edit_pins)
    keep_picture("pins edited")
    (pins,) = api.pins_of(head()).values()
    nose = next(pin for pin in pins if pin.number == 30)
    yield from drag(nose.pixel, nose.pixel + np.array((18, 6)), "pins dragged")
    after = shape()
    assert np.abs(WAY[-1] - before).max() > 0.02, "the head did not follow on the way"
    assert np.abs(after - before).max() > 0.02, "the head did not follow"
    yield from press("Z", ctrl=True)
    np.testing.assert_allclose(shape(), before, atol=1e-5)
    yield from press("Z", ctrl=True, shift=True)
    np.testing.assert_allclose(shape(), after, atol=1e-5)
    yield from press("C")
    assert bpy.context.scene.flame_fit.pins_move_camera
    yield from press("W")
    assert not head().hide_get()
    keep_picture("pins followed")
    yield from press("W")
    yield from press("C")
    assert head().hide_get() and not bpy.context.scene.flame_fit.pins_move_camera


def added(_seen: dict[str, np.ndarray]) -> Iterator[None]:
    """A click on the cheek pins it; dragged it moves; X takes it off again; Enter ends."""
    from bl_ext.user_default.flame_blender import api

    def pins() -> list[Any]:
        return next(iter(api.pins_of(head()).values()))

    eye, mouth = (next(pin.pixel for pin in pins() if pin.number == number) for number in (45, 54))
    cheek = (eye + mouth) / 2
    before = shape()
    yield from click(cheek)
    assert len(pins()) == len(FIRST) + 1 and pins()[-1].held and pins()[-1].number is None
    np.testing.assert_allclose(shape(), before, atol=1e-6)
    yield from drag(cheek, cheek + np.array((14, 0)))
    assert np.abs(shape() - before).max() > 1e-3
    yield from click(eye, alt=True)
    assert len(pins()) == len(FIRST)
    keep_picture("pins added")
    yield from press("RET")
    assert not head().hide_get()


def undone_by_blender(_seen: dict[str, np.ndarray]) -> Iterator[None]:
    """One step takes all edits back, another the fit, and both are done again."""
    from bl_ext.user_default.flame_blender import api

    edited = shape()
    with in_the_view():
        bpy.ops.ed.undo()
    yield
    (pins,) = api.pins_of(head()).values()
    assert len(pins) == len(FIRST) and not any(pin.held for pin in pins)
    assert np.abs(shape() - edited).max() > 1e-3
    with in_the_view():
        bpy.ops.ed.undo()
    yield
    assert not [obj for obj in bpy.data.objects if obj.type == "MESH"], "the fit is taken back"
    with in_the_view():
        bpy.ops.ed.redo()
        bpy.ops.ed.redo()
    yield
    np.testing.assert_allclose(shape(), edited, atol=1e-5)


def another(seen: dict[str, np.ndarray]) -> Iterator[None]:
    """A second photo has a camera of its own, and its landmarks join those of the first."""
    from bl_ext.user_default.flame_blender import api

    bpy.context.view_layer.objects.active = head()
    choose("two")
    yield from start(bpy.ops.flame.pick_on_photo)
    for row in FIRST[:7]:
        yield from click(seen["two"][row])
    yield from press("RET")
    for _ in range(PATIENCE):
        yield
        if len(api.pinned_cameras(head())) == 2:
            break
    for _ in range(4):
        yield
    assert len(api.pinned_cameras(head())) == 2
    yield from start(bpy.ops.flame.edit_pins)
    yield from press("N")
    keep_picture("pins two")
    yield from press("ESC")


take(steps(), TICK)
