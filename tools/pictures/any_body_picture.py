"""Renders docs/images/any_body.jpg: a FLAME file's head on a body that is none of SMPL-X's, whose bones turn.

make any-body-picture
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import bpy
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

from both_heads import character, flame_file
from mannequin import add_mannequin, turn
from sheet import beside, pixels_of, rendered, save_picture
from studio import api, make_studio

materials = importlib.import_module("bl_ext.user_default.flame_blender.head.materials")

TILE, SAMPLES, BLEND = (400, 480), 20, 0.09  # pixels; metres


def main(out: Path) -> None:
    """Write the picture: the mannequin, the head on it, and both turned."""
    scene: Any = make_studio(1.4)
    scene.render.resolution_x, scene.render.resolution_y = TILE
    scene.cycles.samples = SAMPLES
    scene.camera.location, scene.camera.data.lens = (0.0, -2.2, -0.12), 118
    for light in [each for each in scene.objects if each.type == "LIGHT"]:
        light.location.z -= 0.08
    head: Any = character(flame_file())
    head.modifiers.new("Subdivision", "SUBSURF").render_levels = 1
    body, armature = add_mannequin(skin_of_neck(head))
    body.modifiers.new("Subdivision", "SUBSURF").render_levels = 1
    hide(head, True)
    tiles = [rendered(scene)]
    hide(head, False)
    print(api.put_on_body(head, body, place="EYE", bone="Head", blend=BLEND).summary())
    tiles.append(rendered(scene))
    turn(armature, "Chest", (2, 0, 8))
    turn(armature, "Neck", (4, 6, 14))
    turn(armature, "Head", (3, 7, 18))
    bpy.context.view_layer.update()
    api.apply_preset(head, "Smile")
    api.set_params(head, left_eye=(0, -0.42, 0), right_eye=(0, -0.42, 0))
    tiles.append(rendered(scene))
    save_picture(beside(tiles), out)


def hide(head: Any, hidden: bool) -> None:
    """Head and mouth."""
    for each in (head, api.mouth_of(head)):
        each.hide_render = hidden


def skin_of_neck(head: Any) -> tuple[float, ...]:
    """The colour of the painted skin, light, median."""
    model = api.model(head)
    picture = pixels_of(str(materials.skin_of(model).picture))
    height, width = picture.shape[:2]
    display = model.display
    low = model.v_template[model.faces, 1].max(1) < -0.11
    at = display.uv_coords[display.uv_polygons[low][:, :3]].mean(1)
    rows, columns = (at[:, 1] * height).astype(int), (at[:, 0] * width).astype(int)
    srgb = np.median(picture[rows, columns, :3], axis=0)
    light = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    return *light.tolist(), 1.0


if __name__ == "__main__":
    main(Path(sys.argv[-1]).resolve())
