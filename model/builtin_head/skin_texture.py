"""The skin's pictures: its colours, its relief, and the marks that can be put on it, by code in UV space.

Everything goes by landmarks, regions and the skin's own places, so that the paint fits whatever sculpt and UVs are.
Computed in float64, so that rounding to 8 bits comes out the same with every NumPy.
"""

from __future__ import annotations

import numpy as np

from flame_blender.flame.model import FlameModel
from flame_blender.looks.complexion import FLAT, REFERENCE_TONE, tone_colour
from flame_blender.texture_models.encoding import as_srgb

from .skin.anchors import anchors_of
from .skin.layers import albedo
from .skin.marks import marks
from .skin.places import places_of
from .skin.wrinkles import BASE_GLOSS, relief

SKIN, RELIEF, MARKS = "skin", "skin_relief", "skin_marks"  # what ends the files' names


def paint(model: FlameModel) -> dict[str, np.ndarray]:
    """(SIZE, SIZE, 3) uint8 each, top row first: :data:`SKIN` in sRGB, the others numbers.

    What they are is told by ``looks.complexion.coloured``.
    """
    places = places_of(model)
    at = anchors_of(places)
    painted = {
        SKIN: as_srgb(places.picture(albedo(places, at), tone_colour(REFERENCE_TONE))),
        RELIEF: places.picture(relief(places, at), np.array([FLAT, BASE_GLOSS, 1.0])),
        MARKS: places.picture(marks(places, at), np.zeros(3)),
    }
    return {name: np.round(255 * np.clip(values, 0, 1)).astype(np.uint8)[::-1] for name, values in painted.items()}
