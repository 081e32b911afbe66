"""Renders docs/images/random_heads.jpg: files that ``api.sample`` wrote, as Blender's own importers read them.

make samples-picture
"""

from __future__ import annotations

import math
import sys
import tempfile
from pathlib import Path
from typing import Any

import bpy
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

from both_heads import flame_file
from labels import add_label, frame_label
from sheet import beside, rendered, save_picture, stacked
from studio import api, make_studio, new_material

TILE, SAMPLES, TURN = (240, 290), 24, 24.0
KINDS = (("FLAME", ".ply", 3), ("VOCA_TEMPLATE", ".obj", 8))  # kind, ending, seed
N, CLAY = 6, (0.52, 0.40, 0.34, 1.0)


def main(out: Path) -> None:
    """Write the picture: a row for each kind."""
    scene: Any = make_studio()
    scene.render.resolution_x, scene.render.resolution_y = TILE
    scene.cycles.samples = SAMPLES
    scene.camera.data.lens, scene.camera.location.z = 84.0, -0.03
    label, clay = add_label(scene), new_material("Clay", CLAY)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for kind, suffix, seed in KINDS:
            made = api.sample(N, Path(folder) / kind, flame_file(), kind=kind, seed=seed, suffix=suffix)
            print(made.summary())
            rows.append(beside(tile(scene, label, path, clay) for path in made.paths))
    save_picture(stacked(rows), out)


def tile(scene: Any, label: bpy.types.Object, path: Path, clay: bpy.types.Material) -> np.ndarray:
    """One file, with its name beneath it."""
    if path.suffix == ".ply":
        bpy.ops.wm.ply_import(filepath=str(path), up_axis="Y", forward_axis="NEGATIVE_Z")
    else:
        bpy.ops.wm.obj_import(filepath=str(path))
    head: Any = bpy.context.object
    head.data.materials.clear()
    head.data.materials.append(clay)
    head.data.shade_smooth()
    head.modifiers.new("Subdivision", "SUBSURF").render_levels = 1
    head.rotation_mode, (x, y, _) = "XYZ", head.rotation_euler
    head.rotation_euler = x, y, math.radians(TURN)
    frame_label(scene, label, path.name)
    picture = rendered(scene)
    bpy.data.objects.remove(head)
    return picture


if __name__ == "__main__":
    main(Path(sys.argv[-1]).resolve())
