"""Blender's camera as the camera of a photo, about a head."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
import mathutils
import numpy as np

from ..errors import ParameterError
from ..geometry.axes import CAMERAS, TO_BLENDER
from ..geometry.camera import Camera
from ..head.frame import standing

SOURCE = "flame_photo"  # of a picture that was turned upright: the file that it was read from


def photo_of(camera: bpy.types.Object | None) -> bpy.types.Image:
    """The picture behind the camera's view. Raises ParameterError where there is none."""
    if camera is None or camera.type != "CAMERA":
        raise ParameterError("Expected a camera with a photo as its background image, found none: fit a photo first.")
    data: Any = camera.data
    for background in data.background_images:
        image = background.image if background.source == "IMAGE" else None
        if image is not None and min(image.size) > 0:
            return image
    raise ParameterError(f"{camera.name} has no background image that can be read: choose the photo there.")


def file_of(camera: bpy.types.Object) -> Path:
    """Where the camera's photo was read from, which may be gone. Raises ParameterError where there is no photo."""
    photo = photo_of(camera)
    told = photo.get(SOURCE)
    return Path(told if isinstance(told, str) else bpy.path.abspath(photo.filepath, library=photo.library))


def camera_about(
    head: bpy.types.Object, camera: bpy.types.Object, size: tuple[int, int], scene: bpy.types.Scene
) -> Camera:
    """The camera in FLAME's axes of the head, for pictures of ``size`` (width, height).

    A head that is scaled alike along its axes is taken in its own metres. Raises ParameterError for one that is not.
    """
    place = standing(head)
    own = np.array(place, np.float64)[:3, :3]
    scale = np.cbrt(np.linalg.det(own))
    if not scale > 0 or np.abs(own @ own.T - scale**2 * np.eye(3)).max() > 1e-3 * scale**2:
        raise ParameterError(f"{head.name} is scaled unevenly or mirrored: clear its scale first, Object > Clear.")
    return camera_in(place, camera, size, scene)


def camera_in(
    matrix: mathutils.Matrix, camera: bpy.types.Object, size: tuple[int, int], scene: bpy.types.Scene
) -> Camera:
    """The camera in FLAME's axes of a head at the world ``matrix``, which scales all its axes alike.

    Raises ParameterError for a panoramic camera.
    """
    data: Any = camera.data
    if data.type == "PANO":
        raise ParameterError(f"{camera.name} is panoramic, which a photo's projection cannot follow.")
    width, height = size
    depsgraph = bpy.context.evaluated_depsgraph_get()
    render: Any = scene.render
    projection = np.array(
        camera.calc_matrix_camera(
            depsgraph, x=width, y=height, scale_x=render.pixel_aspect_x, scale_y=render.pixel_aspect_y
        )
    )
    to_camera = np.array(camera.matrix_world.normalized().inverted_safe() @ matrix, np.float64)
    linear = CAMERAS @ to_camera[:3, :3] @ TO_BLENDER
    scale = np.cbrt(np.linalg.det(linear))
    translation = CAMERAS @ to_camera[:3, 3] / scale
    orthographic = data.type == "ORTHO"
    focal = np.array([projection[0, 0] * width / 2, projection[1, 1] * height / 2])
    shift = projection[:2, 3] if orthographic else -projection[:2, 2]
    centre = np.array([(1 + shift[0]) * width / 2, (1 - shift[1]) * height / 2])
    if orthographic:
        focal = focal * scale
    return Camera(
        np.concatenate([focal, centre]), width, height, linear / scale, translation, orthographic=orthographic
    )
