"""Run inside a windowed Blender (with --enable-event-simulate) that has the extension: what only a window can show.

Undo and redo, a slider keyed by hovering and pressing I, playback, and an animation rendered by the render job, whose
handlers run in a worker thread. A timer does it, one step a tick. The last step prints the line that the driver waits
for; a failed assertion prints a traceback, which the driver takes for a failure.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import bpy
import numpy as np

sys.path.append(str(Path(__file__).resolve().parent))

from stepping import take
from window import CLOSE, head, in_the_view, press, shows_its_parameters

TICK = 0.4  # seconds
RENDER_TICKS = 150
NOTCHES = 14  # of the wheel, to the sliders behind the pictures
DIGITS = ("ZERO", "ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE")


def steps() -> Iterator[None]:
    """What to do, one step between two drawings."""
    for obj in list(bpy.data.objects):
        if obj.type == "MESH":
            bpy.data.objects.remove(obj)
    bpy.context.scene.render.use_lock_interface = False
    yield
    yield from undo_and_redo()
    yield from key_from_a_slider()
    yield from play()
    yield from two_windows()
    yield from render_in_the_window()
    yield from export_and_stop()
    yield from bake_and_stop()
    yield from move_a_landmark()
    yield from drop_and_adjust()
    yield from choose_a_folder()
    print(f"window: good in Blender {bpy.app.version_string}", flush=True)
    bpy.ops.wm.quit_blender()


def undo_and_redo() -> Iterator[None]:
    """Operators and slider edits are undone and redone, mesh and values together."""
    with in_the_view():
        bpy.ops.flame.add_head("EXEC_DEFAULT", True, landmarks=True)
    yield
    assert bpy.context.scene.render.use_lock_interface
    with in_the_view():
        bpy.ops.flame.randomise_params("EXEC_DEFAULT", True, seed=7, expression=True)
    yield
    drawn = np.array([item.value for item in head().flame.shape])
    assert drawn.any() and shows_its_parameters()
    head().flame.jaw = (0.3, 0, 0)
    with in_the_view():
        bpy.ops.ed.undo_push(message="jaw")
    yield
    assert shows_its_parameters()
    for undone in range(2):
        with in_the_view():
            bpy.ops.ed.undo()
        yield
        assert head().flame.jaw[0] == 0.0
        assert shows_its_parameters(), f"after {undone + 1} undo steps the mesh is another"
    assert not any(item.value for item in head().flame.shape)
    for _ in range(2):
        with in_the_view():
            bpy.ops.ed.redo()
        yield
        assert shows_its_parameters()
    np.testing.assert_array_equal(drawn, [item.value for item in head().flame.shape])
    assert abs(head().flame.jaw[0] - 0.3) < CLOSE
    head().flame.jaw = (0.1, 0, 0)
    yield
    assert shows_its_parameters(), "after undo and redo a slider no longer moves the mesh"


def key_from_a_slider() -> Iterator[None]:
    """Hover the sliders of the Expression panel, behind the named expressions, and press I: one keys its own score."""
    window = bpy.context.window_manager.windows[0]
    area = next(area for area in window.screen.areas if area.type == "VIEW_3D")
    area.spaces.active.show_region_ui = True
    yield
    sidebar = next(region for region in area.regions if region.type == "UI")
    sidebar.active_panel_category = "FLAME"
    area.tag_redraw()
    yield
    x = sidebar.x + sidebar.width // 2 - 10
    window.event_simulate(type="MOUSEMOVE", value="NOTHING", x=x, y=sidebar.y + sidebar.height // 2)
    for _ in range(NOTCHES):
        window.event_simulate(type="WHEELDOWNMOUSE", value="PRESS", x=x, y=sidebar.y + sidebar.height // 2)
    yield
    for y in range(sidebar.y + sidebar.height // 2, sidebar.y + 40, -25):
        window.event_simulate(type="MOUSEMOVE", value="NOTHING", x=x, y=y)
        yield
        window.event_simulate(type="I", value="PRESS", x=x, y=y)
        window.event_simulate(type="I", value="RELEASE", x=x, y=y)
        yield
        if head().animation_data and head().animation_data.action:
            break
    action = head().animation_data.action
    paths = [curve.data_path for curve in action.layers[0].strips[0].channelbags[0].fcurves]
    print("keyed by hovering:", paths, flush=True)
    assert len(paths) == 1, "one slider keys one channel"
    assert paths[0].startswith(("flame.controls[", "flame.movements[", "flame.shape["))


def play() -> Iterator[None]:
    """Playback shows each frame's own face."""
    from bl_ext.user_default.flame_blender import api

    for frame, angle in ((1, 0.0), (20, 0.4), (40, 0.0)):
        api.set_params(head(), jaw=(angle, 0, 0), neck=(0, 3 * angle, 0))
        api.keyframe(head(), frame)
    bpy.context.scene.frame_start, bpy.context.scene.frame_end = 1, 40
    with in_the_view():
        bpy.ops.screen.animation_play()
    frames = set()
    for _ in range(8):
        yield
        frames.add(bpy.context.scene.frame_current)
        assert shows_its_parameters(), f"frame {bpy.context.scene.frame_current} shows another face"
    with in_the_view():
        bpy.ops.screen.animation_cancel()
    assert len(frames) > 3, f"playback showed only the frames {frames}"


def two_windows() -> Iterator[None]:
    """A second window on the same scene, then on another view layer: each frame is written once."""
    from bl_ext.user_default.flame_blender.head import live

    scene, manager = bpy.context.scene, bpy.context.window_manager
    with in_the_view():
        bpy.ops.wm.window_new()
    yield
    assert len(manager.windows) == 2
    second = scene.view_layers.new("Second")
    write, written = live.mesh.write_positions, []
    live.mesh.write_positions = lambda *given: (written.append(scene.frame_current), write(*given))
    try:
        for layer in (scene.view_layers[0], second):
            manager.windows[1].view_layer = layer
            yield
            written.clear()
            for frame in (5, 15, 25):
                scene.frame_set(frame)
                yield
                assert shows_its_parameters()
            assert written == [5, 15, 25], f"two windows, {layer.name}: written at {written}"
    finally:
        live.mesh.write_positions = write
    with bpy.context.temp_override(window=manager.windows[1]):
        bpy.ops.wm.window_close()
    scene.view_layers.remove(second)
    yield


def render_in_the_window() -> Iterator[None]:
    """The render job's animation is the same, picture for picture, as frames rendered one by one."""
    scene = bpy.context.scene
    scene.render.engine, scene.cycles.samples = "CYCLES", 4
    scene.cycles.use_denoising = False
    scene.render.resolution_x = scene.render.resolution_y = 64
    scene.frame_start, scene.frame_end = 1, 20
    scene.frame_step = 19
    scene.camera.location, scene.camera.rotation_euler = (0, -0.9, 0), (np.pi / 2, 0, 0)
    folder = Path(tempfile.mkdtemp())
    scene.render.filepath = str(folder / "job_")
    with in_the_view():
        bpy.ops.render.render("INVOKE_DEFAULT", animation=True)
    for _ in range(RENDER_TICKS):
        yield
        if not bpy.app.is_job_running("RENDER") and (folder / "job_0020.png").exists():
            break
    job = {frame: pixels(folder / f"job_{frame:04d}.png") for frame in (1, 20)}
    apart = np.abs(job[1] - job[20]).mean()
    assert apart > 0.004, f"the frames of the render job differ by only {apart}"
    for frame, rendered in job.items():
        scene.frame_set(frame)
        scene.render.filepath = str(folder / f"alone_{frame:04d}.png")
        bpy.ops.render.render(write_still=True)
        difference = np.abs(rendered - pixels(Path(scene.render.filepath))).mean()
        assert difference < apart / 5, f"frame {frame} of the render job differs by {difference}, the frames by {apart}"
        yield


def export_and_stop() -> Iterator[None]:
    """Landmarks of many frames are exported while Blender goes on; Esc stops and leaves no file and the frame shown."""
    scene = bpy.context.scene
    folder = Path(tempfile.mkdtemp())
    scene.frame_step = 1
    for number, (last, stop) in enumerate(((12, False), (5000, True))):
        scene.frame_end = last
        scene.frame_set(7)
        path = folder / f"{number}.json"
        with in_the_view():
            bpy.ops.flame.export_landmarks("EXEC_DEFAULT", filepath=str(path), all_frames=True)
        for _ in range(3):
            yield
        if stop:
            assert scene.frame_current != 7, "the export is not under way"
            press("ESC")
        for _ in range(10):
            yield
            if path.exists():
                break
        assert path.exists() != stop, f"{path} after {'Esc' if stop else 'the export'}"
        assert scene.frame_current == 7


def bake_and_stop() -> Iterator[None]:
    """Esc while the cache is being written leaves no file and the head live."""
    path = Path(tempfile.mkdtemp()) / "head.pc2"
    with in_the_view():
        bpy.ops.flame.bake_cache("EXEC_DEFAULT", filepath=str(path), scene_range=False, frame_start=1, frame_end=6000)
    for _ in range(50):
        yield
        if list(path.parent.iterdir()):
            break
    assert not path.exists(), "the bake was over before it could be stopped"
    press("ESC")
    for _ in range(3):
        yield
    assert not list(path.parent.iterdir()), "something of the cache is left"
    assert head().flame.live and shows_its_parameters()
    assert not any(modifier.type == "MESH_CACHE" for modifier in head().modifiers)


def move_a_landmark() -> Iterator[None]:
    """While the user moves something the empties are left alone; afterwards they follow again."""
    chin = head().flame.landmarks[8].empty
    head().animation_data_clear()
    yield
    for obj in bpy.context.selected_objects:
        obj.select_set(False)
    chin.select_set(True)
    bpy.context.view_layer.objects.active = chin
    before = chin.location.copy()
    with in_the_view():
        bpy.ops.transform.translate("INVOKE_DEFAULT")
    yield
    head().flame.jaw = (0.35, 0, 0)
    yield
    assert shows_its_parameters()
    assert (head().flame.landmarks[8].empty.location - before).length < 0.002, "an empty was moved during a transform"
    press("ESC")
    for _ in range(4):
        yield
    assert (head().flame.landmarks[8].empty.location - before).length > 0.01, "the empties no longer follow"


def drop_and_adjust() -> Iterator[None]:
    """A dropped clip keys the head; a setting changed in the redo panel imports it anew, at once, as one undo step."""
    path = Path(tempfile.mkdtemp()) / "clip.npz"
    np.savez(path, pose=np.linspace(0, 0.3, 40 * 6).reshape(40, 6), expression=np.zeros((40, 5)), fps=24)
    bpy.context.view_layer.objects.active = head()
    count = len(bpy.data.objects)
    with in_the_view():
        bpy.ops.ed.undo_push(message="before the drop")
        # what Blender itself calls when a file is let go over the window
        bpy.ops.wm.drop_import_file("INVOKE_DEFAULT", directory=f"{path.parent}/", files=[{"name": path.name}])
    for _ in range(20):
        yield
        if head().animation_data and head().animation_data.action:
            break
    yield
    assert tuple(head().animation_data.action.frame_range) == (1, 40)
    yield from type_start_frame("10")
    assert bpy.context.window_manager.operators[-1].start_frame == 10, "the field did not take what was typed"
    assert tuple(head().animation_data.action.frame_range) == (10, 49), "the clip was not imported anew"
    assert len(bpy.data.objects) == count
    assert not bpy.context.window_manager.windows[0].modal_operators, "an import is still under way"
    assert shows_its_parameters()
    with in_the_view():
        bpy.ops.ed.undo()
    yield
    assert head().animation_data is None and shows_its_parameters(), "the import and its change are one undo step"


def choose_a_folder() -> Iterator[None]:
    """In a saved .blend the file browser opens with an empty name, and a folder of frames is taken by the button."""
    folder = Path(tempfile.mkdtemp())
    (folder / "frames").mkdir()
    for number in range(4):
        np.savez(folder / "frames" / f"{number:05d}.npz", jaw_pose=np.full((1, 3), 0.05 * number))
    bpy.ops.wm.save_as_mainfile(filepath=str(folder / "shot.blend"))
    bpy.context.view_layer.objects.active = head()
    for name in ("", "shot.blend"):  # as it opens, and as Blender alone would have filled it
        with in_the_view():
            bpy.ops.flame.import_animation("INVOKE_DEFAULT")
        browser = None
        for _ in range(20):
            yield
            browser = next((found for found in file_browsers() if found[1].spaces.active.params is not None), None)
            if browser is not None:
                break
        window, area = browser
        params = area.spaces.active.params
        assert params.filename == "", f"the browser's name is {params.filename!r}"
        params.directory, params.filename = bytes(folder / "frames"), name
        yield
        with bpy.context.temp_override(window=window, area=area, region=area.regions[-1]):
            bpy.ops.file.execute()
        for _ in range(20):
            yield
            if head().animation_data and head().animation_data.action:
                break
        assert tuple(head().animation_data.action.frame_range) == (1, 4), "the folder was not imported"
        head().animation_data_clear()
        yield


def file_browsers() -> list[tuple[bpy.types.Window, bpy.types.Area]]:
    """Every file browser that is open, with its window."""
    windows = bpy.context.window_manager.windows
    return [(each, area) for each in windows for area in each.screen.areas if area.type == "FILE_BROWSER"]


def type_start_frame(text: str) -> Iterator[None]:
    """Open the redo panel of the import and type into its second field, as a user does."""
    window = bpy.context.window_manager.windows[0]
    area = next(area for area in window.screen.areas if area.type == "VIEW_3D")
    panel = next(region for region in area.regions if region.type == "HUD")
    scale = bpy.context.preferences.system.ui_scale
    if panel.height < 50 * scale:  # folded
        yield from tap("LEFTMOUSE", panel.x + int(20 * scale), panel.y + panel.height - int(12 * scale))
        yield
    x, y = panel.x + 3 * panel.width // 5, panel.y + panel.height - int(68 * scale)
    yield from tap("RET", x, y)
    for letter in text:
        yield from tap(DIGITS[int(letter)], x, y, unicode=letter)
    yield from tap("RET", x, y)
    yield


def tap(key: str, x: int, y: int, **letter: str) -> Iterator[None]:
    """Move the pointer there, press and release."""
    window = bpy.context.window_manager.windows[0]
    window.event_simulate(type="MOUSEMOVE", value="NOTHING", x=x, y=y)
    yield
    window.event_simulate(type=key, value="PRESS", x=x, y=y, **letter)
    window.event_simulate(type=key, value="RELEASE", x=x, y=y)
    yield


def pixels(path: Path) -> np.ndarray:
    """All channels of a picture, one after the other."""
    image = bpy.data.images.load(str(path))
    values = np.array(image.pixels[:])
    bpy.data.images.remove(image)
    return values


take(steps(), TICK)
