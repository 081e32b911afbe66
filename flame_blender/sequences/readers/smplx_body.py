"""SMPL-X animations: BEAT2 and EMAGE, AMASS, SMPLify-X and ExPose. The face part: expression, neck, jaw and eyes.

FLAME's neck is SMPL-X's joint 15, the head relative to joint 12: numbers 45 to 48 of the 165 of a full pose, and entry
14 of a body pose. ``betas`` are a body's shape, never a FLAME identity.

With ``body_rotation`` FLAME's root turns as joint 12 does in the world: the product of the rotations along pelvis,
spine 1 to 3 and neck (joints 0, 3, 6, 9, 12), each relative to its parent, so that root and neck together turn the
head as the body does. The world is turned to FLAME's axes, Y up, first. The translation stays zero: where the head is
depends on the body's bones, and those on its model.
"""

from __future__ import annotations

import numpy as np

from ...errors import SequenceError
from ...geometry.rotations import axis_angle_from_matrix, matrix_from_axis_angle
from ..contents import Contents
from ..fields import Rows, clip, frame_rate, numbers, rotation_rows, rows
from ..sequence import SMPLX, FlameSequence

FULL_POSE, BODY_JOINTS = 165, 21
SPINE, HEAD = (3, 6, 9, 12), 15
NOT_AN_IDENTITY = "betas are a body's shape, not a FLAME identity: the identity stays zero."
ONLY_THE_FACE = "The head's own rotation is that to the neck; the body's place and rotation in the world are left out."
# Which way is up, and the turn about X that brings it to FLAME's Y: SMPL-X's own, motion capture's, and a picture's.
UPRIGHT = {"Y": 0.0, "Z": -np.pi / 2, "-Y": np.pi}
UP_OF_KEYS = {"surface_model_type": "Z", "camera_rotation": "-Y"}  # AMASS, SMPLify-X
RATES = ("mocap_frame_rate", "mocap_framerate", "fps")


def recognises(contents: Contents) -> bool:
    """Whether it is a body in motion, or one of SMPLify-X or ExPose."""
    return contents.has("poses", "betas") or contents.has("body_pose", "jaw_pose", "betas")


def read(contents: Contents) -> FlameSequence:
    """The face's part of the clip, or of one body."""
    fields = _of_full_pose(contents) if contents.has("poses") else _of_joints(contents)
    notes = [NOT_AN_IDENTITY]
    chain = _chain(contents) if contents.choices.body_rotation else []
    if not chain:
        notes.append(ONLY_THE_FACE)
    else:
        turns = _product(contents, chain)
        up = _up(contents, turns)
        fields["global_rotation"] = Rows("the body's rotation", _upright(turns, up))
        notes.append(f"The root turns as the body's neck does in its world, {up} up; the body's place is left out.")
    if "neck" not in fields:
        notes.append("The neck stays zero: the body's pose is a code that needs its model.")
    for key in ("expressions", "expression"):
        if contents.has(key):
            fields["expression"] = rows(contents, key)
    rate = next((key for key in RATES if contents.has(key)), None)
    return clip(
        contents,
        fields,
        source="SMPL-X",
        pose="neck, jaw and eyes of a body",
        fps=frame_rate(contents, rate) if rate else None,
        release=SMPLX if "expression" in fields else "",
        notes=tuple(notes),
    ).with_found(body="neck" in fields)


def _of_full_pose(contents: Contents) -> dict[str, Rows]:
    poses = rows(contents, "poses")
    if poses.values.shape[1] != FULL_POSE:
        raise SequenceError(
            f"{contents.source}: poses must have {FULL_POSE} numbers a frame, SMPL-X's, found {poses.values.shape[1]}: "
            f"a body without a face."
        )
    slots = {"neck": 45, "jaw": 66, "left_eye": 69, "right_eye": 72}
    return {name: poses.part(start, start + 3) for name, start in slots.items()}


def _of_joints(contents: Contents) -> dict[str, Rows]:
    names = {"jaw": "jaw_pose", "left_eye": "leye_pose", "right_eye": "reye_pose"}
    fields = {name: rotation_rows(contents, key) for name, key in names.items() if contents.has(key)}
    head = _body_joint(contents, HEAD)
    return fields if head is None else fields | {"neck": head}


def _body_joint(contents: Contents, joint: int) -> Rows | None:
    """The rotation of joint 1 to 21 in ``body_pose``, stored as matrices or axis-angle; None for anything else."""
    body, index = numbers(contents, "body_pose"), joint - 1
    if body.shape[-3:] == (BODY_JOINTS, 3, 3):
        return rotation_rows(contents.inner("body_pose", {f"joint {joint}": body[..., index, :, :]}), f"joint {joint}")
    if body.shape[-1:] == (3 * BODY_JOINTS,):
        return rows(contents, "body_pose", 3 * BODY_JOINTS).part(3 * index, 3 * index + 3)
    return None


def _chain(contents: Contents) -> list[Rows]:
    """The rotations from the pelvis to the neck, each relative to its parent; none where the pose is a code."""
    if contents.has("poses"):
        poses = rows(contents, "poses", FULL_POSE)
        return [poses.part(3 * joint, 3 * joint + 3) for joint in (0, *SPINE)]
    spine = [_body_joint(contents, joint) for joint in SPINE]
    root = [rotation_rows(contents, "global_orient")] if contents.has("global_orient") else []
    return [*root, *(each for each in spine if each is not None)] if spine[0] is not None else []


def _product(contents: Contents, chain: list[Rows]) -> np.ndarray:
    """(N, 3, 3) of the rotations one after another. SequenceError where counts of frames differ."""
    if len({len(each.values) for each in chain} - {1}) > 1:
        found = ", ".join(f"{each.key} {len(each.values)}" for each in chain[:2])
        raise SequenceError(f"{contents.source}: every key must have the same number of frames, found {found}.")
    turned = np.eye(3)
    for each in chain:
        turned = turned @ matrix_from_axis_angle(each.values)
    return turned


def _up(contents: Contents, turns: np.ndarray) -> str:
    """The world's up: told by the keys, else that of Y, Z and -Y which the neck points along most, over the clip."""
    for key, up in UP_OF_KEYS.items():
        if contents.has(key):
            return up
    _, y, z = turns[..., 1].mean(0)
    return max({"Y": y, "Z": z, "-Y": -y}.items(), key=lambda each: each[1])[0]


def _upright(turns: np.ndarray, up: str) -> np.ndarray:
    """(N, 3, 3) in a world of this up -> (N, 3) axis-angle in FLAME's axes."""
    return axis_angle_from_matrix(matrix_from_axis_angle(np.array([UPRIGHT[up], 0.0, 0.0])) @ turns)
