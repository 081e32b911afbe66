"""What becomes of a board when its head is converted to another model."""

from __future__ import annotations

import bpy
import numpy as np

from ..errors import ParameterError
from ..keyframes.animation import curves_of
from ..refitting.converted import HIDE, REPLACE
from . import making


def key_range(board: bpy.types.Object, scene: bpy.types.Scene) -> tuple[int, int]:
    """First and last frame that a board is keyed at; the one that is shown where it is not."""
    found = [
        key.co.x
        for curve in curves_of(board) or ()
        for key in (*curve.keyframe_points[:1], *curve.keyframe_points[-1:])
    ]
    if not found:
        return scene.frame_current, scene.frame_current
    return int(np.floor(min(found))), int(np.ceil(max(found)))


def go_along(board: bpy.types.Object, converted: bpy.types.Object, source: str) -> None:
    """Hide the board of a head that was hidden; give the head that took its place a board of its own."""
    if source == HIDE and board.name in bpy.context.view_layer.objects:  # type: ignore[union-attr]
        board.hide_set(True)
    if source == REPLACE:
        making.discard(board)
        try:
            making.make(converted)
        except ParameterError:  # the other model has no named controls yet: the keys are its head's own
            return
