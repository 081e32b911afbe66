"""Renders a head with grown hair and the Gaussian avatar that is made of it, side by side, for docs/avatars.md.

make avatar-hair-picture
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from sheet import beside, rendered, save_picture
from studio import api, make_studio

TILE, SAMPLES, SPLATS, HAIR = 300, 48, 300_000, 400_000
TURN = 0.45  # radians: a little from the side


def main(out: Path) -> None:
    """The mesh with its curves, then the avatar."""
    scene: Any = make_studio()
    scene.render.resolution_x, scene.render.resolution_y, scene.cycles.samples = TILE, int(1.25 * TILE), SAMPLES
    head: Any = api.add_head(model=api.BUILT_IN)
    api.grow_hair(head, scalp="CROP", brows="NATURAL", lashes="LONG", seed=3)
    head.rotation_euler.z = TURN
    api.make_avatar(head, count=SPLATS, hair=HAIR)
    tiles = []
    for shown in ("HEAD", "AVATAR"):
        head.flame_avatars.shown = shown
        tiles.append(rendered(scene))
    save_picture(beside(tiles), out)


if __name__ == "__main__":
    main(Path(sys.argv[sys.argv.index("--") + 1 if "--" in sys.argv else 1]))
