"""Renders the small pictures of the presets.

make thumbnails
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import bpy

sys.path.insert(0, str(Path(__file__).parent))

import studio

file_name = importlib.import_module("bl_ext.user_default.flame_blender.assets").thumbnail_of
face_picture = importlib.import_module("bl_ext.user_default.flame_blender.poses.face_picture")
SIZE, SAMPLES = 128, 32
# how far below the eyes the middle of the picture lies, and half its height, in distances of the eyes
WHOLE_FACE, MOUTH = (0.58, 1.25), (1.05, 0.85)


def main(folder: Path) -> None:
    """One picture for each preset of the built-in head."""
    scene = studio.make_studio()
    scene.render.resolution_x = scene.render.resolution_y = SIZE
    scene.cycles.samples = SAMPLES
    scene.render.film_transparent = True
    scene.render.image_settings.file_format, scene.render.image_settings.color_mode = "PNG", "RGBA"
    scene.render.image_settings.compression = 100
    head = studio.api.add_head()
    bpy.context.view_layer.update()
    place, between_eyes = face_picture.skull_place(head), face_picture.eye_distance(head)
    whole_face, mouth = (
        face_picture.add_face_camera(scene, place, between_eyes, *framed) for framed in (WHOLE_FACE, MOUTH)
    )
    folder.mkdir(parents=True, exist_ok=True)
    presets = studio.api.presets(head)
    visemes = presets[presets.index("sil") :]
    for name in presets:
        studio.api.apply_preset(head, name)
        scene.camera = mouth if name in visemes else whole_face
        scene.render.filepath = str(folder.resolve() / file_name(name).name)
        bpy.ops.render.render(write_still=True)


if __name__ == "__main__":
    main(Path(sys.argv[-1]))
