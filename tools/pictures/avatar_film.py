"""Renders the frames of docs/images/avatar.gif: an avatar that was made of a head with hair says a sentence.

make avatar-film

Visemes come from a made-up sentence, as Rhubarb Lip Sync would have written it; brows and a smile are ARKit's controls
with keys, the neck is keyed, and Add Life has it blink.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from sheet import rendered, save_picture
from studio import api, make_studio
from talking_gif import FPS, LAST, speak

SIZE, SAMPLES, LENS = (200, 240), 24, 92
SPLATS, HAIR = 250_000, 150_000


def main(folder: Path) -> None:
    """Write a picture for each frame."""
    folder.mkdir(parents=True, exist_ok=True)
    scene: Any = make_studio()
    scene.render.fps, scene.frame_start, scene.frame_end = FPS, 1, LAST
    scene.render.resolution_x, scene.render.resolution_y = SIZE
    scene.cycles.samples, scene.cycles.seed = SAMPLES, 1
    scene.camera.data.lens = LENS
    head: Any = api.add_head(model=api.BUILT_IN)
    api.grow_hair(head, scalp="CROP", brows="NATURAL", lashes="LONG", seed=3)
    api.make_avatar(head, count=SPLATS, hair=HAIR)
    speak(head)
    for frame in range(1, LAST + 1):
        scene.frame_set(frame)
        save_picture(rendered(scene), folder / f"{frame:03d}.png")


if __name__ == "__main__":
    main(Path(sys.argv[-1]).resolve())
