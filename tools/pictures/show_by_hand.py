"""Run in a windowed Blender by by_hand_gifs.py: bones of face boards are moved, and the view is kept frame by frame."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import bpy

sys.path.append(str(Path(__file__).resolve().parent))

from stepping import take

TICK, FRAMES, UNTIL_SHADED = 0.2, 30, 150  # seconds; steps until Blender has compiled its shaders
KNOBS = {  # what moves, along which axis, how far, and in which part of the time
    "brow": (1, 0.9, 0.0, 0.4), "lid": (1, -1.0, 0.35, 0.5), "corner.L": (1, 1.0, 0.2, 0.75),
    "corner.R": (1, 1.0, 0.3, 0.75), "cheek": (1, 0.7, 0.25, 0.75), "jaw_box": (1, -0.6, 0.55, 0.9),
    "pucker": (1, 0.9, 0.75, 1.0),
}  # fmt: skip


def steps() -> Iterator[None]:
    """Both animated pictures, one after the other."""
    model, out = map(Path, sys.argv[sys.argv.index("--") + 1 :])
    from bl_ext.user_default.flame_blender import api  # noqa: PLC0415  (there once Blender has started)

    view = bare_view()
    yield from kept(api, view, api.BUILT_IN, out / "board", knobs_at, (0.17, 0.0, -0.025), 0.4, (90, 0))
    view.shading.type = "MATERIAL"  # Solid shows no iris
    view.shading.use_scene_world = view.shading.use_scene_lights = False
    yield from kept(api, view, model, out / "gaze", gaze_at, (-0.05, -0.1, -0.02), 0.4, (78, 24), ("Board",))
    bpy.ops.wm.quit_blender()


def _window() -> Any:
    context: Any = bpy.context
    return context.window_manager.windows[0]


def bare_view() -> Any:
    """The 3D view without what would stand around the head."""
    view = next(area for area in _window().screen.areas if area.type == "VIEW_3D").spaces.active
    view.show_region_ui = view.show_region_toolbar = view.show_region_header = view.show_region_tool_header = False
    view.show_gizmo = False
    view.shading.color_type = "TEXTURE"
    for name in ("show_floor", "show_axis_x", "show_axis_y", "show_cursor", "show_text", "show_ortho_grid",
                 "show_object_origins", "show_relationship_lines", "show_outline_selected"):  # fmt: skip
        setattr(view.overlay, name, False)
    return view


def kept(
    api: Any, view: Any, model: object, folder: Path, at: Callable[[Any, float], None],
    place: tuple[float, float, float], distance: float, turn: tuple[float, float], hidden: tuple[str, ...] = (),
) -> Iterator[None]:  # fmt: skip
    """A head with a board, seen from a place; ``at`` moves the bones, and each frame is kept."""
    import mathutils  # noqa: PLC0415

    if bpy.context.mode != "OBJECT":
        bpy.ops.object.mode_set(mode="OBJECT")
    for obj in list(bpy.data.objects):
        bpy.data.objects.remove(obj)
    board = api.make_board(api.add_head(model))
    known: Any = bpy.context
    known.view_layer.objects.active = board  # in Pose Mode bones have their colours
    bpy.ops.object.mode_set(mode="POSE")
    for name in hidden:
        board.data.collections[name].is_visible = False
    region = view.region_3d
    region.view_perspective = "ORTHO"
    region.view_location, region.view_distance = place, distance
    region.view_rotation = mathutils.Euler([math.radians(turn[0]), 0, math.radians(turn[1])]).to_quaternion()
    folder.mkdir(parents=True)
    at(board, 0.0)
    for _ in range(UNTIL_SHADED if view.shading.type == "MATERIAL" else 3):
        yield
    for frame in range(FRAMES):
        at(board, frame / FRAMES)
        yield
        yield
        keep(folder / f"{frame:03d}.png")
    for _ in range(2):
        yield


def keep(path: Path) -> None:
    """A picture of the 3D view as it is drawn, by FFmpeg: Blender's own are black where a CPU draws."""
    window = _window()
    area = next(area for area in window.screen.areas if area.type == "VIEW_3D")
    left, top = window.x + area.x, window.y + window.height - area.y - area.height
    grabbed = ["-video_size", f"{area.width}x{area.height}", "-i", f"{os.environ['DISPLAY']}+{left},{top}"]
    kept = ["-frames:v", "1", str(path)]
    subprocess.run(["ffmpeg", "-y", "-loglevel", "error", "-f", "x11grab", *grabbed, *kept], check=True)


def knobs_at(board: Any, time: float) -> None:
    """Knobs go up and come back, some of them together."""
    for name, (axis, far, begin, end) in KNOBS.items():
        share = min(max((time - begin) / (end - begin), 0.0), 1.0)
        board.pose.bones[name].location[axis] = far * math.sin(math.pi * share) ** 2


def gaze_at(board: Any, time: float) -> None:
    """The eyes' targets go round, while the head turns."""
    way = 2 * math.pi * time
    board.pose.bones["eyes"].location = (11 * math.sin(way), 6 * math.sin(2 * way), -12)
    board.pose.bones["neck"].rotation_euler = (0.0, 0.25 * math.sin(way - 0.9), 0.0)


take(steps(), TICK)
