"""A clip on a head: its channels as curves, written in bulk on the legacy and on the layered kind of action."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import bpy
import numpy as np

from .. import followers
from ..errors import ParameterError
from ..flame.params import COEFFICIENT_FIELDS, POSE_FIELDS, VECTOR_FIELDS
from ..flame.value_layout import EYELIDS
from ..geometry.rotation_curves import continuous, unwrapped
from ..head import parameters
from ..head.mesh import mesh_of
from ..head.properties import FLAME_PG_head, coefficients, collection_of, flame_of, value_path
from ..sequences.resampling import resampled
from ..sequences.sequence import FlameSequence

LINEAR = 1  # Keyframe.interpolation as a number
STILL = 2.5e-7  # times the value, where that is above 1: two steps of float32
LAYERED = (4, 4)  # the first Blender with layered actions
GROUPS = {"shape": "Shape", "expression": "Expression", "controls": "Controls", "texture": "Texture"}
GROUPS |= dict.fromkeys((*POSE_FIELDS, "translation"), "Pose")
NO_EYELIDS = (
    "Eyelid values are not applied: that takes a head with FLAME's vertices, and l_eyelid.npy and r_eyelid.npy "
    "installed."
)
Progress = Callable[[float], None]


@dataclass(frozen=True, eq=False)
class Channel:
    """One curve: where it is found on the object, and its value at each frame (N,)."""

    data_path: str
    index: int
    group: str
    values: np.ndarray


def write_clip(
    obj: bpy.types.Object, clip: FlameSequence, start: float | np.ndarray, progress: Progress = lambda _: None
) -> tuple[str, ...]:
    """Put the clip on a head, one key a frame from ``start`` on; sentences of what could not be taken over.

    ``start`` may be the place of each frame, (N,).

    Channels that change are keyed and replace the curves of before; the others are set, and their curves removed.
    Named controls are zero, and have no curves any more. Everything is checked before anything is written. Raises
    ParameterError.
    """
    head = parameters.require_head(obj)
    count, found = len(mesh_of(obj).vertices), _offset_rows(clip, obj)
    if count != found:
        raise ParameterError(f"offsets: expected {count} vertices ({head.model_name}), found {found}.")
    warnings = _left_out(head, clip)
    lids = clip.eyelids if parameters.has_eyelids(head) else None
    moving = [name for name in (*COEFFICIENT_FIELDS, *VECTOR_FIELDS) if getattr(clip.params, name).ndim == 2]
    resting: dict[str, Any] = {
        name: getattr(clip.params, name)[: _width(head, name)]
        for name in (*COEFFICIENT_FIELDS, *VECTOR_FIELDS)
        if name not in moving
    }
    if clip.offsets is not None and clip.offsets.ndim == 2:
        resting["offsets"] = clip.offsets
    channels = [channel for name in moving for channel in channels_of(head, clip, name)]
    followers.give_keys(obj, followers.driven(obj))
    remove_curves(obj, (*moving, *resting, *EYELIDS, parameters.CONTROLS))
    # the first frame as values too: a head whose animation is unlinked later still shows the clip's first frame
    first = {name: getattr(clip.params, name)[0][: _width(head, name)] for name in moving}
    if lids is not None and lids.ndim == 2:
        channels += [Channel(f"flame.{EYELIDS[i]}", 0, GROUPS["expression"], lids[:, i]) for i in range(2)]
        lids = lids[0]
    if clip.eyelids is not None:
        resting["eyelids_unturned"] = clip.params.eyelids_unturned
    scores = np.zeros(len(head.controls), np.float32)
    parameters.set_params(obj, {**resting, **first, "eyelids": lids, parameters.CONTROLS: scores})
    frames = start if isinstance(start, np.ndarray) else start + np.arange(len(clip))
    write_channels(obj, moving_channels(channels), frames, clip.source, progress)
    followers.take_keys(obj)
    obj.update_tag()
    return warnings


def channels_of(head: FLAME_PG_head, clip: FlameSequence, name: str) -> Iterator[Channel]:
    """The curves of one field of the parameters; rotations never jump by a turn from frame to frame."""
    values = clip.values(name)
    if name in COEFFICIENT_FIELDS:
        for index in range(min(values.shape[1], len(coefficients(head, name)))):
            yield Channel(value_path(head, name, index), 0, GROUPS[name], values[:, index])
        return
    values = unwrapped(values) if name in POSE_FIELDS else values
    for axis in range(3):
        yield Channel(f"flame.{name}", axis, GROUPS[name], values[:, axis])


def moving_channels(channels: Iterable[Channel]) -> list[Channel]:
    """Those that are not the same in every frame."""
    return [channel for channel in channels if not is_still(channel.values)]


def is_still(values: np.ndarray) -> bool:
    """Whether values (N, ...) are the same in every frame, but for what rounding in float32 makes of equal numbers."""
    return bool((np.ptp(values, axis=0) <= STILL * np.abs(values).max(0).clip(1.0)).all())


def write_channels(
    obj: bpy.types.ID,
    channels: Iterable[Channel],
    frames: np.ndarray,
    name: str,
    progress: Progress = lambda _: None,
) -> None:
    """Key every channel at ``frames`` (N,), straight lines between keys. Curves of the same path must be gone."""
    channels = list(channels)
    if not channels:
        return
    new_curve = _curve_maker(obj, f"{obj.name} {name}".strip())
    points = np.empty((len(frames), 2), np.float32)
    points[:, 0] = frames
    straight = np.full(len(frames), LINEAR, np.int32)
    for done, channel in enumerate(channels):
        curve = new_curve(channel)
        points[:, 1] = channel.values
        curve.keyframe_points.add(len(frames))
        curve.keyframe_points.foreach_set("co", points.ravel())
        curve.keyframe_points.foreach_set("interpolation", straight)
        curve.update()
        progress((done + 1) / len(channels))


def key_places(
    obj: bpy.types.Object, location: np.ndarray, quaternions: np.ndarray, frames: np.ndarray, group: str
) -> None:
    """Put the object at locations (N, 3) and unit quaternions (N, 4), Blender's axes, each keyed where it changes.

    N is 1 or the number of ``frames``, for each of the two. Curves of before must be gone.
    """
    quaternions = continuous(quaternions)
    obj.rotation_mode = "QUATERNION"
    channels = []
    for name, values in (("location", location), ("rotation_quaternion", quaternions)):
        setattr(obj, name, values[0].tolist())
        if not is_still(values):
            channels += [Channel(name, axis, group, values[:, axis]) for axis in range(values.shape[1])]
    write_channels(obj, channels, frames, "")


def remove_curves(obj: bpy.types.Object, fields: Iterable[str]) -> None:
    """Take the curves of these fields off the object's action, other channels untouched."""
    names = [collection_of(flame_of(obj), name) for name in fields]
    remove_paths(obj, {f"flame.{name}" for name in names}, tuple(f"flame.{name}[" for name in names))


def remove_paths(obj: bpy.types.Object, paths: Collection[str], starts: tuple[str, ...] = ()) -> int:
    """Take curves with these data paths, or such beginnings, off the object's action; how many there were."""
    curves = curves_of(obj)
    if curves is None:
        return 0
    found = [each for each in curves if each.data_path in paths or each.data_path.startswith(starts)]
    for curve in found:
        curves.remove(curve)
    return len(found)


def curves_of(obj: bpy.types.Object | bpy.types.Camera) -> Any:
    """The curves that animate the object itself, or None."""
    data: Any = obj.animation_data
    action: Any = None if data is None else data.action
    if action is None:
        return None
    if bpy.app.version < LAYERED:
        return action.fcurves
    bag = _channelbag(data, ensure=False)
    return bag.fcurves if bag is not None else None


def _channelbag(data: bpy.types.AnimData, ensure: bool) -> Any:
    """Where the curves of the object's slot lie in a layered action; None where there are none and none are wanted."""
    action: Any = data.action
    if not action.layers:
        if not ensure:
            return None
        action.layers.new("Layer")
    strips = action.layers[0].strips
    strip = strips[0] if strips else strips.new(type="KEYFRAME")
    return strip.channelbag(data.action_slot, ensure=ensure) if data.action_slot is not None else None


def _curve_maker(obj: bpy.types.ID, name: str) -> Callable[[Channel], Any]:
    """A function that makes an empty curve for a channel, in the action it has or in a new one called ``name``."""
    data: Any = obj.animation_data_create()
    if data.action is None:
        data.action = bpy.data.actions.new(name)
    if bpy.app.version < LAYERED:
        return lambda channel: data.action.fcurves.new(
            channel.data_path, index=channel.index, action_group=channel.group
        )
    if data.action_slot is None:
        data.action_slot = data.action.slots.new(id_type=obj.id_type, name=obj.name)
    bag = _channelbag(data, ensure=True)

    def new_curve(channel: Channel) -> Any:
        curve = bag.fcurves.new(channel.data_path, index=channel.index)
        curve.group = bag.groups.get(channel.group) or bag.groups.new(channel.group)  # 4.5 knows no group_name
        return curve

    return new_curve


def at_frame_rate(clip: FlameSequence, fps: float) -> FlameSequence:
    """The clip at another frame rate; as it is where it has none of its own."""
    return clip if clip.fps is None or clip.fps == fps else resampled(clip, fps)


def _width(head: FLAME_PG_head, name: str) -> int:
    return len(coefficients(head, name)) if name in COEFFICIENT_FIELDS else 3


def _offset_rows(clip: FlameSequence, obj: bpy.types.Object) -> int:
    """Vertices of the clip's offsets that can be taken over; the head's own number where there are none."""
    fixed = clip.offsets is not None and clip.offsets.ndim == 2
    return clip.offsets.shape[0] if fixed and clip.offsets is not None else len(mesh_of(obj).vertices)


def _left_out(head: FLAME_PG_head, clip: FlameSequence) -> tuple[str, ...]:
    """What of the clip a head of this model cannot show, a sentence each."""
    found = []
    for name, word in zip(COEFFICIENT_FIELDS, ("identity", "expression"), strict=True):
        given, taken = getattr(clip.params, name).shape[-1], len(coefficients(head, name))
        if given > taken:
            found.append(f"The first {taken} of {given} {word} coefficients are used: {head.model_name} has no more.")
    if clip.offsets is not None and clip.offsets.ndim == 3:
        found.append("Offsets that change from frame to frame are left out.")
    if clip.eyelids is not None and not parameters.has_eyelids(head):
        found.append(NO_EYELIDS)
    return tuple(found)
