"""Curves on a layer of their own: an action that no object has as its own, shown by a strip of an NLA track."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import bpy
import numpy as np

from .animation import LAYERED, LINEAR

SMOOTH, AUTOMATIC = 2, 4  # Keyframe.interpolation Bezier and its handles clamped automatically, as numbers


@dataclass(frozen=True, eq=False)
class Curve:
    """One curve: where it is found on the object, its keys' frames (N,) and values (N,); straight or smooth between."""

    data_path: str
    index: int
    group: str
    frames: np.ndarray
    values: np.ndarray
    smooth: bool = False


def new_action(obj: bpy.types.ID, name: str, curves: Iterable[Curve]) -> bpy.types.Action:
    """An action with these curves, made for an object or shape keys, but not their own."""
    action: Any = bpy.data.actions.new(name)
    bag: Any = action
    if bpy.app.version >= LAYERED:
        slot = action.slots.new(id_type=obj.id_type, name=obj.name)
        bag = action.layers.new("Layer").strips.new(type="KEYFRAME").channelbag(slot, ensure=True)
    for curve in curves:
        made = bag.fcurves.new(curve.data_path, index=curve.index)
        made.group = bag.groups.get(curve.group) or bag.groups.new(curve.group)
        points = np.stack([curve.frames, curve.values], axis=1).astype(np.float32)
        keys = made.keyframe_points
        keys.add(len(points))
        keys.foreach_set("co", points.ravel())
        keys.foreach_set("interpolation", np.full(len(points), SMOOTH if curve.smooth else LINEAR, np.int32))
        for side in ("handle_left_type", "handle_right_type"):
            keys.foreach_set(side, np.full(len(points), AUTOMATIC, np.int32))
        made.update()
    return action


def curves_in(action: bpy.types.Action) -> list[Any]:
    """All curves of an action, of any of its slots."""
    known: Any = action
    if bpy.app.version < LAYERED:
        return list(known.fcurves)
    bags = [bag for layer in known.layers for strip in layer.strips for bag in strip.channelbags]
    return [curve for bag in bags for curve in bag.fcurves]


def add_track(
    obj: bpy.types.Object, action: bpy.types.Action, name: str, first: int, last: int, *, always: bool = False
) -> bpy.types.NlaTrack:
    """A new track on top of the object's, whose strip shows the action from ``first`` to ``last``.

    ``always``: before and after too.
    """
    data: Any = obj.animation_data_create()
    track = data.nla_tracks.new()
    track.name = name
    strip = track.strips.new(name, first, action)
    if bpy.app.version >= LAYERED and strip.action_slot is None:
        strip.action_slot = strip.action.slots[0]
    strip.action_frame_start, strip.action_frame_end = first, max(last, first + 1)
    strip.frame_end = max(last, first + 1)
    strip.extrapolation = "HOLD" if always else "NOTHING"
    strip.blend_type = "REPLACE"
    return track
