"""Keys of a head's controls and joints turned into keys of its board's bones, and back.

A curve that a single channel shows goes over as it is, with its handles. Where several are at work they are keyed at
every frame between the first and the last key.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

import bpy
import numpy as np

from ..head import parameters
from ..head.properties import flame_of, names_of_controls, value_path
from ..keyframes.animation import GROUPS, LINEAR, Channel, curves_of, is_still, write_channels
from . import places
from .bones import EYES, FOLLOW, NECK_RING, ROOT
from .drivers import FIELDS, TRANSLATION, is_ours, more_path
from .found import unit_of
from .turns import angle_of, angles_of, told_of, vectors_of
from .values import CLOSE, Axis, angle_path, bones_of, is_gaze, location_path, shares_of

NAME = "Board"
Curves = dict[tuple[str, int], Any]


def take_keys(head: bpy.types.Object, board: bpy.types.Object) -> None:
    """Move the head's curves of what the board drives to its bones; keys there stay at other frames."""
    curves = _by_path(head)
    group = flame_of(head)
    names = names_of_controls(group)
    of_scores = {
        name: curve
        for at, name in enumerate(names)
        if name in places.OWN and (curve := curves.get((value_path(group, "controls", at), 0))) is not None
    }
    _take_scores(head, board, of_scores)
    for field in (*FIELDS, TRANSLATION):
        found = {axis: curve for axis in range(3) if (curve := curves.get((f"flame.{field}", axis))) is not None}
        if found:
            _take_vector(head, board, field, found)
    gone = {curve.data_path for curve in of_scores.values()} | {f"flame.{field}" for field in (*FIELDS, TRANSLATION)}
    _remove(head, lambda path, _index: path in gone)


def lies_on_head(head: bpy.types.Object) -> bool:
    """Whether the head has curves of what its board drives, which overrules them."""
    data: Any = head.animation_data
    driven = {each.data_path for each in data.drivers if is_ours(each)} if data is not None else set()
    return any(curve.data_path in driven for curve in curves_of(head) or ())


def _take_scores(head: bpy.types.Object, board: bpy.types.Object, found: dict[str, Any]) -> None:
    scores = dict(zip(names_of_controls(flame_of(head)), parameters.scores_of(flame_of(head)).tolist(), strict=True))
    axes = {axis: names for axis, names in places.pairs().items() if any(name in found for name in names)}
    looking = [name for axis, names in axes.items() if is_gaze(axis) for name in names if name in found]
    if any(_is_used(found[name]) for name in looking):
        _let_targets_go(board)
    else:
        axes = {axis: names for axis, names in axes.items() if not is_gaze(axis)}  # the eyes go on following targets
    existing = _by_path(board)
    for axis, names in axes.items():
        curves = [None if name is None else found.get(name) for name in names]
        still = [0.0 if name is None or name in found else scores.get(name, 0.0) for name in names]
        if all(curves):  # one that stays at nothing says no more than none
            curves = [curve if _is_used(curve) or not number else None for number, curve in enumerate(curves)]
            curves[0] = None if curves[1] is not None and not _is_used(curves[0]) else curves[0]
        if _taken_whole(board, axis, curves, still, existing):
            continue
        times = _times([curve for curve in curves if curve is not None])
        positive, negative = (
            None if name is None else np.full(len(times), value) if curve is None else _at(curve, times)
            for name, curve, value in zip(names, curves, still, strict=True)
        )
        shares = shares_of(axis, positive, negative, _of_others(board, axis, times, existing))
        _put(board, location_path(axis[0]), axis[1], axis[0], times, shares.place, existing)
        for name, more in zip(names, shares.more, strict=True):
            if name is not None and more is not None:
                _put(board, more_path(name), 0, axis[0], times, np.where(np.abs(more) > CLOSE, more, 0.0), existing)


def _taken_whole(
    board: bpy.types.Object, axis: Axis, curves: Sequence[Any], still: Sequence[float], existing: Curves
) -> bool:
    """Whether one curve alone was what the knob shows, so that it went over as it is."""
    bone, way = axis
    at = next(number for number, curve in enumerate(curves) if curve is not None)
    names = places.pairs()[axis]
    if curves[1 - at] is not None or abs(still[1 - at]) > CLOSE or not _within(_ends(curves[at])):
        return False
    mine = [(location_path(bone), way), *((more_path(name), 0) for name in names if name is not None)]
    if any(path in existing for path in mine) or np.abs(_of_others(board, axis, np.zeros(1), existing)).max() > 0:
        return False
    if any((location_path(other.bone), other.axis) in existing for other in places.others(*axis)):
        return False
    _copy(curves[at], board, Channel(location_path(bone), way, bone, np.zeros(0)), np.negative if at else np.copy)
    for name in filter(None, names):
        bones_of(board)[bone][places.more_of(name)] = 0.0
    return True


def _within(ends: np.ndarray) -> bool:
    return bool(((ends >= 0) & (ends <= 1)).all())


def _is_used(curve: Any) -> bool:
    """Whether a curve is ever something else than zero."""
    return bool((np.abs(_ends(curve)) > CLOSE).any())


def _let_targets_go(board: bpy.types.Object) -> None:
    """Have the eyes look where keys say, and at targets no more."""
    bones_of(board)[EYES][FOLLOW] = 0.0
    _remove(board, lambda path, _index: path == f'pose.bones["{EYES}"]["{FOLLOW}"]')


def _of_others(board: bpy.types.Object, axis: Axis, times: np.ndarray, existing: Curves) -> np.ndarray:
    """(N,) what the knob for both sides and a handle on the face add."""
    added = np.zeros(len(times))
    for other in places.others(*axis):
        curve = existing.get((location_path(other.bone), other.axis))
        still = bones_of(board)[other.bone].location[other.axis]
        added += other.sign * (np.full(len(times), still) if curve is None else _at(curve, times))
    return added


def _take_vector(head: bpy.types.Object, board: bpy.types.Object, field: str, found: dict[int, Any]) -> None:
    existing = _by_path(board)
    bone = FIELDS.get(field, ROOT)
    if bone in (NECK_RING, ROOT) and any(_is_used(curve) for curve in found.values()):
        _let_targets_go(board)
    path = location_path(bone) if field == TRANSLATION else angle_path(bone)
    still = np.array(getattr(flame_of(head), field), np.float64)
    factor = 1 / unit_of(board) if field == TRANSLATION else 1.0
    alone = len([axis for axis in range(3) if axis in found and _is_used(found[axis])]) <= 1
    rest = not any(abs(value) > CLOSE for axis, value in enumerate(still) if axis not in found)
    if (field == TRANSLATION or (alone and rest)) and not any((path, axis) in existing for axis in range(3)):
        for axis, curve in found.items():
            change = (lambda values: values * factor) if field == TRANSLATION else angle_of
            _copy(curve, board, Channel(path, axis, bone, np.zeros(0)), change)
        return
    times = _times(found.values())
    vectors = np.tile(still, (len(times), 1))
    for axis, curve in found.items():
        vectors[:, axis] = _at(curve, times)
    values = vectors * factor if field == TRANSLATION else angles_of(vectors)
    for axis in range(3):
        _put(board, path, axis, bone, times, values[:, axis], existing)


def give_keys(head: bpy.types.Object, board: bpy.types.Object, paths: Collection[str]) -> None:
    """Move the bones' curves of what lies at these paths to the head, with those that share a knob with it."""
    group = flame_of(head)
    names = names_of_controls(group)
    place = {name: value_path(group, "controls", at) for at, name in enumerate(names)}
    axes = {
        axis for axis, controls in places.pairs().items() if any(place.get(each or "") in paths for each in controls)
    }
    for axis in list(axes):
        axes |= {moved for other in places.others(*axis) for moved in places.moved_by(other)}
    existing = _by_path(board)
    for axis in axes:
        _give_axis(head, board, axis, place, existing)
    gone = {(location_path(axis[0]), axis[1]) for axis in axes}
    gone |= {(location_path(other.bone), other.axis) for axis in axes for other in places.others(*axis)}
    gone |= {(more_path(name), 0) for axis in axes for name in places.pairs()[axis] if name is not None}
    for field in (*FIELDS, TRANSLATION):
        if f"flame.{field}" in paths:
            gone |= _give_vector(head, board, field, existing)
    for path, way in gone & existing.keys():
        if path.endswith(".location"):
            bones_of(board)[path.split('"')[1]].location[way] = 0.0
    _remove(board, lambda path, index: (path, index) in gone)


def _give_axis(
    head: bpy.types.Object, board: bpy.types.Object, axis: Axis, place: dict[str, str], existing: Curves
) -> None:
    own = existing.get((location_path(axis[0]), axis[1]))
    names = places.pairs()[axis]
    more = [None if name is None else existing.get((more_path(name), 0)) for name in names]
    added = [existing.get((location_path(other.bone), other.axis)) for other in places.others(*axis)]
    others = [each for each in (*more, *added) if each is not None]
    if own is None and not others:
        return
    beyond = [0.0 if name is None else bones_of(board)[axis[0]][places.more_of(name)] for name in names]
    resting = not any(beyond) and not _of_others(board, axis, np.zeros(1), {}).any()
    ends = _ends(own) if own is not None else np.zeros(0)
    for name, sign in zip(names, (1.0, -1.0), strict=True):
        if name is not None and not others and resting and _within(sign * ends):
            _copy(
                own,
                head,
                Channel(place[name], 0, GROUPS["controls"], np.zeros(0)),
                np.copy if sign > 0 else np.negative,
            )
            return
    times = _times([each for each in (own, *others) if each is not None])
    total = np.full(len(times), bones_of(board)[axis[0]].location[axis[1]]) if own is None else _at(own, times)
    total = total + _of_others(board, axis, times, existing)
    for name, sign, curve, value in zip(names, (1.0, -1.0), more, beyond, strict=True):
        if name is not None and name in place:
            scores = np.clip(sign * total, 0, 1) + (value if curve is None else _at(curve, times))
            if len(times) == 1 or not is_still(scores):
                write_channels(head, [Channel(place[name], 0, GROUPS["controls"], scores)], times, "")


def _give_vector(head: bpy.types.Object, board: bpy.types.Object, field: str, existing: Curves) -> set[tuple[str, int]]:
    bone = FIELDS.get(field, ROOT)
    path = location_path(bone) if field == TRANSLATION else angle_path(bone)
    found = {axis: curve for axis in range(3) if (curve := existing.get((path, axis))) is not None}
    if not found:
        return set()
    still = np.array(getattr(bones_of(board)[bone], path.rpartition(".")[2]), np.float64)
    alone = len([axis for axis in found if _is_used(found[axis])]) <= 1
    rest = not any(abs(value) > CLOSE for axis, value in enumerate(still) if axis not in found)
    factor = unit_of(board) if field == TRANSLATION else 1.0
    if field == TRANSLATION or (alone and rest):
        for axis, curve in found.items():
            change = (lambda values: values * factor) if field == TRANSLATION else told_of
            _copy(curve, head, Channel(f"flame.{field}", axis, GROUPS[field], np.zeros(0)), change)
        return {(path, axis) for axis in found}
    times = _times(found.values())
    values = np.tile(still, (len(times), 1))
    for axis, curve in found.items():
        values[:, axis] = _at(curve, times)
    vectors = vectors_of(values)
    write_channels(
        head, [Channel(f"flame.{field}", axis, GROUPS[field], vectors[:, axis]) for axis in range(3)], times, ""
    )
    return {(path, axis) for axis in found}


def _put(
    board: bpy.types.Object, path: str, axis: int, group: str, times: np.ndarray, values: np.ndarray, existing: Curves
) -> None:
    """Key a channel of a bone; what a knob has beyond its place is set where that is nothing."""
    curve = existing.get((path, axis))
    if curve is not None:
        for time, value in zip(times.tolist(), values.tolist(), strict=True):
            key = curve.keyframe_points.insert(time, value, options={"FAST"})
            key.interpolation = "LINEAR" if len(times) > 1 else key.interpolation
        curve.update()
        return
    if not path.endswith("]") or values.any():
        write_channels(board, [Channel(path, axis, group, values)], times, NAME)
    _set(board, path, axis, float(values[0]))


def _set(board: bpy.types.Object, path: str, axis: int, value: float) -> None:
    holder, _, name = path.rpartition('["' if path.endswith('"]') else ".")
    held: Any = board.path_resolve(holder)
    if path.endswith('"]'):
        held[name.removesuffix('"]')] = value
    else:
        getattr(held, name)[axis] = value


def _copy(curve: Any, obj: bpy.types.Object, channel: Channel, change: Callable[[np.ndarray], np.ndarray]) -> None:
    """The same keys on another channel, their values changed."""
    keys = curve.keyframe_points
    places_of = {name: np.empty(2 * len(keys), np.float32) for name in ("co", "handle_left", "handle_right")}
    kinds = {
        name: np.empty(len(keys), np.int32)
        for name in ("handle_left_type", "handle_right_type", "interpolation", "easing", "type")
    }
    for name, values in (places_of | kinds).items():
        keys.foreach_get(name, values)
    for values in places_of.values():
        values[1::2] = change(values[1::2])
    times = places_of["co"][::2].copy()
    write_channels(obj, [Channel(channel.data_path, channel.index, channel.group, places_of["co"][1::2])], times, NAME)
    made = _by_path(obj)[channel.data_path, channel.index]
    for name, values in (kinds | places_of).items():
        made.keyframe_points.foreach_set(name, values)
    made.extrapolation = curve.extrapolation
    made.update()


def _times(curves: Iterable[Any]) -> np.ndarray:
    """(N,) every key of the curves, and every frame between the first and the last."""
    frames = []
    for curve in curves:
        co = np.empty(2 * len(curve.keyframe_points), np.float32)
        curve.keyframe_points.foreach_get("co", co)
        frames.append(co[::2].astype(np.float64))
    keys = np.unique(np.concatenate(frames))
    if len(keys) < 2:
        return keys
    return np.unique(np.concatenate([keys, np.arange(np.ceil(keys[0]), np.floor(keys[-1]) + 1)]))


def _at(curve: Any, times: np.ndarray) -> np.ndarray:
    """(N,) what a curve is; of straight lines between keys, as clips have them, all at once."""
    keys = curve.keyframe_points
    kinds = np.empty(len(keys), np.int32)
    keys.foreach_get("interpolation", kinds)
    if (kinds == LINEAR).all() and curve.extrapolation == "CONSTANT" and not curve.modifiers:
        co = np.empty(2 * len(keys), np.float32)
        keys.foreach_get("co", co)
        return np.interp(times, co[::2], co[1::2])
    return np.array([curve.evaluate(time) for time in times.tolist()])


def _ends(curve: Any) -> np.ndarray:
    """(n,) what a curve goes through: its keys, and handles where lines are not straight."""
    keys = curve.keyframe_points
    read = {name: np.empty(2 * len(keys), np.float32) for name in ("co", "handle_left", "handle_right")}
    kinds = np.empty(len(keys), np.int32)
    keys.foreach_get("interpolation", kinds)
    for name, values in read.items():
        keys.foreach_get(name, values)
    bent = kinds > LINEAR  # 0 is constant
    return np.concatenate([read["co"][1::2], read["handle_left"][1::2][bent], read["handle_right"][1::2][bent]])


def _by_path(obj: bpy.types.Object) -> Curves:
    return {(curve.data_path, curve.array_index): curve for curve in curves_of(obj) or ()}


def _remove(obj: bpy.types.Object, which: Any) -> None:
    curves = curves_of(obj)
    for curve in [each for each in curves or () if which(each.data_path, each.array_index)]:
        curves.remove(curve)
