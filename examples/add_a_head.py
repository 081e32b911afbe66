"""Adds a head with a made-up identity, a smile and landmarks, and renders it.

blender -b --python examples/add_a_head.py -- out.png
"""

import sys
from math import radians

import bpy
from bl_ext.user_default.flame_blender import api

bpy.ops.wm.read_homefile(use_empty=True)
scene = bpy.context.scene

head = api.add_head(api.BUILT_IN, landmarks=True)  # a FLAME file's path or an installed model's name does as well
api.randomise(head, seed=7, strength=0.8)
api.set_arkit(head, {"mouthSmileLeft": 0.8, "mouthSmileRight": 0.8, "browInnerUp": 0.3})
api.set_params(head, neck=(0.05, 0.3, 0))  # radians, FLAME's axes

light = bpy.data.objects.new("Key", bpy.data.lights.new("Key", "AREA"))
light.location, light.rotation_euler, light.data.energy = (-0.6, -0.9, 0.6), (radians(60), 0, radians(-35)), 20
camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
camera.location, camera.rotation_euler, camera.data.lens = (0, -0.9, -0.02), (radians(90), 0, 0), 85
for each in (light, camera):
    scene.collection.objects.link(each)
scene.camera = camera

scene.render.engine, scene.cycles.samples = "CYCLES", 8
scene.render.resolution_x = scene.render.resolution_y = 256
scene.render.filepath = sys.argv[-1]
bpy.ops.render.render(write_still=True)
