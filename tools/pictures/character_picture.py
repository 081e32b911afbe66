"""Renders presets on a head of a FLAME file beside the built-in head, for docs/character.md.

make character-pictures
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

import bpy
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

from sheet import pixels_of, save_picture
from studio import api, make_studio

PRESETS = ("Neutral", "Smile", "Joy", "Surprise", "Anger", "Eyes Closed", "aa", "O")
TILE, SAMPLES = 260, 24
LENS = 100.0  # mm


def main(model: Path, out: Path) -> None:
    """One row for the FLAME file, one for the built-in head."""
    scene: Any = make_studio()
    scene.render.resolution_x, scene.render.resolution_y = TILE, TILE
    scene.cycles.samples, scene.camera.data.lens = SAMPLES, LENS
    heads = [api.add_head(model=str(model)), api.add_head(model=api.BUILT_IN)]
    if not api.presets(heads[0]):
        api.compute_controls(model)
    rows = []
    for head in heads:
        for each in heads:
            each.hide_render = each is not head
        rows.append(np.concatenate([_rendered(scene, head, name) for name in PRESETS], 1))
    save_picture(np.concatenate(rows[::-1]), out / "flame_expressions.jpg")  # a picture's first row is its lowest


def _rendered(scene: bpy.types.Scene, head: bpy.types.Object, preset: str) -> np.ndarray:
    api.apply_preset(head, preset)
    with tempfile.TemporaryDirectory() as folder:
        scene.render.filepath = str(Path(folder) / "tile.png")
        bpy.ops.render.render(write_still=True)
        return pixels_of(scene.render.filepath)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
