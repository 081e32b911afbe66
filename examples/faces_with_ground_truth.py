"""Renders random faces with what a network learns from: pixels of landmarks, their visibility, and the parameters.

blender -b --python examples/faces_with_ground_truth.py -- out 10
"""

import sys
from math import radians
from pathlib import Path

import bpy
import numpy as np
from bl_ext.user_default.flame_blender import api

out, count = Path(sys.argv[-2]), int(sys.argv[-1])
bpy.ops.wm.read_homefile(use_empty=True)
scene = bpy.context.scene
camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
camera.location, camera.rotation_euler, camera.data.lens = (0, -0.9, -0.02), (radians(90), 0, 0), 85
sun = bpy.data.objects.new("Sun", bpy.data.lights.new("Sun", "SUN"))
for each in (camera, sun):
    scene.collection.objects.link(each)
scene.camera = camera
scene.render.engine, scene.cycles.samples = "CYCLES", 8
scene.render.resolution_x = scene.render.resolution_y = 256

head = api.add_head(api.BUILT_IN)
for number in range(count):
    rng = np.random.default_rng(number)  # the same number gives the same picture
    api.randomise(head, seed=number, groups=("identity", "expression"))
    api.set_params(head, neck=rng.normal(0, (0.1, 0.3, 0.05)), jaw=(abs(rng.normal(0, 0.1)), 0, 0))
    sun.rotation_euler = (radians(60), 0, rng.uniform(-1, 1))
    scene.render.filepath = str(out / f"{number:05d}.png")
    bpy.ops.render.render(write_still=True)
    api.export_landmarks(head, out / f"{number:05d}_landmarks.json")
    api.export_parameters(head, out / f"{number:05d}_parameters.npz")
