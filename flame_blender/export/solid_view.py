"""Colours in Solid view for a head's materials that come back from a .glb: Blender's importer leaves them grey."""

from __future__ import annotations

from typing import Any

from ..head.materials import LOOKS, in_viewport
from ..shading.pictures import tone_of

PHOTO = " Photo"  # ends the name of a projected photo's material


def colour(material: Any) -> None:
    """Give it the colour of its look, or of its photo; materials that are no head's stay as they are."""
    name = material.name.split(".")[0]
    look = next((look for known, look in LOOKS.items() if name == known or name.startswith(f"{known} (")), None)
    if look is not None:
        material.diffuse_color = in_viewport(look.colour)
    elif name.endswith(PHOTO):
        picture = next((node.image for node in material.node_tree.nodes if node.type == "TEX_IMAGE"), None)
        if picture is not None and picture.size[0]:
            material.diffuse_color = in_viewport(tone_of(picture))
