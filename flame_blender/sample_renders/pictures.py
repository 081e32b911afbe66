"""Pictures of files: as numbers, and as an image that is in the file no longer than a sample needs it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
import numpy as np

from ..errors import DatasetError
from ..texture_models.encoding import as_srgb

MOST_PIXELS = 1 << 28


class OwnPicture:
    """One picture of a folder at a time; the one before is removed."""

    def __init__(self, place: str) -> None:
        self._place = place
        self._path: Path | None = None
        self.image: bpy.types.Image | None = None

    def show(self, path: Path | None) -> None:
        """Have the picture of a file, or none. Raises DatasetError where it is no picture."""
        if path == self._path:
            return
        if self.image is not None:
            bpy.data.images.remove(self.image)
        self.image, self._path = None, None
        if path is not None:
            self.image, self._path = _loaded(path, self._place), path


def pixels_of_file(path: Path, place: str) -> np.ndarray:
    """(H, W, k) float32 of a picture, sRGB, its first row the uppermost; k is 3 or 4.

    Raises DatasetError, which begins with the ``place`` that names it, where Blender cannot read it.
    """
    image = _loaded(path, place)
    try:
        width, height = image.size
        values = np.empty(width * height * image.channels, np.float32)
        image.pixels.foreach_get(values)
        shaped = values.reshape(height, width, -1)[::-1]
        if image.channels < 3:  # grey, with alpha or without
            shaped = np.repeat(shaped[..., :1], 3, 2)
        if image.is_float:  # light, as Blender keeps them
            shaped = np.concatenate([as_srgb(np.clip(shaped[..., :3], 0, 1)), shaped[..., 3:]], 2)
        return shaped
    finally:
        bpy.data.images.remove(image)


def _loaded(path: Path, place: str) -> Any:
    try:
        image: Any = bpy.data.images.load(str(path))
    except RuntimeError as error:
        raise DatasetError(f"{place}: {path}: expected a picture, found none that Blender reads; remove it.") from error
    width, height = image.size
    if 0 < width * height <= MOST_PIXELS:
        return image
    bpy.data.images.remove(image)
    found = f"{width} x {height} pixels" if width else "none that Blender reads"
    raise DatasetError(f"{place}: {path}: expected a picture, found {found}; remove it, or mend it.")
