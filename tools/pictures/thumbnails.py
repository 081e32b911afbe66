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

file_name = importlib.import_module("bl_ext.user_default.flame_blender.panels.thumbnails").file_name
SIZE, SAMPLES = 128, 24
WHOLE_FACE, MOUTH = (165, -0.015), (290, -0.052)  # focal length in mm, height of the camera in metres


def main(folder: Path) -> None:
    """One picture for each preset of the built-in head."""
    scene = studio.make_studio()
    scene.render.resolution_x = scene.render.resolution_y = SIZE
    scene.cycles.samples = SAMPLES
    scene.render.film_transparent = True
    scene.render.image_settings.file_format, scene.render.image_settings.color_mode = "PNG", "RGBA"
    scene.render.image_settings.compression = 100
    head = studio.api.add_head()
    head.rotation_euler.z = 0.2
    folder.mkdir(parents=True, exist_ok=True)
    presets = studio.api.presets(head)
    visemes = presets[presets.index("sil") :]
    for name in presets:
        studio.api.apply_preset(head, name)
        scene.camera.data.lens, scene.camera.location.z = WHOLE_FACE if name not in visemes else MOUTH
        scene.render.filepath = str(folder.resolve() / f"{file_name(name)}.png")
        bpy.ops.render.render(write_still=True)


if __name__ == "__main__":
    main(Path(sys.argv[-1]))
