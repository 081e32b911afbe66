"""Pictures as arrays: what the example scripts join into contact sheets."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

import bpy
import numpy as np


def pixels_of(path: str) -> np.ndarray:
    """(height, width, 4) float32 of a picture file."""
    image = bpy.data.images.load(path)
    pixels = np.empty(len(image.pixels), np.float32)
    image.pixels.foreach_get(pixels)
    width, height = image.size
    bpy.data.images.remove(image)
    return pixels.reshape(height, width, 4)


def save_picture(pixels: np.ndarray, path: Path) -> None:
    """Write (height, width, 4) float32 as a PNG or, when ``path`` ends so, a .jpg."""
    image = bpy.data.images.new("sheet", pixels.shape[1], pixels.shape[0], alpha=False)
    image.pixels.foreach_set(np.ascontiguousarray(pixels).ravel())
    image.filepath_raw, image.file_format = str(path), "JPEG" if path.suffix == ".jpg" else "PNG"
    image.save(quality=88)
    bpy.data.images.remove(image)


def rendered(scene: bpy.types.Scene) -> np.ndarray:
    """(height, width, 4) float32 of what the camera sees."""
    with tempfile.TemporaryDirectory() as folder:
        scene.render.filepath = str(Path(folder) / "tile.png")
        bpy.ops.render.render(write_still=True)
        return pixels_of(scene.render.filepath)


def beside(tiles: Iterable[np.ndarray]) -> np.ndarray:
    """One row of pictures, from the left."""
    return np.concatenate(list(tiles), axis=1)


def stacked(rows: Iterable[np.ndarray]) -> np.ndarray:
    """Rows of pictures, from above: Blender's images start below."""
    return np.concatenate(list(rows)[::-1])
