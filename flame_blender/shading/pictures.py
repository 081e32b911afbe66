"""Blender's images as numbers."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np

DISPLAY_GAMMA = 2.2
EVERY = 4  # texels of a picture, in its rows and columns


def size_of(image: bpy.types.Image) -> tuple[int, int]:
    """Width and height, pixels; 0 for a picture that cannot be read."""
    size: Any = image.size
    return size[0], size[1]


def pixels_of(image: bpy.types.Image) -> np.ndarray:
    """(H, W, 4) float32, rows up: bytes as they are stored, floats as light."""
    width, height = size_of(image)
    pixels = np.empty((height, width, 4), np.float32)
    numbers: Any = image.pixels
    numbers.foreach_get(pixels.ravel())
    return pixels


def tone_of(image: bpy.types.Image) -> tuple[float, float, float]:
    """The median of a picture's colours as light, for views without textures."""
    tone = np.median(pixels_of(image)[::EVERY, ::EVERY, :3].reshape(-1, 3), axis=0)
    red, green, blue = (tone if image.is_float else tone**DISPLAY_GAMMA).tolist()
    return red, green, blue
