"""The main job in one script: add a head with landmarks, animate it, render a film and a contact sheet.

    make demo                                                     from a checkout, with nothing installed
    blender -b --python tools/pictures/demo.py -- OUT             with the add-on installed

Writes OUT/demo.mp4 (neutral, smile, open jaw, a look round) and OUT/demo.png: the eight poses of FLAME_PyTorch's own
demo, with the 68 landmarks drawn.
"""

from __future__ import annotations

import math
import sys
import tempfile
from pathlib import Path
from typing import Any

import bpy
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

from sheet import pixels_of, save_picture
from studio import api, make_studio, new_material

FPS = 24
FILM_SIZE, SHEET_SIZE = 400, 320
FILM_SAMPLES, SHEET_SAMPLES = 8, 32
# the yaw angles of FLAME_PyTorch's demo, in degrees
YAWS = (30, -30, 85, -48, 10, -15, 0, 0)
SMILE = {"mouthSmileLeft": 0.9, "mouthSmileRight": 0.9, "cheekSquintLeft": 0.5, "cheekSquintRight": 0.5}


def main(out: Path) -> None:
    """Write the film and the sheet into the folder ``out``."""
    out.mkdir(parents=True, exist_ok=True)
    scene = make_studio()
    scene.render.fps = FPS
    head = api.add_head(landmarks=True)
    head.modifiers.new("Subdivision", "SUBSURF").levels = 1
    draw_landmarks(head)
    render_sheet(scene, head, out / "demo.png")
    animate(scene, head)
    render_film(scene, out / "demo.mp4")
    print(f"demo: wrote {out / 'demo.mp4'} and {out / 'demo.png'}")


def draw_landmarks(head: bpy.types.Object) -> None:
    """Hang a small glowing ball on every landmark empty."""
    bpy.ops.mesh.primitive_ico_sphere_add(radius=0.0014, subdivisions=2)
    ball = bpy.context.object
    ball.data.materials.append(new_material("Landmark", (0.0, 0.9, 0.35, 1), glow=1.5))
    for item in head.flame.landmarks:
        copy = bpy.data.objects.new("Landmark Ball", ball.data)
        bpy.context.collection.objects.link(copy)
        copy.parent = item.empty
    bpy.data.objects.remove(ball)


def render_sheet(scene: bpy.types.Scene, head: bpy.types.Object, path: Path) -> None:
    """Render the eight poses and put them side by side, four to a row."""
    scene.render.resolution_x = scene.render.resolution_y = SHEET_SIZE
    scene.cycles.samples = SHEET_SAMPLES
    tiles = []
    with tempfile.TemporaryDirectory() as folder:
        for number, yaw in enumerate(YAWS):
            api.set_params(head, global_rotation=(0, math.radians(yaw), 0))
            scene.render.filepath = str(Path(folder) / f"{number}.png")
            bpy.ops.render.render(write_still=True)
            tiles.append(pixels_of(scene.render.filepath))
    api.set_params(head, global_rotation=(0, 0, 0))
    rows = [np.concatenate(tiles[start : start + 4], axis=1) for start in (4, 0)]  # Blender's images start below
    save_picture(np.concatenate(rows), path)


def animate(scene: bpy.types.Scene, head: bpy.types.Object) -> None:
    """Neutral, smile, open jaw, a look to either side, and back."""
    smile = expression(head, SMILE)
    poses: tuple[tuple[float, dict[str, Any]], ...] = (
        (0.0, {}),
        (0.8, {"expression": smile}),
        (1.3, {"expression": smile}),
        (2.0, {"jaw": (0.35, 0, 0)}),
        (2.6, {"neck": (0.0, 0.5, 0.0), "left_eye": (0, 0.3, 0), "right_eye": (0, 0.3, 0)}),
        (3.4, {"neck": (0.1, -0.5, 0.0), "left_eye": (0, -0.3, 0), "right_eye": (0, -0.3, 0)}),
        (4.0, {}),
    )
    still = {"expression": (), **dict.fromkeys(("neck", "jaw", "left_eye", "right_eye"), (0, 0, 0))}
    for seconds, pose in poses:
        api.set_params(head, **{**still, **pose})
        api.keyframe(head, frame=1 + round(seconds * FPS))
    scene.frame_start, scene.frame_end = 1, 1 + round(poses[-1][0] * FPS)


def expression(head: bpy.types.Object, weights: dict[str, float]) -> list[float]:
    """The coefficients in which the named directions have these weights; models without such names get their first."""
    names = [direction.name for direction in api.model(head).expression_directions]
    if not set(weights) <= set(names):
        return [1.0]
    return [weights.get(name, 0.0) for name in names]


def render_film(scene: bpy.types.Scene, path: Path) -> None:
    """Render the scene's frame range as H.264."""
    scene.render.resolution_x = scene.render.resolution_y = FILM_SIZE
    scene.cycles.samples = FILM_SAMPLES
    settings = scene.render.image_settings
    if hasattr(settings, "media_type"):  # since 5.0
        settings.media_type = "VIDEO"
    settings.file_format = "FFMPEG"
    scene.render.ffmpeg.format, scene.render.ffmpeg.codec = "MPEG4", "H264"
    scene.render.ffmpeg.constant_rate_factor = "HIGH"
    scene.render.filepath = str(path)
    scene.render.use_file_extension = False
    bpy.ops.render.render(animation=True)


if __name__ == "__main__":
    arguments = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else []
    main(Path(arguments[0] if arguments else "out").resolve())
