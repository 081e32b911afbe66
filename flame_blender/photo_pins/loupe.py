"""A magnified patch of the photo around the pointer, with a cross in its middle."""

from __future__ import annotations

from typing import Any

import bpy
import gpu
import numpy as np
from gpu_extras.batch import batch_for_shader

from ..picking import drawing
from .photo_view import PhotoView

SIDE, AWAY = 170.0, 28.0  # pixels at a resolution scale of 1: the loupe's side, and how far from the pointer
MAGNIFIED, LEAST = 4.0, 2.0  # times what the view shows; pixels for one of the photo's
CROSS: drawing.Colour = (1.0, 0.55, 0.1, 1.0)
RIM: drawing.Colour = (0.05, 0.05, 0.06, 1.0)
LINEAR_SHADER_SINCE = (5, 0, 0)


def draw(photo: bpy.types.Image, view: PhotoView, at: np.ndarray, area: tuple[float, float], scale: float) -> None:
    """The photo about the region's place ``at`` (2,), beside it, within a region of ``area`` (width, height) pixels."""
    side, middle = SIDE * scale, view.to_photo(at)
    shown = side / max(MAGNIFIED * view.magnification, LEAST)  # of the photo's pixels, on a side
    corner = corner_beside(at, area, side, AWAY * scale)
    drawing.rectangle(corner[0] - 2, corner[1] - 2, side + 4, side + 4, RIM)
    low = (middle - shown / 2) / view.pixels
    high = (middle + shown / 2) / view.pixels
    _picture(photo, corner, side, np.array([low[0], 1 - high[1]]), np.array([high[0], 1 - low[1]]))
    centre, gap, arm = corner + side / 2, 4 * scale, 22 * scale
    for along in ((1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0)):
        way = np.array(along)
        drawing.lines([centre + gap * way, centre + arm * way], False, CROSS)


def corner_beside(at: np.ndarray, area: tuple[float, float], side: float, away: float) -> np.ndarray:
    """(2,) lower left corner of the loupe: above and to the right of the pointer, on its other sides at the edges."""
    corner = np.asarray(at, np.float64) + away
    for axis in range(2):
        if corner[axis] + side > area[axis]:
            corner[axis] = at[axis] - away - side
    return corner


def _picture(photo: bpy.types.Image, corner: np.ndarray, side: float, low: np.ndarray, high: np.ndarray) -> None:
    """The part of a picture between ``low`` and ``high``, in shares of its sides from the lower left, in a square."""
    first, last = np.clip([low, high], 0.0, 1.0)
    if not (last > first).all():
        return
    (left, bottom), (right, top) = (corner + side * (share - low) / (high - low) for share in (first, last))
    name: Any = "IMAGE_SCENE_LINEAR_TO_REC709_SRGB" if bpy.app.version >= LINEAR_SHADER_SINCE else "IMAGE"
    shader = gpu.shader.from_builtin(name)
    places = [(left, bottom), (right, bottom), (left, top), (right, top)]
    parts = [(first[0], first[1]), (last[0], first[1]), (first[0], last[1]), (last[0], last[1])]
    batch = batch_for_shader(shader, "TRI_STRIP", {"pos": places, "texCoord": parts})
    gpu.state.blend_set("NONE")
    shader.uniform_sampler("image", gpu.texture.from_image(photo))
    batch.draw(shader)
    gpu.state.blend_set("ALPHA")
