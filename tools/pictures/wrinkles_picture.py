"""Renders both heads with faces that fold the skin, without and with Wrinkles, for docs/character.md.

make wrinkles-picture
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from both_heads import character, models
from sheet import beside, rendered, save_picture, stacked
from studio import api, make_studio

TILE, SAMPLES = 340, 32
FACES = (
    {"browInnerUp": 1.0, "browOuterUpLeft": 1.0, "browOuterUpRight": 1.0},
    {
        "browDownLeft": 1.0,
        "browDownRight": 1.0,
        "noseSneerLeft": 1.0,
        "noseSneerRight": 1.0,
        "mouthFrownLeft": 0.7,
        "mouthFrownRight": 0.7,
    },
    {"mouthSmileLeft": 1.0, "mouthSmileRight": 1.0, "cheekSquintLeft": 1.0, "cheekSquintRight": 1.0},
)


def main(out: Path) -> None:
    """A row for each head: each face smooth, then folded; the skin is 35 years old."""
    rows = []
    for model in models().values():
        scene: Any = make_studio()
        scene.render.resolution_x = scene.render.resolution_y = TILE
        scene.cycles.samples = SAMPLES
        scene.camera.location = (0.0, -0.56, 0.018)
        head: Any = character(model)
        head.modifiers.new("Subdivision", "SUBSURF").render_levels = 1
        head.flame.skin_age = 35
        tiles = []
        for face in FACES:
            api.set_arkit(head, face)
            for wrinkles in (0.0, 1.0):
                head.flame.wrinkles = wrinkles
                tiles.append(rendered(scene))
        rows.append(beside(tiles))
    save_picture(stacked(rows), out)


if __name__ == "__main__":
    main(Path(sys.argv[sys.argv.index("--") + 1 if "--" in sys.argv else 1]))
