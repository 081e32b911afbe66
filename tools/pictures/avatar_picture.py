"""Renders heads and the Gaussian avatars that are made of them in the same faces, for README.md and docs/avatars.md.

The built-in head's picture is avatar.jpg, that of a FLAME file's head flame_avatar.jpg.

make avatar-picture
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import bpy

sys.path.insert(0, str(Path(__file__).resolve().parent))

from both_heads import BUILT_IN, FLAME_FILE, character, models
from sheet import beside, rendered, save_picture, stacked
from studio import api, make_studio

TILE, SAMPLES, SPLATS = 300, 48, 400_000
FACES = ("Neutral", "Joy", "Surprise", "Anger")


NAMES = {BUILT_IN: "avatar.jpg", FLAME_FILE: "flame_avatar.jpg"}


def main(folder: Path) -> None:
    """Of each head the mesh above, the avatar below."""
    scene: Any = make_studio()
    scene.render.resolution_x, scene.render.resolution_y, scene.cycles.samples = TILE, int(1.2 * TILE), SAMPLES
    for name, model in models().items():
        head: Any = character(model)
        api.make_avatar(head, count=SPLATS)
        rows = []
        for shown in ("HEAD", "AVATAR"):
            head.flame_avatars.shown = shown
            tiles = []
            for face in FACES:
                api.apply_preset(head, face)
                tiles.append(rendered(scene))
            rows.append(beside(tiles))
        save_picture(stacked(rows), folder / NAMES[name])
        bpy.data.batch_remove([head, *head.children_recursive])


if __name__ == "__main__":
    main(Path(sys.argv[sys.argv.index("--") + 1 if "--" in sys.argv else 1]))
