"""Renders heads with random skins of a made-up texture model, for docs/skin.md.

make skin-picture

The texture model is made up (made_up_skin.py) and written as FLAME_texture.npz is.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

from made_up_skin import made_up_texture
from sheet import beside, rendered, save_picture
from studio import api, make_studio

TILE, SAMPLES = 300, 24
SEEDS = (None, 44, 18, 34, 30)  # None is the mean


def main(out: Path) -> None:
    """One row: the mean, and random skins on random heads."""
    scene: Any = make_studio()
    scene.render.resolution_x, scene.render.resolution_y, scene.cycles.samples = TILE, int(1.2 * TILE), SAMPLES
    head: Any = api.add_head(model=api.BUILT_IN)
    head.modifiers.new("Subdivision", "SUBSURF").render_levels = 1
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made_up_texture.npz"
        arrays: dict[str, Any] = made_up_texture(api.model(head))
        np.savez(path, **arrays)
        tiles = []
        for seed in SEEDS:
            api.set_texture(head, path, ())
            if seed is not None:
                api.randomise(head, seed, groups=["texture"])
                api.randomise(head, seed, 0.7)
            tiles.append(rendered(scene))
        save_picture(beside(tiles), out)


if __name__ == "__main__":
    main(Path(sys.argv[sys.argv.index("--") + 1 if "--" in sys.argv else 1]))
