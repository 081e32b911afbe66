"""Renders a FLAME file's head beside the built-in one, whole and the eyes close, as docs/using.md shows them.

make flame-pictures
"""

from __future__ import annotations

import math
import sys
import tempfile
from pathlib import Path

import bpy
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

from pictures import add_label, frame_label, join
from sheet import pixels_of, save_picture
from studio import api, make_studio

SAMPLES = 10
# lens (mm), height of the camera (metres), turn (degrees), width and height of the tile
WHOLE, EYES = (82.0, -0.03, 25.0, 440, 470), (270.0, 0.023, 0.0, 440, 220)


def main(model: Path, out: Path) -> None:
    """Write the picture of the head of ``model`` and the built-in head into the folder ``out``."""
    scene = make_studio()
    scene.cycles.samples = SAMPLES
    heads = {"built-in head": api.add_head(api.BUILT_IN), "FLAME file": api.add_head(model)}
    for head in heads.values():
        head.modifiers.new("Subdivision", "SUBSURF").render_levels = 1
    label = add_label(scene)
    rows = []
    for lens, height, turn, *size in (WHOLE, EYES):
        scene.render.resolution_x, scene.render.resolution_y = size
        scene.camera.data.lens, scene.camera.location.z = lens, height
        tiles = []
        for name, head in heads.items():
            for each in heads.values():
                each.hide_render = each != head
            head.rotation_euler.z = math.radians(turn)
            frame_label(scene, label, name if turn else "")
            tiles.append(_rendered(scene))
        rows.append(join(tiles))
    save_picture(np.concatenate(rows[::-1]), out / "flame_beside_built_in.jpg")  # Blender's images start below
    print(f"flame-pictures: wrote {out / 'flame_beside_built_in.jpg'}")


def _rendered(scene: bpy.types.Scene) -> np.ndarray:
    """(height, width, 4) float32 of what the camera sees."""
    with tempfile.TemporaryDirectory() as folder:
        scene.render.filepath = str(Path(folder) / "tile.png")
        bpy.ops.render.render(write_still=True)
        return pixels_of(scene.render.filepath)


if __name__ == "__main__":
    main(Path(sys.argv[-2]), Path(sys.argv[-1]))
