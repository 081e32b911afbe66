"""Renders a FLAME file's head on a made-up body of SMPL-X's topology: the body's own head, the FLAME head, both posed.

make body-picture
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import bpy

sys.path.insert(0, str(Path(__file__).resolve().parent))

from both_heads import flame_file
from sheet import beside, rendered, save_picture
from studio import api, make_studio, new_material

from flame_blender.model_files.loading import load_model
from tests.blender.made_bodies import add_body

TILE, SAMPLES = (400, 480), 32
SKIN = (0.50, 0.29, 0.22, 1.0)
POSE = {"spine2": (0.05, 0.0, 0.1), "spine3": (0.05, 0.05, 0.1), "neck": (0.1, 0.1, 0.25), "head": (0.1, 0.15, 0.35)}


def main(out: Path) -> None:
    """Write the picture: three views of one body."""
    scene: Any = make_studio(1.6)
    scene.render.resolution_x, scene.render.resolution_y = TILE
    scene.cycles.samples = SAMPLES
    scene.camera.location, scene.camera.data.lens = (0.0, -2.4, 0.36), 125
    stand = bpy.data.objects.new("Lights", None)
    scene.collection.objects.link(stand)
    for light in [each for each in scene.objects if each.type == "LIGHT"]:
        light.parent = stand
    stand.location.z = 0.4
    path = flame_file()
    body = add_body(load_model(path))
    skin: Any = body.mesh.data
    skin.materials.append(new_material("Body", SKIN))
    tiles = [rendered(scene)]
    head: Any = api.add_head(path)
    model = head.flame.model_name
    api.compute_controls(model)
    api.compute_looks(model)
    print(api.put_on_body(head, body.mesh, vertex_ids=body.like.ids, blend=0.09).summary())
    tiles.append(rendered(scene))
    body.pose(**POSE)
    api.apply_preset(head, "Smile")
    tiles.append(rendered(scene))
    save_picture(beside(tiles), out)
    print(f"body_picture: wrote {out}")


if __name__ == "__main__":
    main(Path(sys.argv[-1]))
