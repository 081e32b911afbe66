"""A head's own pictures as Blender's images: written whenever a coefficient moves, packed when they are kept."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np

from ..texture_models.texture_model import SRGB, TextureModel

LIGHT = ("Linear Rec.709", "Non-Color")  # the first that the file's colour management knows
PACKED_WITH = "flame_packed_with"  # an image's own property: the coefficients of its packed picture


def new_image(name: str, texture: TextureModel, specular: bool = False) -> bpy.types.Image:
    """An image for the model's pictures: 8 bits of sRGB, or light as float; what shines is no colour."""
    as_light = not specular and texture.colour_space != SRGB
    made: Any = bpy.data.images.new(name, texture.size, texture.size, alpha=False, float_buffer=as_light)
    if specular:
        made.colorspace_settings.name = "Non-Color"
    elif as_light:
        known = made.colorspace_settings.bl_rna.properties["name"].enum_items.keys()
        made.colorspace_settings.name = next((each for each in LIGHT if each in known), "Non-Color")
    return made


def new_pixels(size: int) -> np.ndarray:
    """(size, size, 4) float32, black and opaque, to be written into again and again."""
    pixels = np.zeros((size, size, 4), np.float32)
    pixels[..., 3] = 1.0
    return pixels


def write(image: bpy.types.Image, pixels: np.ndarray, values: np.ndarray) -> None:
    """Show a part's ``values`` (P,) by way of ``pixels`` (N, N, 4); cut to 0 to 1."""
    if image.is_float:  # 8 bits are cut by Blender
        values = np.clip(values, 0.0, 1.0)
    pixels[..., :3] = values.reshape(*pixels.shape[:2], 3)
    numbers: Any = image.pixels
    numbers.foreach_set(pixels.ravel())
    image.update()
    image.update_tag()


def keep(image: bpy.types.Image, coefficients: np.ndarray) -> None:
    """Pack the picture as it is, and note which it is."""
    image.pack()
    if image.get(PACKED_WITH) is not None:
        del image[PACKED_WITH]
    image[PACKED_WITH] = coefficients


def packed_with(image: bpy.types.Image) -> np.ndarray | None:
    """(K,) float32: the coefficients of the packed picture; None where none was kept."""
    kept = image.get(PACKED_WITH)
    return None if kept is None else np.array(kept, np.float32)
