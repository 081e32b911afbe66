"""Renders a head and the Gaussian avatar that is made of it in the same faces, for README.md and docs/avatars.md.

make avatar-picture
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from sheet import beside, rendered, save_picture, stacked
from studio import api, make_studio

TILE, SAMPLES, SPLATS = 300, 48, 400_000
FACES = ("Neutral", "Joy", "Surprise", "Anger")


def main(out: Path) -> None:
    """The mesh above, the avatar below."""
    scene: Any = make_studio()
    scene.render.resolution_x, scene.render.resolution_y, scene.cycles.samples = TILE, int(1.2 * TILE), SAMPLES
    head: Any = api.add_head(model=api.BUILT_IN)
    api.make_avatar(head, count=SPLATS)
    rows = []
    for shown in ("HEAD", "AVATAR"):
        head.flame_avatars.shown = shown
        tiles = []
        for face in FACES:
            api.apply_preset(head, face)
            tiles.append(rendered(scene))
        rows.append(beside(tiles))
    save_picture(stacked(rows), out)


if __name__ == "__main__":
    main(Path(sys.argv[sys.argv.index("--") + 1 if "--" in sys.argv else 1]))
