"""A painted skin as one picture, for files that hold no nodes: with the head's tone, age, marks and tint in it."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np

from ..head.properties import flame_of
from ..looks.complexion import Complexion, coloured
from ..shading.pictures import pixels_of, size_of
from ..shading.skin_layers import PATHS, PICTURES, SKIN_TONE
from ..texture_models.encoding import as_light, as_srgb
from .skin_tone import toned

ROWS_AT_ONCE = 256
FACTOR = 3  # of the inputs of Blender's node; versions differ in its name
NEUTRAL = {"Hue": 0.5, "Saturation": 1.0, "Value": 1.0}  # its other inputs


def complexion_of(obj: bpy.types.Object) -> Complexion:
    """What a head's skin is like."""
    head: Any = flame_of(obj)
    return Complexion(**{name: getattr(head, path.partition(".")[2]) for name, path in PATHS.items()})


def skin_picture(obj: bpy.types.Object, material: Any) -> bpy.types.Image | None:
    """The picture that a skin with the layers' nodes, or of earlier versions, shows on a head.

    None where it shows none; the material's own picture where nothing changes it, else a packed one that is new.
    """
    tone = material.node_tree.nodes[SKIN_TONE]
    found = [_image(material.node_tree.nodes.get(name)) for name in PICTURES]
    if found[0] is None:
        found = [
            _image(next((node for node in material.node_tree.nodes if node.type == "TEX_IMAGE"), None)),
            None,
            None,
        ]
    skin, complexion = found[0], complexion_of(obj)
    if skin is None:
        return None
    if found[2] is None:
        complexion = complexion._replace(brows=0.0)
    values = {name: tone.inputs[name].default_value for name in NEUTRAL}
    layered = material.node_tree.nodes.get(PICTURES[0]) is not None and complexion != Complexion(brows=0.0)
    if not layered and values == NEUTRAL:
        return skin
    beside = [None if image is None or size_of(image) != size_of(skin) else pixels_of(image) for image in found[1:]]
    pixels, amount = pixels_of(skin), tone.inputs[FACTOR].default_value
    for row in range(0, len(pixels), ROWS_AT_ONCE):
        rows = slice(row, row + ROWS_AT_ONCE)
        part = pixels[rows, :, :3]
        light = part if skin.is_float else as_light(part)
        if layered:
            relief, marks = (None if each is None else each[rows, :, :3] for each in beside)
            light = coloured(light, relief, marks, complexion)
        if values != NEUTRAL:
            light = toned(light, values["Hue"], values["Saturation"], values["Value"], amount)
        part[:] = light if skin.is_float else as_srgb(np.clip(light, 0.0, 1.0))
    pixels[..., 3] = 1.0
    return _packed(skin, pixels)


def _image(node: Any) -> Any:
    image = None if node is None else node.image
    return None if image is None or not size_of(image)[0] else image


def _packed(like: Any, pixels: np.ndarray) -> bpy.types.Image:
    stem, dot, ending = like.name.rpartition(".")
    name = f"{stem}_toned.{ending}" if dot else f"{like.name}_toned"
    made: Any = bpy.data.images.new(name, *size_of(like), alpha=True, float_buffer=like.is_float)
    made.colorspace_settings.name = like.colorspace_settings.name
    made.pixels.foreach_set(pixels.ravel())
    made.update()
    made.pack()
    return made
