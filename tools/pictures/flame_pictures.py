"""Renders a FLAME file's head beside the built-in one: whole, the eyes close, read back from a GLB; people and joints.

make flame-pictures
"""

from __future__ import annotations

import math
import sys
import tempfile
from pathlib import Path

import bpy
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

from both_heads import FLAME_FILE, models
from labels import add_label, frame_label
from sheet import beside, rendered, save_picture, stacked
from studio import api, make_studio

SAMPLES = 10
# lens (mm), height of the camera (metres), turn (degrees), width and height of the tile
WHOLE, EYES = (82.0, -0.03, 25.0, 440, 470), (270.0, 0.023, 0.0, 440, 220)
FRAME = 10
SHEET = (82.0, -0.03, 20.0, 260, 300)
PEOPLE = range(1, 7)
MOVED: dict[str, dict] = {  # label -> parameters, degrees, of the person below
    "jaw 15°": {"jaw": (15, 0, 0)},
    "jaw 28°": {"jaw": (28, 0, 0)},
    "neck y +40°": {"neck": (0, 40, 0)},
    "neck x -30°": {"neck": (-30, 0, 0)},
    "eyes y +25°": {"left_eye": (0, 25, 0), "right_eye": (0, 25, 0)},
    "root z +20°": {"global_rotation": (0, 0, 20)},
}


def main(out: Path) -> None:
    """Write the pictures into the folder ``out``."""
    scene = make_studio()
    scene.cycles.samples = SAMPLES
    heads = {name: api.add_head(model) for name, model in models().items()}
    label = add_label(scene)
    rows = [_row(scene, label, heads, view) for view in (WHOLE, EYES)]
    save_picture(stacked(rows), out / "flame_beside_built_in.jpg")
    save_picture(_sheet(scene, label, heads), out / "flame_people.jpg")
    for name, head in heads.items():
        _animate(head)
        heads[name] = _read_back(scene, head)
    scene.frame_set(FRAME)
    save_picture(_row(scene, label, heads, WHOLE, ", from GLB"), out / "flame_glb.jpg")
    print(f"flame-pictures: wrote flame_beside_built_in.jpg, flame_people.jpg and flame_glb.jpg into {out}")


def _sheet(scene: bpy.types.Scene, label, heads: dict) -> np.ndarray:
    """The FLAME file's head as six people with expressions above, its joints turned below."""
    head = heads[FLAME_FILE]
    rows = []
    for kind in ("people", "joints"):
        tiles = []
        for person, (name, joints) in zip(PEOPLE, MOVED.items(), strict=True):
            expression = np.random.default_rng(person).standard_normal(40) if kind == "people" else np.zeros(40)
            api.randomise(head, person if kind == "people" else PEOPLE[1], 0.8)
            turned = {} if kind == "people" else {joint: np.radians(angles) for joint, angles in joints.items()}
            api.set_params(head, expression=expression, **turned)
            tiles.append(_row(scene, label, {f"person {person}" if kind == "people" else name: head}, SHEET))
            api.set_params(head, **dict.fromkeys(turned, (0, 0, 0)))
        rows.append(beside(tiles))
    api.set_params(head, shape=(), expression=())
    return stacked(rows)


def _row(scene: bpy.types.Scene, label, heads: dict, view: tuple, said: str = "") -> np.ndarray:
    """One tile for each head; those turned from the front are named."""
    lens, height, turn, *size = view
    scene.render.resolution_x, scene.render.resolution_y = size
    scene.camera.data.lens, scene.camera.location.z = lens, height
    tiles = []
    for name, head in heads.items():
        for each in heads.values():
            each.hide_render = each != head
        if "Subdivision" not in head.modifiers:
            head.modifiers.new("Subdivision", "SUBSURF").render_levels = 1
        stands = head.parent or head
        stands.rotation_mode = "XYZ"
        stands.rotation_euler.z = math.radians(turn)
        frame_label(scene, label, name + said if turn else "")
        tiles.append(rendered(scene))
    return beside(tiles)


def _animate(head: bpy.types.Object) -> None:
    """Key a turn of jaw and eyes."""
    for frame, share in ((1, 0.0), (FRAME, 1.0)):
        eyes = (0.1 * share, 0.4 * share, 0)
        api.set_params(head, jaw=(0.25 * share, 0, 0), left_eye=eyes, right_eye=eyes)
        api.keyframe(head, frame)


def _read_back(scene: bpy.types.Scene, head: bpy.types.Object) -> bpy.types.Object:
    """The skin that Blender's own importer makes of the head's GLB; the head itself is removed."""
    scene.frame_start, scene.frame_end = 1, FRAME
    before = set(scene.objects)
    with tempfile.TemporaryDirectory() as folder:
        head.modifiers.remove(head.modifiers["Subdivision"])
        api.export_scene(head, Path(folder) / "head.glb")
        bpy.data.objects.remove(head)
        bpy.ops.import_scene.gltf(filepath=str(Path(folder) / "head.glb"))
    return next(each for each in set(scene.objects) - before if each.type == "MESH" and each.data.shape_keys)


if __name__ == "__main__":
    main(Path(sys.argv[-1]))
