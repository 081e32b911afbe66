"""Sentences on labels: Blender does not wrap them, but cuts the middle out of what is too long."""

import re

import blf
import bpy

from ..blender_pointers import there
from ..plain_text import one_line
from . import translated

MARGINS = 96  # pixels at scale 1 that are not text: the tabs beside a panel, a box in it, an icon
FONT = 0  # Blender's own


# What a line is not broken inside: a word, or one letter of Chinese and Japanese, with its brackets and stops
PIECE = re.compile(r"\s*[（「“]*(?:[\u3040-\u9fff]|[^\s\u3000-\u9fff\uff00-\uffef]+|\S)[、。，：；！？）」”]*")


def wrapped(sentence: str) -> list[str]:
    """Lines that the region being drawn has room for, beside an icon; longer words, such as paths, are cut.

    The sentence is said in the interface's language. At least one line; without a window no line is too long.
    """
    lines, room = [""], _room()
    for piece in PIECE.findall(" ".join(one_line(translated(sentence)).split())):
        rest = (lines[-1] + piece).strip()
        if lines[-1] and _width(rest) > room:
            lines.append("")
            rest = piece.strip()
        while len(rest) > 1 and _width(rest) > room:
            fits = next(count for count in range(len(rest) - 1, 0, -1) if count == 1 or _width(rest[:count]) <= room)
            lines[-1], rest = rest[:fits], rest[fits:]
            lines.append("")
        lines[-1] = rest
    return lines


def _room() -> float:
    """Pixels for text."""
    region = bpy.context.region
    if bpy.app.background or region is None:
        return float("inf")
    return region.width - MARGINS * _preferences().system.ui_scale


def _preferences() -> bpy.types.Preferences:
    return there(bpy.context.preferences, "preferences")


def _width(text: str) -> float:
    """Pixels that the text takes as a label."""
    preferences = _preferences()
    blf.size(FONT, preferences.ui_styles[0].widget.points * preferences.system.ui_scale)
    return blf.dimensions(FONT, text)[0]
