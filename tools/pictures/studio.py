"""What the example scripts share: the installed add-on's API, and a photographer's studio."""

from __future__ import annotations

import importlib
import math

import bpy

CLAY = (0.45, 0.45, 0.47, 1)  # RGBA of scans

api = importlib.import_module("bl_ext.user_default.flame_blender.api")


def make_studio(size: float = 1.0) -> bpy.types.Scene:
    """An empty scene with a dark world, three soft lights and a portrait camera, rendered by Cycles.

    ``size`` moves the lights away, for more than one head; they are made as much brighter.
    """
    bpy.ops.wm.read_homefile(use_empty=True)
    scene = bpy.context.scene
    scene.world = bpy.data.worlds.new("Studio")
    if bpy.app.version < (5, 0):  # always on since
        scene.world.use_nodes = True
    scene.world.node_tree.nodes["Background"].inputs["Color"].default_value = (0.045, 0.05, 0.06, 1)
    add_light("Key", (-0.8, -1.0, 0.6), 26, 0.4, size)
    add_light("Fill", (0.5, -1.2, -0.25), 7, 0.6, size).visible_glossy = False  # or eyes show it before the pupil
    add_light("Rim", (0.6, 0.9, 0.6), 26, 0.4, size)
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    scene.collection.objects.link(camera)
    camera.location, camera.rotation_euler = (0.0, -0.84, -0.025), (math.pi / 2, 0, 0)
    camera.data.lens = 85
    scene.camera = camera
    scene.render.engine = "CYCLES"
    scene.cycles.use_denoising, scene.cycles.denoising_input_passes = True, "RGB"
    scene.cycles.denoising_prefilter = "NONE"
    scene.render.use_persistent_data = True
    scene.view_settings.look = "AgX - Medium High Contrast"
    return scene


def new_material(name: str, colour: tuple[float, ...] = (), glow: float = 0.0) -> bpy.types.Material:
    """A material with nodes in every version of Blender; of ``colour`` (RGBA), which it also gives off by ``glow``."""
    made = bpy.data.materials.new(name)
    if bpy.app.version < (5, 0):  # always on since
        made.use_nodes = True
    if colour:
        shader = next(node for node in made.node_tree.nodes if node.type == "BSDF_PRINCIPLED")
        shader.inputs["Base Color"].default_value = shader.inputs["Emission Color"].default_value = colour
        shader.inputs["Emission Strength"].default_value = glow
    return made


def add_light(
    name: str, place: tuple[float, float, float], watts: float, width: float, size: float
) -> bpy.types.Object:
    """An area light that looks at the origin."""
    data = bpy.data.lights.new(name, "AREA")
    data.energy, data.size = watts * size**2, width * size
    light = bpy.data.objects.new(name, data)
    bpy.context.scene.collection.objects.link(light)
    light.location = [size * part for part in place]
    light.rotation_euler = (-light.location).to_track_quat("-Z", "Y").to_euler()
    return light
