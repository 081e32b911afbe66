"""A photo behind a camera of its own, upright, for landmarks and pins."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import bpy
import mathutils
import numpy as np

from ..blender_pointers import shown_scene, there
from ..clips import clip_camera
from ..errors import ParameterError
from ..fitting.landmarks.exif import exif_turns
from ..fitting.landmarks.views import UPRIGHT
from ..fitting.reports.focal import LikelyFocal
from ..geometry.camera import Camera
from ..head.frame import standing
from ..observations.photo_camera import SOURCE, photo_of
from ..scene_fits import pinned_photos
from ..scene_fits.photo_cameras import FITTED
from ..shading import pictures

DISTANCE = 0.8  # metres before the head, until a fit tells better


def show_photo(photo: str | Path | bpy.types.Image | None, head: bpy.types.Object | None) -> bpy.types.Object:
    """A camera with the photo behind it, upright, not yet where it was taken.

    None is the photo behind the scene's camera. It becomes the scene's camera, resolution included. Raises
    ParameterError before anything has changed.
    """
    image = _image_of(photo)
    width, height = pictures.size_of(image)
    focal = LikelyFocal.usual(width, height).pixels
    intrinsics = np.array([focal, focal, width / 2, height / 2])
    about = Camera(intrinsics, width, height, UPRIGHT, np.array([0.0, 0.0, DISTANCE * focal / max(width, height)]))
    collection = there(bpy.context.collection, "a collection") if head is None else head.users_collection[0]
    stand = mathutils.Matrix() if head is None else standing(head)
    camera = clip_camera.make_camera(f"{Path(image.name).stem} Photo", collection, about, stand)
    data = clip_camera.camera_of(camera)
    background = data.background_images.new()
    background.image, background.alpha = image, 1.0
    data.show_background_images = True
    pinned_photos.pinned(camera).head = head
    if head is not None:
        camera[FITTED] = head
    look_through(camera)
    return camera


def look_through(camera: bpy.types.Object) -> None:
    """Make it the scene's camera, with its photo's resolution: the photo fills the frame."""
    scene, (width, height) = shown_scene(), pictures.size_of(photo_of(camera))
    scene.camera = camera
    scene.render.resolution_x, scene.render.resolution_y = width, height


def _image_of(photo: str | Path | bpy.types.Image | None) -> bpy.types.Image:
    """Upright and readable."""
    if photo is None:
        return photo_of(shown_scene().camera)
    if isinstance(photo, bpy.types.Image):
        if min(pictures.size_of(photo)) <= 0:
            raise ParameterError(f"{photo.name}: expected a picture, found one that cannot be read; choose another.")
        return photo
    path = Path(photo)
    if not os.path.isfile(path):
        raise ParameterError(f"{path}: expected a picture, found no such file; choose another.")
    known = {image.name for image in bpy.data.images}
    try:
        image = bpy.data.images.load(str(path.absolute()), check_existing=True)
    except RuntimeError as error:
        raise ParameterError(f"{path}: cannot be read as a picture; choose a .png, .jpg, .tif or .exr.") from error
    if min(pictures.size_of(image)) <= 0:
        if image.name not in known:
            bpy.data.images.remove(image)
        raise ParameterError(f"{path}: expected a picture, found a file that Blender cannot show; write it again.")
    turns = exif_turns(path)
    return image if not turns else _upright(image, path, turns, image.name not in known)


def _upright(image: bpy.types.Image, path: Path, turns: int, is_ours: bool) -> bpy.types.Image:
    """A copy turned by quarters, packed into the .blend: Blender shows a picture as its camera held it."""
    name = f"{path.stem} upright"
    found = next((each for each in bpy.data.images if each.get(SOURCE) == str(path.absolute())), None)
    if found is not None and min(pictures.size_of(found)) > 0:
        return found
    # rows go up in Blender: what turns left by NumPy turns right
    turned = np.ascontiguousarray(np.rot90(pictures.pixels_of(image), -turns))
    height, width = turned.shape[:2]
    upright = bpy.data.images.new(name, width, height, float_buffer=image.is_float)
    upright.colorspace_settings.name = image.colorspace_settings.name  # type: ignore[union-attr]
    numbers: Any = upright.pixels
    numbers.foreach_set(turned.ravel())
    upright.pack()
    upright[SOURCE] = str(path.absolute())
    if is_ours and not image.users:
        bpy.data.images.remove(image)
    return upright
