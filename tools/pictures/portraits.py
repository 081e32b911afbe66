"""Renders the picture at the top of the README: three people of the built-in head and three of a FLAME file.

make portraits
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from both_heads import BUILT_IN, FLAME_FILE, character, models
from labels import add_label, heading
from sheet import beside, rendered, save_picture, stacked
from studio import api, make_studio

WIDTH, HEIGHT, SAMPLES = 1800, 430, 32
STRIP = 44  # pixels
APART, TURN = 0.237, 0.09  # metres and radians from each to the next
PLACE, LENS = (0.0, -1.9, -0.001), 48.5  # metres, mm: of the camera
SMILE = {"mouthSmileLeft": 0.8, "mouthSmileRight": 0.8, "cheekSquintLeft": 0.4, "cheekSquintRight": 0.4}
SURPRISE = {"browInnerUp": 0.8, "eyeWideLeft": 0.5, "eyeWideRight": 0.5}
WINK = {"eyeBlinkLeft": 1.0, "mouthSmileLeft": 0.9, "mouthSmileRight": 0.5}
FROWN = {"browDownLeft": 1.0, "browDownRight": 1.0, "mouthPressLeft": 0.5, "mouthPressRight": 0.5}
LOOKS = (  # from the left: of which head, seed, how far from the mean, movements, jaw (radians)
    (BUILT_IN, 11, 1.0, SMILE, 0.0),
    (BUILT_IN, 3, 1.0, SURPRISE, 0.16),
    (BUILT_IN, 35, 1.0, WINK, 0.05),
    (FLAME_FILE, 4, 0.7, SMILE, 0.0),
    (FLAME_FILE, 6, 0.7, SURPRISE, 0.14),
    (FLAME_FILE, 3, 0.7, FROWN, 0.0),
)


def main(out: Path) -> None:
    """Write the picture to ``out``."""
    scene, known = make_studio(size=2.5), models()
    for place, (name, seed, strength, weights, jaw) in enumerate(LOOKS):
        head, middle = character(known[name]), (len(LOOKS) - 1) / 2
        head.modifiers.new("Subdivision", "SUBSURF").render_levels = 1
        head.location.x = (place - middle) * APART
        api.randomise(head, seed, strength)
        turned = TURN * (middle - place)
        api.set_arkit(head, weights)
        api.set_params(head, jaw=(jaw, 0, 0), neck=(0, turned, 0))
    scene.camera.location, scene.camera.data.lens = PLACE, LENS
    scene.render.resolution_x, scene.render.resolution_y = WIDTH, HEIGHT
    scene.cycles.samples = SAMPLES
    picture, label = rendered(scene), add_label(scene)
    said = beside(heading(scene, label, name, WIDTH // 2, STRIP) for name in known)
    save_picture(stacked([picture, said]), out)


if __name__ == "__main__":
    main(Path(sys.argv[-1]).resolve())
