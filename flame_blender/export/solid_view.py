"""Colours in Solid view for a head's materials that come back from a .glb: Blender's importer leaves them grey."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..head.materials import LOOKS, in_viewport

PHOTO = " Photo"  # ends the name of a projected photo's material
DISPLAY_GAMMA = 2.2
EVERY = 7  # texels of a picture, in its rows and columns


def colour(material: Any) -> None:
    """Give it the colour of its look, or of its photo; materials that are no head's stay as they are."""
    name = material.name.split(".")[0]
    look = next((look for known, look in LOOKS.items() if name == known or name.startswith(f"{known} (")), None)
    if look is not None:
        material.diffuse_color = in_viewport(look.colour)
    elif name.endswith(PHOTO):
        picture = next((node.image for node in material.node_tree.nodes if node.type == "TEX_IMAGE"), None)
        if picture is not None and picture.size[0]:
            material.diffuse_color = in_viewport(_tone(picture))


def _tone(picture: Any) -> list[float]:
    """(3,) light: the median of the picture's colours."""
    pixels = np.empty((picture.size[1], picture.size[0], 4), np.float32)
    picture.pixels.foreach_get(pixels.ravel())
    tone = np.median(pixels[::EVERY, ::EVERY, :3].reshape(-1, 3), axis=0)
    return (tone if picture.is_float else tone**DISPLAY_GAMMA).tolist()
