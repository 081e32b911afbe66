"""Light in the skin stays in the skin: lids, which the white eyeball touches, are as the cheek below them."""

from __future__ import annotations

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.shading.pictures import pixels_of

SIDE, WIDTH = 48, 0.03  # pixels and metres of the picture, about the left lower lid
LOWER_LID = (46, 47)  # iBUG


@pytest.mark.newest
def test_light_of_the_eyeball_is_not_in_the_lids(any_model, tmp_path):
    head = api.add_head(any_model)
    head.flame.skin_tone = 1.0
    points = api.landmarks(head)
    scene = bpy.context.scene
    world = scene.world = bpy.data.worlds.new("world")
    if bpy.app.version < (5, 0):
        world.use_nodes = True
    world.node_tree.nodes["Background"].inputs["Color"].default_value = (1, 1, 1, 1)
    camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    camera.data.type, camera.data.ortho_scale, camera.data.clip_start = "ORTHO", WIDTH, 0.01
    middle = points[list(LOWER_LID)].mean(0)
    camera.location, camera.rotation_euler = (middle[0], -middle[2] - 0.1, middle[1] - 0.25 * WIDTH), (np.pi / 2, 0, 0)
    scene.collection.objects.link(camera)
    scene.camera = camera
    scene.render.engine, scene.cycles.samples, scene.cycles.use_denoising = "CYCLES", 64, False
    scene.render.resolution_x = scene.render.resolution_y = SIDE
    scene.view_settings.view_transform = "Raw"
    scene.render.filepath = str(tmp_path / "lid.png")
    bpy.ops.render.render(write_still=True)
    rows = pixels_of(bpy.data.images.load(scene.render.filepath))[::-1, SIDE // 4 : 3 * SIDE // 4, :3].mean(1)
    lid, cheek = rows[13:18].mean(0), rows[-12:].mean(0)
    np.testing.assert_allclose(lid / cheek, 1, atol=0.1)
