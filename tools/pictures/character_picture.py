"""Renders a head of a FLAME file as a character beside the built-in head, for docs/character.md.

make character-pictures
"""

from __future__ import annotations

import math
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import bpy
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

from both_heads import character
from sheet import pixels_of, save_picture
from studio import api, make_studio

PRESETS = ("Neutral", "Smile", "Joy", "Surprise", "Anger", "Eyes Closed", "aa", "O")
TILE, SAMPLES = 260, 24
BROWN = (0.16, 0.07, 0.025)


@dataclass(frozen=True)
class Shot:
    """One tile: a preset, or parameters, seen from ``turn`` degrees about the vertical, at ``place`` (x, z), metres."""

    preset: str = "Neutral"
    turn: float = 0.0
    lens: float = 100.0  # mm
    place: tuple[float, float] = (0.0, -0.025)
    params: dict[str, tuple[float, ...]] = field(default_factory=dict)
    iris: tuple[float, float, float] | None = None


LEFT, RIGHT = (0.0, 0.4, 0.0), (0.0, -0.4, 0.0)
SHEETS = {
    "flame_expressions": tuple(Shot(preset) for preset in PRESETS),
    "flame_looks": (
        Shot(turn=38.0, lens=92.0),
        Shot(turn=90.0, lens=92.0),
        Shot(turn=180.0, lens=92.0),
        Shot("Joy", turn=30.0),
        Shot(lens=255.0, place=(0.0, -0.004)),
        Shot(lens=255.0, place=(0.0, -0.004), params={"left_eye": LEFT, "right_eye": LEFT}, iris=BROWN),
        Shot("Eyes Closed", lens=255.0, place=(0.0, -0.004)),
        Shot("aa", lens=300.0, place=(0.0, -0.05)),
    ),
}


def main(model: Path, out: Path, *names: str) -> None:
    """Every picture, or those that are named; one row for the FLAME file, one for the built-in head."""
    scene: Any = make_studio()
    scene.render.resolution_x, scene.render.resolution_y = TILE, TILE
    scene.cycles.samples = SAMPLES
    heads: list[Any] = [character(model), character(api.BUILT_IN)]
    for head in heads:
        head.modifiers.new("Subdivision", "SUBSURF").render_levels = 1
    for name, shots in SHEETS.items():
        if names and name not in names:
            continue
        rows = []
        for head in heads:
            for each in heads:
                for obj in (each, each.flame.mouth):
                    if obj is not None:
                        obj.hide_render = each is not head
            rows.append(np.concatenate([_rendered(scene, head, shot) for shot in shots], 1))
        save_picture(np.concatenate(rows[::-1]), out / f"{name}.jpg")  # a picture's first row is its lowest


def _rendered(scene: bpy.types.Scene, head: Any, shot: Shot) -> np.ndarray:
    api.apply_preset(head, shot.preset)
    still = dict.fromkeys(("left_eye", "right_eye"), (0.0, 0.0, 0.0))
    api.set_params(head, **(shot.params or (still if shot.preset == "Neutral" else {})))
    before = tuple(head.flame.iris_colour)
    head.flame.iris_colour = shot.iris or before
    head.rotation_euler.z = math.radians(shot.turn)
    camera: Any = scene.camera
    camera.data.lens, (camera.location.x, camera.location.z) = shot.lens, shot.place
    with tempfile.TemporaryDirectory() as folder:
        scene.render.filepath = str(Path(folder) / "tile.png")
        bpy.ops.render.render(write_still=True)
        head.flame.iris_colour = before
        return pixels_of(scene.render.filepath)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:])
