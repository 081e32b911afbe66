"""Renders the picture at the top of the README: four identities of the built-in head, each with an expression.

make portraits
"""

from __future__ import annotations

import sys
from pathlib import Path

import bpy

sys.path.insert(0, str(Path(__file__).resolve().parent))

from studio import api, make_studio

WIDTH, HEIGHT, SAMPLES = 1600, 620, 64
APART = 0.245  # metres
LOOKS = (
    (11, {"mouthSmileLeft": 0.8, "mouthSmileRight": 0.8, "cheekSquintLeft": 0.4, "cheekSquintRight": 0.4}, 0.0),
    (3, {"browInnerUp": 0.8, "eyeWideLeft": 0.5, "eyeWideRight": 0.5}, 0.16),
    (24, {"browDownLeft": 0.8, "browDownRight": 0.8, "mouthPressLeft": 0.5, "mouthPressRight": 0.5}, 0.0),
    (35, {"eyeBlinkLeft": 1.0, "mouthSmileLeft": 0.9, "mouthSmileRight": 0.5}, 0.05),
)


def main(out: Path) -> None:
    """Write the picture to ``out``."""
    scene = make_studio(size=2.5)
    for place, (seed, weights, jaw) in enumerate(LOOKS):
        head = api.add_head()
        head.modifiers.new("Subdivision", "SUBSURF").render_levels = 1
        head.location.x = (place - (len(LOOKS) - 1) / 2) * APART
        api.randomise(head, seed, strength=1.0)
        names = [direction.name for direction in api.model(head).expression_directions]
        turn = 0.12 * (1.5 - place)
        api.set_params(head, expression=[weights.get(name, 0.0) for name in names], jaw=(jaw, 0, 0), neck=(0, turn, 0))
    scene.camera.location, scene.camera.data.lens = (0.0, -1.9, 0.0), 70
    scene.render.resolution_x, scene.render.resolution_y = WIDTH, HEIGHT
    scene.cycles.samples = SAMPLES
    scene.render.filepath = str(out)
    bpy.ops.render.render(write_still=True)


if __name__ == "__main__":
    arguments = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else sys.argv[1:]
    main(Path(arguments[0] if arguments else "out/portraits.png").resolve())
