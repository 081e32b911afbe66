"""Life in the scene: two tracks of the head's NLA, what it does by itself and, below that, how it rests.

The curves are on properties of their own, ``flame.life_...``, which are added to what is keyed, posed or driven when
the head is evaluated: they meet no key, no driver and no slider, and no clip takes them off. The track at rest is there
for a track that is muted: Blender leaves a property that nothing animates any more as it was last.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

import bpy
import numpy as np

from ..errors import ParameterError
from ..head import live
from ..head.properties import flame_of, set_life
from ..head.saved.life_values import LifeValues
from ..keyframes import layers
from ..keyframes.layers import Curve

TOLD = "flame_life"  # custom property of its actions: what it was made with; empty on the one at rest
NAME, AT_REST, GROUP = "FLAME Life", "FLAME Life at Rest", "Life"
CHANNELS = {  # property: how many numbers
    "life_blink": 2,
    "life_gaze": 2,
    "life_neck": 3,
    "life_breath": 1,
}
Told = dict[str, Any]


class Layer(NamedTuple):
    """The tracks of a head's life; those at rest apart, and what it was made with."""

    tracks: list[Any]
    at_rest: list[Any]
    told: Told

    @property
    def muted(self) -> bool:
        """Whether none of it shows."""
        return all(track.mute for track in self.tracks)


def layer_of(obj: bpy.types.Object) -> Layer | None:
    """The head's life, or None; found by what its actions tell, whatever they and their tracks are called."""
    data: Any = obj.animation_data
    tracks, at_rest, told = [], [], {}
    for track in data.nla_tracks if data is not None else ():
        texts = [strip.action.get(TOLD) for strip in track.strips if strip.action is not None]
        if any(texts):
            tracks.append(track)
            told = _read(next(text for text in texts if text))
        elif "" in texts:
            at_rest.append(track)
    return Layer(tracks, at_rest, told) if tracks else None


def _read(text: Any) -> Told:
    """What a text tells; nothing where somebody has written another into the file."""
    try:
        told = json.loads(str(text))
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def put_on(obj: bpy.types.Object, curves: Iterable[Curve], frames: tuple[int, int], told: Told, now: float) -> None:
    """Give a head this life, in place of one that it has; ``now`` is the frame that is shown.

    Raises ParameterError before anything has changed.
    """
    require_no_tweaking(obj)
    curves = list(curves)
    remove(obj)
    still = [
        Curve(f"flame.{name}", index, GROUP, np.zeros(1), np.zeros(1))
        for name, size in CHANNELS.items()
        for index in range(size)
    ]
    for name, shown, text, always in ((AT_REST, still, "", True), (NAME, curves, json.dumps(told), False)):
        action: Any = layers.new_action(obj, f"{name} {obj.name}", shown)
        action[TOLD] = text
        layers.add_track(obj, action, name, *(frames if text else (0, 1)), always=always)
        if text:
            _show(obj, layers.curves_in(action) if frames[0] <= now <= frames[1] else (), now)


def require_no_tweaking(obj: bpy.types.Object) -> None:
    """Raise ParameterError while a strip of the object is in tweak mode: Blender changes no tracks then."""
    data = obj.animation_data
    if data is not None and data.use_tweak_mode:
        raise ParameterError(f"{obj.name}: a strip is being edited in the NLA editor; leave tweak mode (Tab) first.")


def remove(obj: bpy.types.Object) -> bool:
    """Take a head's life away with all that it brought; whether there was one. Raises ParameterError."""
    layer, data = layer_of(obj), obj.animation_data
    _show(obj, (), 0)
    if layer is None or data is None:
        return False
    require_no_tweaking(obj)
    actions = {strip.action for track in (*layer.tracks, *layer.at_rest) for strip in track.strips}
    for track in (*layer.tracks, *layer.at_rest):
        data.nla_tracks.remove(track)
    for action in actions:
        if action is not None and TOLD in action and not action.users:
            bpy.data.actions.remove(action)
    if data.action is None and not data.nla_tracks and not data.drivers:
        obj.animation_data_clear()
    return True


def mute(obj: bpy.types.Object, muted: bool, now: float) -> None:
    """Show the life of a head, or do not; ``now`` is the frame that is shown. Raises ParameterError."""
    layer = layer_of(obj)
    if layer is None:
        raise ParameterError(f"{obj.name} has no life; press Add Life first.")
    curves: list[Any] = []
    for track in layer.tracks:
        track.mute = muted
        for strip in track.strips:
            if not muted and strip.action is not None and strip.frame_start <= now <= strip.frame_end:
                curves += layers.curves_in(strip.action)
    _show(obj, curves, now)


def _show(obj: bpy.types.Object, curves: Iterable[Any], now: float) -> None:
    """Set what the curves tell at a frame, and zero where none tells anything, as Blender does at the next frame."""
    head = flame_of(obj)
    set_life(head, LifeValues())
    for curve in curves:
        name = curve.data_path.removeprefix("flame.")
        if CHANNELS.get(name, 0) > 1:
            getattr(head, name)[curve.array_index] = curve.evaluate(now)
        elif name in CHANNELS:
            setattr(head, name, curve.evaluate(now))
    obj.update_tag()
    live.refresh(obj)
