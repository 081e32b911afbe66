"""Pictures of mesh files as packed images, in the right colour space."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np

from ..errors import ModelError
from ..shading.pictures import size_of
from ..textured_meshes.picture_files import PictureFile

DATA = "Non-Color"


def loaded(picture: PictureFile, is_colour: bool) -> bpy.types.Image:
    """A new packed image. Raises ModelError for a file that Blender cannot show."""
    try:
        image = bpy.data.images.load(str(picture.path))
    except RuntimeError as error:
        raise ModelError(f"{picture.path}: expected a picture, but Blender cannot open it; save it again.") from error
    if size_of(image) != (picture.width, picture.height):
        bpy.data.images.remove(image)
        raise ModelError(f"{picture.path}: expected a whole picture, found a damaged one; copy it again.")
    if not is_colour:
        _mark_as_data(image)
    image.pack()
    return image


def made(name: str, pixels: np.ndarray, is_colour: bool, is_float: bool = False) -> bpy.types.Image:
    """A new packed image of (H, W, 3 or 1) numbers, rows up; those of bytes are from 0 to 1, as they are stored."""
    height, width = pixels.shape[:2]
    image = bpy.data.images.new(name, width, height, alpha=False, float_buffer=is_float)
    if not is_colour:
        _mark_as_data(image)
    whole = np.ones((height, width, 4), np.float32)
    whole[..., :3] = pixels
    numbers: Any = image.pixels
    numbers.foreach_set(whole.ravel())
    image.update()
    image.pack()
    return image


def _mark_as_data(image: bpy.types.Image) -> None:
    settings: Any = image.colorspace_settings
    settings.name = DATA
