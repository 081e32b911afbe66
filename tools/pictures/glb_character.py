"""Exports a FLAME file's head with all that makes it a character as GLB, a face in each of some frames.

make glb-picture (glb_reader.py then draws it without Blender)
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import bpy

sys.path.insert(0, str(Path(__file__).resolve().parent))

from studio import api

FACES = ("Neutral", "Smile", "Surprise", "Eyes Closed", "aa")  # a second each


def main(model: Path, out: Path) -> None:
    """Write ``out``, a .glb whose frames at whole seconds show :data:`FACES`."""
    head: Any = api.add_head(model=str(model))
    api.apply_preset(head, FACES[0])
    api.add_mouth(head)
    scene = bpy.context.scene
    fps = scene.render.fps
    for second, preset in enumerate(FACES):
        api.apply_preset(head, preset, frame=1 + second * fps)
    scene.frame_start, scene.frame_end = 1, 1 + (len(FACES) - 1) * fps
    api.export_scene(head, out)
    print(f"glb-picture: wrote {out}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
