"""Where a photo lies in a 3D view that looks through its camera: pixels of the region and of the photo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import bpy
import numpy as np
from bpy_extras.view3d_utils import location_3d_to_region_2d

from ..blender_pointers import shown_scene


@dataclass(frozen=True, eq=False)
class PhotoView:
    """``corner`` (2,) is the photo's top left corner in the region, ``side`` (2,) its width and height there, pixels.

    The region's y goes up, the photo's down; ``pixels`` (2,) is the photo's own size.
    """

    corner: np.ndarray
    side: np.ndarray
    pixels: np.ndarray

    @classmethod
    def of(cls, region: Any, view: Any, camera: bpy.types.Object, pixels: np.ndarray) -> PhotoView | None:
        """Of the frame that a region with its ``view`` (RegionView3D) shows; None where it looks elsewhere."""
        if view is None or view.view_perspective != "CAMERA" or shown_scene().camera != camera:
            return None
        data: Any = camera.data
        corners = [
            location_3d_to_region_2d(region, view, camera.matrix_world.normalized() @ corner)
            for corner in data.view_frame(scene=shown_scene())
        ]
        if any(corner is None for corner in corners):
            return None
        places = np.array(corners, np.float64)
        left, bottom = places.min(0)
        width, height = np.ptp(places, axis=0)
        if min(width, height) <= 0:
            return None
        return cls(np.array([left, bottom + height]), np.array([width, height]), np.asarray(pixels, np.float64))

    def to_region(self, pixels: np.ndarray) -> np.ndarray:
        """(..., 2) of the photo -> (..., 2) of the region."""
        return self.corner + np.asarray(pixels, np.float64) / self.pixels * self.side * (1, -1)

    def to_photo(self, places: np.ndarray) -> np.ndarray:
        """(..., 2) of the region -> (..., 2) of the photo, which may lie beside it."""
        return (np.asarray(places, np.float64) - self.corner) * (1, -1) / self.side * self.pixels

    def holds(self, pixel: np.ndarray) -> bool:
        """Whether a place is within the photo."""
        return bool((pixel >= 0).all() and (pixel <= self.pixels).all())

    @property
    def magnification(self) -> float:
        """Pixels of the region for one of the photo's."""
        return float(self.side[0] / self.pixels[0])
