"""What a head is asked to show, brought to the bones of its board."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

import bpy
import numpy as np
from mathutils import Euler

from ..head import parameters
from ..head.properties import flame_of, names_of_controls
from . import places
from .bones import EYES, FOLLOW, ROOT, SCORES
from .drivers import FIELDS, TRANSLATION, gaze_of
from .found import unit_of
from .turns import angles_of, vectors_of

CLOSE = 1e-6  # two scores, or two turns in radians
AT_WORK = 1e-4  # a score by which eye targets turn an eye
Axis = tuple[str, int]


class Shares(NamedTuple):
    """Where a knob stands, and what each of its two controls has beyond it; (N,) or numbers, None without a control."""

    place: np.ndarray
    more: tuple[np.ndarray | None, np.ndarray | None]


def shares_of(
    axis: Axis, positive: np.ndarray | None, negative: np.ndarray | None, added: np.ndarray | float
) -> Shares:
    """How a knob shows the scores of its two ways, while others add to it: exactly, whatever the scores are.

    It stands where the greater goes beyond the lesser. What both have, and what is below 0 or above 1, is more.
    """
    limits = places.limits_of(axis)
    zero = np.zeros_like(positive if positive is not None else negative)
    total = np.clip((zero if positive is None else positive) - (zero if negative is None else negative), *limits)
    return Shares(
        total - added,
        (
            None if positive is None else positive - np.clip(total, 0, 1),
            None if negative is None else negative - np.clip(-total, 0, 1),
        ),
    )


def take(head: bpy.types.Object, board: bpy.types.Object, fields: Collection[str]) -> None:
    """Have the bones show what a head's properties say of ``fields``: "controls", and names of parameters."""
    if parameters.CONTROLS in fields:
        group = flame_of(head)
        _take_scores(board, dict(zip(names_of_controls(group), parameters.scores_of(group).tolist(), strict=True)))
    for field, bone in FIELDS.items():
        if field in fields:
            vector = np.array(getattr(flame_of(head), field), np.float64)
            turned = bones_of(board)[bone]
            if np.abs(vectors_of(np.array(turned.rotation_euler))[0] - vector).max() > CLOSE:
                turned.rotation_euler = angles_of(vector, Euler(turned.rotation_euler, "XYZ"))[0]
    if TRANSLATION in fields:
        vector = np.array(flame_of(head).translation, np.float64) / unit_of(board)
        root = bones_of(board)[ROOT]
        if np.abs(np.array(root.location) - vector).max() > CLOSE:
            root.location = vector.tolist()
    board.update_tag()


def _take_scores(board: bpy.types.Object, asked: Mapping[str, float]) -> None:
    """Knobs whose controls show what is asked already stay as they are, and so do eye targets that show it."""
    bones = bones_of(board)
    changed = {axis for axis in places.pairs() if _differs(bones, axis, asked)}
    if any(is_gaze(axis) for axis in changed) and targets_at_work(board):
        if any(abs(asked.get(name, 0.0)) > CLOSE for name in gaze_controls()):
            bones[EYES][FOLLOW] = 0.0  # else nothing is asked of the eyes: they go on looking at their targets
        else:
            changed -= {axis for axis in changed if is_gaze(axis)}
            _let_go_of_gaze(bones)
    for other in {other for axis in changed for other in places.others(*axis)}:
        if bones[other.bone].location[other.axis]:
            bones[other.bone].location[other.axis] = 0.0
            changed |= set(places.moved_by(other))
    for axis in changed:
        positive, negative = (None if name is None else np.array(asked.get(name, 0.0)) for name in places.pairs()[axis])
        shares = shares_of(axis, positive, negative, 0.0)
        bones[axis[0]].location[axis[1]] = float(shares.place)
        for name, more in zip(places.pairs()[axis], shares.more, strict=True):
            if name is not None and more is not None:
                bones[axis[0]][places.more_of(name)] = float(more) if abs(more) > CLOSE else 0.0


def _let_go_of_gaze(bones: Any) -> None:
    """Leave the eyes to their targets alone."""
    for name in gaze_controls():
        for way in (places.OWN[name], places.OF_BOTH[name]):
            bones[way.bone].location[way.axis] = 0.0
        bones[places.OWN[name].bone][places.more_of(name)] = 0.0


def _differs(bones: Any, axis: Axis, asked: Mapping[str, float]) -> bool:
    """Whether something else is asked of a knob's controls than bones show, evaluated since or not."""
    total = bones[axis[0]].location[axis[1]]
    total += sum(other.sign * bones[other.bone].location[other.axis] for other in places.others(*axis))
    total += bones[SCORES][gaze_of(*axis)] if is_gaze(axis) else 0.0
    for name, sign in zip(places.pairs()[axis], (1, -1), strict=True):
        if name in asked and name is not None:
            shown = min(max(sign * total, 0.0), 1.0) + bones[axis[0]][places.more_of(name)]
            if abs(asked[name] - shown) > CLOSE:
                return True
    return False


def is_gaze(axis: Axis) -> bool:
    """Whether a knob's way turns an eye."""
    return axis[0].startswith("gaze.")


def gaze_controls() -> list[str]:
    """The controls that turn eyes."""
    return [name for name, way in places.OWN.items() if way.bone.startswith("gaze.")]


def targets_at_work(board: bpy.types.Object) -> bool:
    """Whether the eyes turn to their targets, as they were evaluated last."""
    scores = bones_of(board)[SCORES]
    return any(abs(scores[gaze_of(*axis)]) > AT_WORK for axis in places.pairs() if is_gaze(axis))


def channels(board: bpy.types.Object, field: str) -> Iterator[tuple[str, int, str, float]]:
    """Path, index, group and present value of each of the board's channels that show a field, for keys.

    What knobs have beyond their places is keyed where there is some, or is keyed already.
    """
    bones = bones_of(board)
    if field == parameters.CONTROLS:
        for knob in places.KNOBS:
            for way in sorted({axis for axis, _ in knob.moves}):
                yield location_path(knob.bone), way, knob.bone, bones[knob.bone].location[way]
        for handle, own in places.HANDLES.items():
            for way in sorted(axis for bone, axis in places.pairs() if bone == own):
                yield location_path(handle), way, handle, bones[handle].location[way]
        for name, way_of in places.OWN.items():
            more = places.more_of(name)
            if abs(bones[way_of.bone][more]) > CLOSE:
                yield f'pose.bones["{way_of.bone}"]["{more}"]', -1, way_of.bone, bones[way_of.bone][more]
    elif field in FIELDS:
        for axis, angle in enumerate(bones[FIELDS[field]].rotation_euler):
            yield angle_path(FIELDS[field]), axis, FIELDS[field], angle
    elif field == TRANSLATION:
        for axis, value in enumerate(bones[ROOT].location):
            yield location_path(ROOT), axis, ROOT, value


def location_path(bone: str) -> str:
    """Of a bone's place, from the armature object."""
    return f'pose.bones["{bone}"].location'


def angle_path(bone: str) -> str:
    """Of its Euler angles."""
    return f'pose.bones["{bone}"].rotation_euler'


def bones_of(board: bpy.types.Object) -> Any:
    """The pose bones of a board."""
    pose: Any = board.pose
    return pose.bones
