"""Renders lids and corners of the mouth of a FLAME file's head at 700 px: no triangle of them turns over.

make lids-picture
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import bpy

sys.path.insert(0, str(Path(__file__).resolve().parent))

from both_heads import FLAME_FILE, character, models
from labels import add_label, frame_label
from sheet import beside, rendered, save_picture, stacked
from studio import api, make_studio

SIDE = 700  # pixels
SAMPLES = 24
LENS, HEIGHT = 190, -0.01  # mm, metres
BOTH = ("Left", "Right")
FACES: tuple[tuple[str, dict[str, float]], ...] = (
    ("blink", {f"eyeBlink{side}": 1.0 for side in BOTH}),
    ("wink and smile", {"eyeBlinkLeft": 1.0, "cheekSquintLeft": 0.5} | {f"mouthSmile{side}": 1.0 for side in BOTH}),
    ("jaw open, mouth stretched", {"jawOpen": 0.8} | {f"mouthStretch{side}": 1.0 for side in BOTH}),
    ("eyes wide, mouth frowning", {f"{name}{side}": 1.0 for name in ("eyeWide", "mouthFrown") for side in BOTH}),
)


def main(out: Path) -> None:
    """Write the picture."""
    scene: Any = make_studio()
    scene.render.resolution_x = scene.render.resolution_y = SIDE
    scene.camera.data.lens, scene.camera.location.z = LENS, HEIGHT
    scene.cycles.samples = SAMPLES
    label, head = add_label(scene), character(models()[FLAME_FILE])
    tiles = []
    for name, scores in FACES:
        api.set_arkit(head, scores)
        frame_label(scene, label, name)
        tiles.append(rendered(scene))
    save_picture(stacked([beside(tiles[:2]), beside(tiles[2:])]), out)
    print(f"lids: wrote {out} in Blender {bpy.app.version_string}", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
