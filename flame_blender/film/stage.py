"""The film's scene: camera framed on what is filmed, light, engine."""

from __future__ import annotations

import math
from typing import Any

import bpy
import mathutils
import numpy as np

from ..blender_pointers import there
from ..errors import FlameError
from ..shading.material_nodes import new_material, principled
from .still import view_by

NAME = "FLAME Film"
AUTO, CYCLES, EEVEE = "AUTO", "CYCLES", "EEVEE"
ENGINES = {CYCLES: ("CYCLES",), EEVEE: ("BLENDER_EEVEE_NEXT", "BLENDER_EEVEE")}  # as Blenders call them
LENS, SENSOR = 85.0, 36.0  # millimetres
ROOM = 1.12  # around what is filmed
LOOKED_AT = 5  # frames, to frame the camera
BACKGROUND = (0.80, 0.82, 0.85, 1.0)
CLAY = (0.62, 0.60, 0.58, 1.0)
# direction in the head's axes (Blender's usual: -Y out of the face), strength of the sun, and its width in degrees
LIGHTS = (((-0.7, -0.8, 0.8), 2.0, 12.0), ((0.9, -0.8, 0.1), 0.5, 30.0))


def new_scene(size: tuple[int, int], fps: float, engine: str, samples: int) -> bpy.types.Scene:
    """An empty scene that renders at ``fps``. Raises FlameError where this Blender lacks the engine."""
    scene: Any = bpy.data.scenes.new(NAME)
    scene.render.resolution_x, scene.render.resolution_y = size
    scene.render.resolution_percentage = 100
    scene.render.fps = round(fps) or 1
    scene.render.fps_base = scene.render.fps / fps
    scene.render.use_lock_interface = True
    scene.render.use_persistent_data = True
    view_by(scene, "Standard")
    _choose_engine(scene, engine)
    if scene.render.engine == "CYCLES":
        scene.cycles.samples = samples
        scene.cycles.use_denoising = _has_denoiser(scene)
    elif hasattr(scene, "eevee"):
        scene.eevee.taa_render_samples = samples
    world: Any = bpy.data.worlds.new(NAME)
    scene.world = world
    if bpy.app.version < (5, 0):  # always on since
        world.use_nodes = True
    shader = next(node for node in world.node_tree.nodes if node.type == "BACKGROUND")
    shader.inputs["Color"].default_value = BACKGROUND
    shader.inputs["Strength"].default_value = 0.5
    return scene


def _choose_engine(scene: Any, engine: str) -> None:
    """AUTO is Cycles where there may be no graphics, as without a window."""
    wanted = (CYCLES if bpy.app.background else EEVEE) if engine == AUTO else engine
    for name in ENGINES[wanted]:
        try:
            scene.render.engine = name
        except TypeError:  # an engine that this Blender does not have
            continue
        return
    raise FlameError(f"engine: this Blender has no {wanted.title()}; enable its add-on, or choose the other.")


def _has_denoiser(scene: Any) -> bool:
    """Whether this Blender was built with Open Image Denoise."""
    try:
        scene.cycles.denoiser = "OPENIMAGEDENOISE"
    except TypeError:
        return False
    return True


def light(scene: bpy.types.Scene, objects: list[bpy.types.Object], place: np.ndarray) -> None:
    """Suns before the face, and clay on what has no material."""
    place_of = mathutils.Matrix(place.tolist()).to_quaternion()
    for direction, strength, width in LIGHTS:
        data: Any = bpy.data.lights.new(NAME, "SUN")
        data.energy, data.angle = strength, math.radians(width)
        lamp = bpy.data.objects.new(NAME, data)
        scene.collection.objects.link(lamp)
        lamp.rotation_euler = (place_of @ mathutils.Vector(direction)).to_track_quat("Z", "Y").to_euler()
    for obj in objects:
        mesh: Any = obj.data
        if not any(mesh.materials):
            clay = new_material(NAME)
            principled(clay).inputs["Base Color"].default_value = CLAY
            mesh.materials.append(clay)


def add_camera(scene: bpy.types.Scene, objects: list[bpy.types.Object], place: np.ndarray, frames: range) -> None:
    """A portrait camera in front of the face that sees all of ``objects`` in every one of the ``frames``."""
    axes = np.linalg.qr(place[:3, :3])[0]
    axes *= np.sign(np.diag(axes.T @ place[:3, :3]))  # the head's own, without its scale
    right, back, up = axes[:, 0], axes[:, 1], axes[:, 2]
    points = _seen(scene, objects, frames) @ np.stack([right, back, up], 1)
    low, high = points.min(0), points.max(0)
    middle, half = (low + high) / 2, (high - low) / 2
    width, height = scene.render.resolution_x, scene.render.resolution_y
    reach = np.array([width, height]) / max(width, height) * (SENSOR / 2 / LENS)
    away = ROOM * max(half[0] / reach[0], half[2] / reach[1]) + half[1]
    data = bpy.data.cameras.new(NAME)
    data.lens, data.sensor_width = LENS, SENSOR
    data.clip_start, data.clip_end = float(max(away / 1000, 1e-6)), float(away * 10 + 1)
    camera = bpy.data.objects.new(NAME, data)
    scene.collection.objects.link(camera)
    matrix = np.eye(4)
    matrix[:3, :3] = np.stack([right, up, -back], 1)
    matrix[:3, 3] = np.stack([right, back, up], 1) @ (middle - [0, away, 0])
    camera.matrix_world = mathutils.Matrix(matrix.tolist())
    scene.camera = camera


def _seen(scene: bpy.types.Scene, objects: list[bpy.types.Object], frames: range) -> np.ndarray:
    """(n, 3) places of vertices in the world, over some of the frames."""
    found = []
    for frame in np.unique(np.linspace(frames[0], frames[-1], LOOKED_AT).round().astype(int)).tolist():
        scene.frame_set(frame)
        graph = there(scene.view_layers[0].depsgraph, "a dependency graph")
        for obj in objects:
            evaluated: Any = obj.evaluated_get(graph)
            positions = np.empty((len(evaluated.data.vertices), 3), np.float32)
            evaluated.data.vertices.foreach_get("co", positions.ravel())
            matrix = np.array(evaluated.matrix_world, np.float64)
            found.append(positions @ matrix[:3, :3].T + matrix[:3, 3])
    return np.concatenate(found)
