"""The picture of a portrait: somebody whom the built-in head cannot show, fitted with it by 51 landmarks.

Needs ../shared, whose full-size file has FLAME 2023 Open's identities; without it there is no such person.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import bpy
import numpy as np
from both_heads import RELEASED, flame_file
from bpy_extras.object_utils import world_to_camera_view
from mathutils import Vector
from studio import api

SEED, NOISE = 5, 0.01  # of the person; of the face's height, the landmarks'
LENS = 85.0  # mm
STATIC_51 = np.arange(17, 68)


def person() -> bpy.types.Object | None:
    """A head of the full-size file, who looks aside and smiles a little; None without ../shared."""
    if not RELEASED:
        return None
    head, rng = api.add_head(flame_file()), np.random.default_rng(SEED)
    shape, expression = rng.standard_normal(60), 0.7 * rng.standard_normal(40)
    api.set_params(head, shape=shape, expression=expression, global_rotation=(0.05, 0.35, -0.04))
    return head


def take_portrait(scene: bpy.types.Scene, size: int) -> tuple[bpy.types.Object, Path, np.ndarray] | None:
    """The person, a photo of ``size`` pixels, and (51, 2) landmarks off by a hundredth of the face's height."""
    folder = Path(tempfile.mkdtemp())
    head = person()
    if head is None:
        return None
    scene.render.resolution_x = scene.render.resolution_y = size
    scene.camera.location, scene.camera.data.lens = (0, -0.8, 0), LENS
    scene.render.filepath = str(folder / "portrait.png")
    bpy.ops.render.render(write_still=True)
    views = [world_to_camera_view(scene, scene.camera, Vector(each)) for each in api.landmarks(head, space="world")]
    pixels = np.array([(view.x, 1 - view.y) for view in views]) * size
    height = np.linalg.norm(pixels[17:27].mean(0) - pixels[8])
    noise = np.random.default_rng(SEED).normal(size=(51, 2)) * NOISE * height
    return head, Path(scene.render.filepath), pixels[STATIC_51] + noise
