"""Run in Blender's background by panels.py: a head of a FLAME file with a texture model's skin, on a body, saved.

blender -b --python family_scene.py -- MODEL BLEND
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import bpy
import numpy as np

sys.path.append(str(Path(__file__).resolve().parent))

from made_up_skin import made_up_texture
from mannequin import add_mannequin
from studio import api

SKIN, TONE = (1.0, 0.6, 0.2, 0.5), (0.42, 0.24, 0.17, 1.0)  # coefficients; RGBA of the body


def main(model: Path, blend: Path) -> None:
    """Make the scene and save it."""
    for obj in list(bpy.data.objects):
        bpy.data.objects.remove(obj)
    head: Any = api.add_head(model)
    api.compute_controls(model)
    api.compute_looks(model)
    texture = blend.with_name("FLAME_texture.npz")
    points = api.landmarks(head, landmark_set="ibug")[-68:]
    np.savez(texture, **made_up_texture(api.model(head), points=points))
    api.set_texture(head, texture, SKIN)
    body, _ = add_mannequin(TONE)
    body.name = "Body"
    body.data.materials[0].diffuse_color = TONE
    print(api.put_on_body(head, body, place="EYE", bone="Head").summary())
    bpy.ops.object.select_all(action="DESELECT")
    head.select_set(True)
    bpy.context.view_layer.objects.active = head
    bpy.ops.wm.save_as_mainfile(filepath=str(blend))


if __name__ == "__main__":
    model, blend = sys.argv[sys.argv.index("--") + 1 :]
    main(Path(model), Path(blend))
