"""The drivers of a face board: sums of what bones and properties tell, bent by the driver's own curve; no Python.

A bone of the board that is never seen has one property for each named control: what its knobs say, from 0 to 1. The
head's control is that and what the knob has more, as captured faces may ask for. Rotation vectors come from bones that
turn with the joints' own by a share: of so small a turn the quaternion is half the rotation vector.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import bpy
import numpy as np

from ..flame.controls import ROTATIONS
from ..head.properties import FLAME_PG_head, names_of_controls, value_path
from . import places
from .bones import CONVERGE, EYE, EYES, FOLLOW, NECK_RING, POINT, ROOT, SCORES, SHARE, part_of

VARIABLE = "board"  # how variables of these drivers begin
CLAMPED = {
    1: ((0.0, 0.0), (1.0, 1.0)),
    -1: ((-1.0, 1.0), (0.0, 0.0)),
}  # what a way that goes up, or down, makes of a sum
FIELDS = {"global_rotation": ROOT, "neck": NECK_RING, "jaw": "jaw"}  # rotation vectors, and the bones that turn so
TRANSLATION = "translation"
TURN = 2.0 * SHARE  # from the quaternion of a bone's part to the rotation vector of the bone
USUAL_GAZE = np.radians(30.0)  # of a control that turns an eye by nothing

Points = Sequence[tuple[float, float]]


class Source(NamedTuple):
    """What a variable reads: a property by its path, or a channel of a bone."""

    path: str = ""
    bone: str = ""
    channel: str = ""
    turns: bool = False  # the bone as its constraints leave it, as a quaternion


def score_path(name: str) -> str:
    """What the knobs say of a control, a property of the armature object."""
    return f'pose.bones["{SCORES}"]["{name}"]'


def more_path(control: str) -> str:
    """What a control has beyond its knob."""
    return f'pose.bones["{places.OWN[control].bone}"]["{places.more_of(control)}"]'


def gaze_of(bone: str, axis: int) -> str:
    """The property with what the eye targets add to a way of the gaze."""
    return f"{bone[:-2]}_{'xy'[axis]}{bone[-2:]}"


def is_ours(curve: Any) -> bool:
    """Whether a driver is one of these, whatever has become of the board."""
    return any(each.name.startswith(VARIABLE) for each in curve.driver.variables)


def drive_board(obj: bpy.types.Object, amplitudes: Mapping[tuple[str, int], tuple[float, float]]) -> None:
    """Drive what the board's own bones tell each other; ``amplitudes`` as :func:`gaze_amplitudes`."""
    bones = _bones(obj)
    eyes = bones[EYES]
    for name, value, told in (
        (FOLLOW, 1.0, "How much the eyes look at their targets: 0 as the board says alone"),
        (CONVERGE, 0.0, "0: each eye looks at its own target; 1: both look at one point between them"),
    ):
        eyes[name] = eyes.get(name, value)
        eyes.id_properties_ui(name).update(min=0.0, max=1.0, default=value, description=told)
    for side in places.SIDES:
        for bone, kind, name in ((EYE, "DAMPED_TRACK", FOLLOW), (POINT, "COPY_LOCATION", CONVERGE)):
            held = bones[bone.format(side)]
            constraint = next(each for each in held.constraints if each.type == kind)
            path = f'pose.bones["{held.name}"].constraints["{constraint.name}"].influence'
            _drive(obj, path, -1, obj, [Source(f'pose.bones["{EYES}"]["{name}"]')], CLAMPED[1])
    for (bone, axis), (down, up) in amplitudes.items():
        name, channel = gaze_of(bone, axis), "YX"[axis]  # a turn about y goes across
        sign = -1.0 if axis else 1.0  # and one about x goes down
        ends = float(np.sin(down / TURN)), float(np.sin(up / TURN))
        points = sorted(((-sign * ends[0], -1.0), (0.0, 0.0), (sign * ends[1], 1.0)))
        source = Source(bone=part_of(EYE.format(bone[-1])), channel=f"ROT_{channel}", turns=True)
        bones[SCORES][name] = 0.0
        _drive(obj, score_path(name), -1, obj, [source], points, beyond=True)
    for name, ((bone, axis), sign) in _across().items():
        bones[SCORES][name] = 0.0
        source = Source(bone=bone, channel=f"LOC_{places.AXES[axis]}")
        _drive(obj, score_path(name), -1, obj, [source], ((0.0, 0.0), (1.0, float(sign))), beyond=True)
    for name, way in places.OWN.items():
        bones[SCORES][name] = 0.0
        more = places.more_of(name)
        bones[way.bone][more] = bones[way.bone].get(more, 0.0)
        bones[way.bone].id_properties_ui(more).update(
            soft_min=0.0, soft_max=1.0, default=0.0, description=f"What {more} has beyond the knob"
        )
        _drive(obj, score_path(name), -1, obj, list(_sources(way, amplitudes)), CLAMPED[way.sign])


def drive_head(head: bpy.types.Object, group: FLAME_PG_head, obj: bpy.types.Object, unit: float) -> None:
    """Drive a head's named controls, joints and place by the board; ``unit`` is metres of FLAME's."""
    for index, name in enumerate(names_of_controls(group)):
        if name in places.OWN:
            sources = [Source(score_path(name)), Source(more_path(name))]
            _drive(head, value_path(group, "controls", index), -1, obj, sources, ((0.0, 0.0), (1.0, 1.0)), beyond=True)
    for field, bone in FIELDS.items():
        for axis, letter in enumerate(places.AXES):
            source = Source(bone=part_of(bone), channel=f"ROT_{letter}", turns=True)
            _drive(head, f"flame.{field}", axis, obj, [source], ((0.0, 0.0), (1.0, TURN)), beyond=True)
    for axis, letter in enumerate(places.AXES):
        source = Source(bone=ROOT, channel=f"LOC_{letter}")
        _drive(head, f"flame.{TRANSLATION}", axis, obj, [source], ((0.0, 0.0), (1.0, unit)), beyond=True)


def release(head: bpy.types.Object) -> int:
    """Take these drivers off a head, which keeps what it shows; how many there were."""
    data: Any = head.animation_data
    ours = [] if data is None else [each for each in data.drivers if is_ours(each)]
    for each in ours:
        data.drivers.remove(each)
    if data is not None and data.action is None and not data.drivers and not data.nla_tracks:
        head.animation_data_clear()
    return len(ours)


def driven_by_others(head: bpy.types.Object, group: FLAME_PG_head) -> str | None:
    """The data path of something that a board would drive and another driver drives; None where there is none."""
    paths = {
        value_path(group, "controls", at) for at, name in enumerate(names_of_controls(group)) if name in places.OWN
    }
    paths |= {f"flame.{field}" for field in (*FIELDS, TRANSLATION)}
    data: Any = head.animation_data
    found = [] if data is None else [each for each in data.drivers if each.data_path in paths and not is_ours(each)]
    return found[0].data_path if found else None


def gaze_amplitudes(names: Sequence[str], table: np.ndarray) -> dict[tuple[str, int], tuple[float, float]]:
    """By bone and axis of the gaze's knobs, how far a score of 1 turns the eye to the negative and the positive way.

    ``table`` (C, E + 9) as :class:`..flame.controls.Controls` has it; radians.
    """
    found: dict[tuple[str, int], list[float]] = {}
    for name, way in places.OWN.items():
        if not way.bone.startswith("gaze."):
            continue
        eye = ROTATIONS.index("left_eye" if way.bone.endswith(".L") else "right_eye")
        turned = table[list(names).index(name), -9:].reshape(3, 3)[eye] if name in names else np.zeros(3)
        angle = abs(float(turned[1 - way.axis])) or float(USUAL_GAZE)
        found.setdefault((way.bone, way.axis), [float(USUAL_GAZE)] * 2)[0 if way.sign < 0 else 1] = angle
    return {key: (angles[0], angles[1]) for key, angles in found.items()}


def _sources(way: places.Way, amplitudes: Mapping[tuple[str, int], object]) -> Iterator[Source]:
    """Whatever moves along a way: its own knob, that for both sides, a handle, eye targets."""
    yield Source(bone=way.bone, channel=f"LOC_{places.AXES[way.axis]}")
    for other in places.others(way.bone, way.axis):
        if other.sign > 0:
            yield Source(bone=other.bone, channel=f"LOC_{places.AXES[way.axis]}")
        else:
            yield Source(score_path(_across_name(other.bone, way.axis)))
    if (way.bone, way.axis) in amplitudes:
        yield Source(score_path(gaze_of(way.bone, way.axis)))


def _across_name(bone: str, axis: int) -> str:
    return f"{bone}_across_{'xy'[axis]}"


def _across() -> dict[str, tuple[tuple[str, int], int]]:
    """Knobs for both sides that move one of them the other way: the property that tells it, bone and axis, and -1."""
    found = {}
    for bone, axis in places.pairs():
        both = places.knob_of_both(bone, axis)
        if both is not None and both[1] < 0:
            found[_across_name(both[0], axis)] = (both[0], axis), -1
    return found


def _drive(
    owner: bpy.types.Object,
    path: str,
    index: int,
    board: bpy.types.Object,
    sources: Sequence[Source],
    points: Points,
    beyond: bool = False,
) -> None:
    """Let a channel be the sum of its sources, bent by straight lines through ``points`` and perhaps ``beyond``."""
    owner.driver_remove(path, index)
    curve: Any = owner.driver_add(path, index)
    for modifier in list(curve.modifiers):
        curve.modifiers.remove(modifier)
    for key in reversed(list(curve.keyframe_points)):  # Blender 5 begins with two
        curve.keyframe_points.remove(key)
    curve.driver.type = "SUM"
    for number, source in enumerate(sources):
        variable = curve.driver.variables.new()
        variable.name = f"{VARIABLE}_{number}"
        target = variable.targets[0]
        if source.path:
            target.id, target.data_path = board, source.path
            continue
        variable.type = "TRANSFORMS"
        target = variable.targets[0]
        target.id, target.bone_target, target.transform_type = board, source.bone, source.channel
        target.transform_space = "LOCAL_SPACE" if source.turns else "TRANSFORM_SPACE"
        target.rotation_mode = "QUATERNION" if source.turns else "AUTO"
    curve.keyframe_points.add(len(points))
    for key, place in zip(curve.keyframe_points, points, strict=True):
        key.co, key.interpolation = place, "LINEAR"
    curve.extrapolation = "LINEAR" if beyond else "CONSTANT"
    curve.update()


def _bones(obj: bpy.types.Object) -> Any:
    pose: Any = obj.pose
    return pose.bones
