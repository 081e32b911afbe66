"""The armature of a face board: its bones, how they look, how far they go and what keeps them there."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np

from . import places, shapes
from .measures import JAW, LEFT_EYE, NECK, RIGHT_EYE, TO_TARGETS, Measures

BOARD, SCORES, EYES = "board", "scores", "eyes"
ROOT, NECK_RING, JAW_HANDLE = "root", "neck", "jaw"
JOINT_OF = {ROOT: 0, NECK_RING: NECK, JAW_HANDLE: JAW}
PART, EYE, TARGET, POINT = "{}_part", "eye.{}", "eye_target.{}", "eye_point.{}"
FOLLOW, CONVERGE = "follow", "converge"  # properties of the bone of both targets
SHARE = 4  # by how much less a part turns than its bone: of less its quaternion is noise (Blender decomposes matrices)
Colour = tuple[float, float, float]
LEFT_COLOUR, RIGHT_COLOUR, MIDDLE_COLOUR = (0.15, 0.45, 1.0), (1.0, 0.2, 0.15), (1.0, 0.75, 0.1)
HEAD_COLOUR, EYE_COLOUR, FRAME_COLOUR = (0.2, 0.9, 0.4), (0.9, 0.4, 0.9), (0.75, 0.75, 0.75)
LINE = 1.5  # of shapes that are lines
FACE = "Face"
COLLECTIONS = ("Board", "Head", FACE, "Mechanism")
UP, TO_VIEWER = np.array([0.0, 0.0, 1.0]), (0.0, -1.0, 0.0)
Place = np.ndarray


def part_of(bone: str) -> str:
    """The hidden bone that turns with another one by a share of it."""
    return PART.format(bone) if "." not in bone else f"{PART.format(bone[:-2])}{bone[-2:]}"


def rest_places(measures: Measures) -> dict[str, tuple[Place, str | None]]:
    """Where each bone begins, and its parent."""
    made: dict[str, tuple[Place, str | None]] = {ROOT: (measures.joints[0], None)}
    made[NECK_RING] = measures.joints[NECK], ROOT
    made[JAW_HANDLE] = measures.joints[JAW], NECK_RING
    for side, joint in (("L", LEFT_EYE), ("R", RIGHT_EYE)):
        made[EYE.format(side)] = measures.joints[joint], NECK_RING
    for bone in list(made):
        made[part_of(bone)] = made[bone]
    ahead = np.array([0.0, -TO_TARGETS, 0.0])
    made[EYES] = measures.eyes.mean(0) + ahead, None
    for side, eye in zip("LR", measures.eyes, strict=True):
        made[TARGET.format(side)] = eye + ahead, EYES
        made[POINT.format(side)] = eye + ahead, TARGET.format(side)
    made[BOARD] = measures.board, None
    made[SCORES] = measures.board, BOARD
    for knob in places.KNOBS:
        made[knob.bone] = measures.board + np.array([knob.place[0], 0.0, knob.place[1]]), BOARD
    for handle in places.HANDLES:
        made[handle] = measures.handles[handle], NECK_RING
    return made


def put_bones(armature: Any, measures: Measures) -> None:
    """Add the bones that are not there, and put all of them at their places, in Edit Mode.

    All point up and have their z axis to the viewer, so that their axes are FLAME's.
    """
    for name, (place, parent) in rest_places(measures).items():
        bone = armature.edit_bones.get(name) or armature.edit_bones.new(name)
        bone.head, bone.tail = place, place + UP
        bone.align_roll(TO_VIEWER)
        bone.parent = armature.edit_bones[parent] if parent else None
        bone.use_deform = False


def dress(obj: bpy.types.Object, measures: Measures) -> None:
    """Give the bones shapes, colours, collections, locks, limits and what they follow."""
    armature, pose = _data(obj), _pose(obj)
    collections = {name: armature.collections.get(name) or armature.collections.new(name) for name in COLLECTIONS}
    collections["Mechanism"].is_visible = False
    if not any(name in armature.collections[FACE].bones for name in places.HANDLES):
        collections[FACE].is_visible = False  # until it is asked for
    shown = set()
    for name, collection, shape, colour in _looks(measures):
        bone = pose.bones[name]
        bone.custom_shape, bone.use_custom_shape_bone_size, bone.custom_shape_wire_width = shape, False, LINE
        collections[collection].assign(armature.bones[name])
        _colour(armature.bones[name], colour)
        shown.add(name)
    for bone in pose.bones:
        bone.rotation_mode = "XYZ"
        if bone.name not in shown:
            collections["Mechanism"].assign(armature.bones[bone.name])
    for knob in places.KNOBS:
        _limit(pose.bones[knob.bone], knob)
        for handle, own in places.HANDLES.items():
            if own == knob.bone:
                _limit(pose.bones[handle], knob)
    for name in (NECK_RING, JAW_HANDLE):
        _lock(pose.bones[name], location=(True,) * 3, rotation=False)
    _lock(pose.bones[ROOT], location=(False,) * 3, rotation=False)
    for side in places.SIDES:
        _lock(pose.bones[TARGET.format(side)], location=(False,) * 3, rotation=True)
    _constrain(obj)


def _looks(measures: Measures) -> list[tuple[str, str, bpy.types.Object, Colour]]:
    """Of each bone that is seen: its collection, its shape and its colour."""
    apart = float(np.linalg.norm(measures.eyes[0] - measures.eyes[1]))
    single, of_both, at = shapes.knob(False), shapes.knob(True), shapes.target()
    joints = measures.joints
    looks = [
        (BOARD, "Board", shapes.board(), FRAME_COLOUR),
        (ROOT, "Head", shapes.ring("Root", *measures.root_ring, joints[0]), HEAD_COLOUR),
        (NECK_RING, "Head", shapes.ring("Neck", *measures.neck_ring, joints[NECK]), HEAD_COLOUR),
        (JAW_HANDLE, "Head", shapes.jaw(measures), HEAD_COLOUR),
        (EYES, "Head", shapes.targets(apart), EYE_COLOUR),
        (TARGET.format("L"), "Head", at, LEFT_COLOUR),
        (TARGET.format("R"), "Head", at, RIGHT_COLOUR),
    ]
    for knob in places.KNOBS:
        colour = {".L": LEFT_COLOUR, ".R": RIGHT_COLOUR}.get(knob.bone[-2:], MIDDLE_COLOUR)
        looks.append((knob.bone, "Board", of_both if knob.both else single, colour))
        looks += [(handle, FACE, single, colour) for handle, own in places.HANDLES.items() if own == knob.bone]
    return looks


def _colour(bone: Any, colour: Colour) -> None:
    """A colour of its own, paler while it is selected, and almost white while it is active."""
    bone.color.palette = "CUSTOM"
    for name, white in (("normal", 0.0), ("select", 0.5), ("active", 0.8)):
        setattr(bone.color.custom, name, [part + white * (1 - part) for part in colour])


def _lock(bone: Any, location: tuple[bool, ...], rotation: bool) -> None:
    bone.lock_location, bone.lock_rotation, bone.lock_rotation_w = location, (rotation,) * 3, rotation
    bone.lock_scale = (True,) * 3


def _limit(bone: Any, knob: places.Knob) -> None:
    """Let a knob go along its track alone; what is dragged stops there, what is typed or keyed may go beyond."""
    ways = (*(knob.limits(axis) for axis in (0, 1)), (0.0, 0.0))
    _lock(bone, tuple(low == high for low, high in ways), True)
    limit = _constraint(bone, "LIMIT_LOCATION")
    limit.owner_space, limit.use_transform_limit = "LOCAL", True
    for axis, (low, high) in zip("xyz", ways, strict=True):
        for end, value in (("min", low), ("max", high)):
            setattr(limit, f"use_{end}_{axis}", True)
            setattr(limit, f"{end}_{axis}", value)


def _constrain(obj: bpy.types.Object) -> None:
    bones = _pose(obj).bones
    for side in places.SIDES:
        track = _constraint(bones[EYE.format(side)], "DAMPED_TRACK")
        track.target, track.subtarget, track.track_axis = obj, POINT.format(side), "TRACK_Z"
        near = _constraint(bones[POINT.format(side)], "COPY_LOCATION")
        near.target, near.subtarget, near.influence = obj, EYES, 0.0
    for name in (*JOINT_OF, *(EYE.format(side) for side in places.SIDES)):
        turn = _constraint(bones[part_of(name)], "COPY_ROTATION")
        turn.target, turn.subtarget, turn.influence = obj, name, 1 / SHARE
        turn.owner_space = turn.target_space = "LOCAL"
    for name in (BOARD, EYES):  # go where the head goes, but do not turn with it
        go = _constraint(bones[name], "COPY_LOCATION")
        go.target, go.subtarget, go.use_offset = obj, ROOT, True
        go.owner_space = go.target_space = "LOCAL"


def _constraint(bone: Any, kind: str) -> Any:
    return next((each for each in bone.constraints if each.type == kind), None) or bone.constraints.new(kind)


def _pose(obj: bpy.types.Object) -> Any:
    return obj.pose


def _data(obj: bpy.types.Object) -> Any:
    return obj.data
