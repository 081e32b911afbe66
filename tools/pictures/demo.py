"""The main job in one script: add heads with landmarks, animate them, render a film and a contact sheet.

make demo

Writes OUT/demo.mp4 (neutral, smile, open jaw, a look round) and OUT/demo.png: the eight poses of FLAME_PyTorch's own
demo, with the 68 landmarks drawn. Both show the built-in head and one of a FLAME file, which it makes and installs.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Any

import bpy

sys.path.insert(0, str(Path(__file__).resolve().parent))

from both_heads import character, models
from labels import add_label, frame_label, heading
from sheet import beside, rendered, save_picture, stacked
from studio import api, make_studio, new_material

FPS = 16
FILM_SIZE, TILE, STRIP = (560, 320), (230, 260), 36  # pixels
FILM_SAMPLES, SHEET_SAMPLES = 8, 32
FILM_VIEW, SHEET_VIEW = (97, -1.7, -0.025), (97, -0.84, -0.013)  # mm, metres: lens, place and height of the camera
APART = 0.3  # metres
# the yaw angles of FLAME_PyTorch's demo, in degrees
YAWS = (30, -30, 85, -48, 10, -15, 0, 0)
SMILE = {"mouthSmileLeft": 0.9, "mouthSmileRight": 0.9, "cheekSquintLeft": 0.5, "cheekSquintRight": 0.5}


def main(out: Path) -> None:
    """Write the film and the sheet into the folder ``out``."""
    out.mkdir(parents=True, exist_ok=True)
    scene = make_studio()
    scene.render.fps = FPS
    heads = {}
    for name, model in models().items():
        heads[name] = head = character(model)
        api.add_landmarks(head)
        head.modifiers.new("Subdivision", "SUBSURF").render_levels = 1
        draw_landmarks(head)
        hide(head, True)
    render_sheet(scene, heads, out / "demo.png")
    for place, head in zip((-APART / 2, APART / 2), heads.values(), strict=True):
        hide(head, False)
        head.location.x = place
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


def render_sheet(scene: bpy.types.Scene, heads: dict[str, bpy.types.Object], path: Path) -> None:
    """Render the eight poses of each head, a row for each under its name."""
    scene.render.resolution_x, scene.render.resolution_y = TILE
    scene.cycles.samples = SHEET_SAMPLES
    look(scene, *SHEET_VIEW)
    label, rows = add_label(scene), []
    for name, head in heads.items():
        hide(head, False)
        rows.append(heading(scene, label, name, TILE[0] * len(YAWS), STRIP))
        frame_label(scene, label, "")
        tiles = []
        for yaw in YAWS:
            api.set_params(head, global_rotation=(0, math.radians(yaw), 0))
            tiles.append(rendered(scene))
        api.set_params(head, global_rotation=(0, 0, 0))
        hide(head, True)
        rows.append(beside(tiles))
    save_picture(stacked(rows), path)


def hide(head: bpy.types.Object, hidden: bool) -> None:
    """Whether renders show the head and its landmarks."""
    for each in (head, *head.children_recursive):
        each.hide_render = hidden


def look(scene: bpy.types.Scene, lens: float, place: float, height: float) -> None:
    """The camera straight in front."""
    scene.camera.data.lens, scene.camera.location = lens, (0, place, height)


def animate(scene: bpy.types.Scene, head: bpy.types.Object) -> None:
    """Neutral, smile, open jaw, a look to either side, and back."""
    poses: tuple[tuple[float, dict[str, float], dict[str, Any]], ...] = (  # when, ARKit's scores, parameters
        (0.0, {}, {}),
        (0.8, SMILE, {}),
        (1.3, SMILE, {}),
        (2.0, {}, {"jaw": (0.35, 0, 0)}),
        (2.6, {}, {"neck": (0.0, 0.5, 0.0), "left_eye": (0, 0.3, 0), "right_eye": (0, 0.3, 0)}),
        (3.4, {}, {"neck": (0.1, -0.5, 0.0), "left_eye": (0, -0.3, 0), "right_eye": (0, -0.3, 0)}),
        (4.0, {}, {}),
    )
    still: dict[str, Any] = dict.fromkeys(("neck", "jaw", "left_eye", "right_eye"), (0, 0, 0))
    for seconds, scores, pose in poses:
        frame = 1 + round(seconds * FPS)
        api.set_params(head, **{**still, **pose})
        api.keyframe(head, frame=frame)
        api.set_arkit(head, scores, frame=frame)
    scene.frame_start, scene.frame_end = 1, 1 + round(poses[-1][0] * FPS)


def render_film(scene: bpy.types.Scene, path: Path) -> None:
    """Render the scene's frame range as H.264."""
    scene.render.resolution_x, scene.render.resolution_y = FILM_SIZE
    scene.cycles.samples = FILM_SAMPLES
    look(scene, *FILM_VIEW)
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
