"""A small picture of a head's face: rendered by Cycles in a scene of its own, which goes again."""

from __future__ import annotations

import logging
import math
import tempfile
from pathlib import Path
from typing import Any

import bpy
import mathutils
import numpy as np

from ..errors import FlameError
from ..film.own_data import own_data
from ..film.stage import CYCLES, light, new_scene
from ..film.still import refused, render_still
from ..flame.model import JOINT_NAMES
from ..geometry.rotations import matrix_from_axis_angle
from ..head import parameters
from ..head.mouth import mouth_object
from ..mesh_looks import detail_mesh
from ..saved_faces.face_folder import is_picture
from ..shading import pictures

SIZE, SAMPLES = 128, 24
NAME = "FLAME Face"
LENS, SENSOR = 100.0, 36.0  # millimetres
TURNED = 0.15  # radians, of the camera to the side, which tells depth
# in distances of the eyes: how far below them the middle of the picture lies, and half its height
BELOW, HALF = 0.58, 1.25
MOST_PIXELS = 1 << 20

log = logging.getLogger(__name__)


def render_face(obj: bpy.types.Object, size: int = SIZE) -> bytes:
    """A PNG (size, size) of what the head shows, its neck's and its own rotation taken out; sees through behind it.

    Raises FlameError where this Blender has no Cycles, or the picture cannot be rendered.
    """
    with own_data() as own, tempfile.TemporaryDirectory(prefix="flame-face-") as folder:
        path = Path(folder) / "face.png"
        scene: Any = new_scene((size, size), 24.0, CYCLES, SAMPLES)
        place = skull_place(obj)
        objects = [_still(each, scene) for each in _seen(obj)]
        light(scene, objects, place)
        add_face_camera(scene, place, eye_distance(obj))
        scene.render.film_transparent, scene.render.use_persistent_data = True, False
        scene.render.image_settings.file_format, scene.render.image_settings.color_mode = "PNG", "RGBA"
        render_still(scene, path)
        own.collect()  # with Blender's own image of the render, where there was none
        return path.read_bytes()


def rendered(obj: bpy.types.Object) -> bytes | None:
    """The same; None where this Blender cannot render it, which keeps no face from being saved."""
    try:
        return render_face(obj)
    except FlameError as error:
        log.warning(error)
        return None


def small_png(path: Path | None) -> bytes | None:
    """A small PNG's bytes; None where there is none at the path."""
    if path is None or not is_picture(path):
        return None
    try:
        return path.read_bytes()
    except OSError:
        return None


def pixels_of(png: bytes) -> np.ndarray | None:
    """(H, W, 4) float32 of a PNG, rows up, as they are stored; None for what Blender does not read, or a large one."""
    with tempfile.TemporaryDirectory(prefix="flame-face-") as folder:
        path = Path(folder) / "face.png"
        path.write_bytes(png)
        try:
            image = bpy.data.images.load(str(path))
        except RuntimeError:
            return None
        try:
            width, height = pictures.size_of(image)
            return pictures.pixels_of(image) if 0 < width * height <= MOST_PIXELS else None
        finally:
            bpy.data.images.remove(image)


def png_of(pixels: np.ndarray) -> bytes:
    """A PNG of (H, W, 4) float32, rows up. Raises WriteError."""
    height, width, _ = pixels.shape
    with tempfile.TemporaryDirectory(prefix="flame-face-") as folder:
        path = Path(folder) / "face.png"
        image: Any = bpy.data.images.new(NAME, width, height, alpha=True)
        try:
            image.pixels.foreach_set(np.ascontiguousarray(pixels, np.float32).ravel())
            image.filepath_raw, image.file_format = str(path), "PNG"
            with refused(path):
                image.save()
            return path.read_bytes()
        finally:
            bpy.data.images.remove(image)


def skull_place(obj: bpy.types.Object) -> np.ndarray:
    """(4, 4) float64: where the skull stands in the world: X to its left, Y back, Z up, the middle of the eyes at 0.

    Blender's usual axes of a head. Without scale; neck and the head's own rotation are in it.
    """
    params = parameters.get_params(obj)
    left, right = _eyes(obj)
    turn = matrix_from_axis_angle(params.global_rotation) @ matrix_from_axis_angle(params.neck)
    middle = (left + right) / 2
    left_way, back, up = turn[:, 0], -turn[:, 2], turn[:, 1]
    ends = parameters.to_world(obj, np.stack([middle, middle + left_way, middle + back, middle + up]))
    axes = (ends[1:] - ends[0]).astype(np.float64).T
    place = np.eye(4)
    place[:3, :3], place[:3, 3] = axes / np.linalg.norm(axes, axis=0), ends[0]
    return place


def eye_distance(obj: bpy.types.Object) -> float:
    """Between the middles of the eyes, in the world's units."""
    left, right = parameters.to_world(obj, np.stack(_eyes(obj)))
    return float(np.linalg.norm(left - right))


def add_face_camera(
    scene: bpy.types.Scene, place: np.ndarray, between_eyes: float, below: float = BELOW, half: float = HALF
) -> bpy.types.Object:
    """A camera in front of a face that sees brows to chin, a little from the side.

    ``below`` the eyes lies the middle of its picture, whose half height is ``half``, in distances of the eyes.
    """
    data = bpy.data.cameras.new(NAME)
    data.lens, data.sensor_width = LENS, SENSOR
    away = half * between_eyes / (SENSOR / 2 / LENS)
    data.clip_start, data.clip_end = away / 100, away * 10
    camera = bpy.data.objects.new(NAME, data)
    turn = mathutils.Matrix.Rotation(TURNED, 4, "Z") @ mathutils.Matrix.Translation((0, -away, -below * between_eyes))
    camera.matrix_world = mathutils.Matrix(place.tolist()) @ turn @ mathutils.Matrix.Rotation(math.pi / 2, 4, "X")
    scene.collection.objects.link(camera)
    scene.camera = camera
    return camera


def _eyes(obj: bpy.types.Object) -> tuple[np.ndarray, np.ndarray]:
    """(3,) each, FLAME's axes."""
    evaluator = parameters.require_evaluator(parameters.require_head(obj))
    joints = evaluator.joints(parameters.get_params(obj))
    return joints[JOINT_NAMES.index("left_eye")], joints[JOINT_NAMES.index("right_eye")]


def _seen(obj: bpy.types.Object) -> list[bpy.types.Object]:
    """The head, or the detail meshes that stand for it, and its mouth."""
    details = detail_mesh.details_of(obj)
    mouth = mouth_object.shown(obj)
    return [*(details or [obj]), *([] if mouth is None else [mouth])]


def _still(source: bpy.types.Object, scene: bpy.types.Scene) -> bpy.types.Object:
    """A plain mesh of what an object is evaluated to, where it stands."""
    graph = bpy.context.evaluated_depsgraph_get()
    mesh = bpy.data.meshes.new_from_object(source.evaluated_get(graph), preserve_all_data_layers=True, depsgraph=graph)
    copy = bpy.data.objects.new(NAME, mesh)
    copy.matrix_world = source.matrix_world.copy()
    scene.collection.objects.link(copy)
    return copy
