"""SMPL-X animations: BEAT2 and EMAGE, AMASS, SMPLify-X and ExPose. The face part: expression, neck, jaw and eyes.

FLAME's neck is SMPL-X's joint 15, the head relative to joint 12: numbers 45 to 48 of the 165 of a full pose, and entry
14 of a body pose. ``betas`` are a body's shape, never a FLAME identity.
"""

from __future__ import annotations

from ...flame.errors import SequenceError
from ..contents import Contents
from ..fields import Rows, clip, numbers, rotation_rows, rows
from ..sequence import FlameSequence

FULL_POSE, BODY_JOINTS, HEAD_IN_BODY = 165, 21, 14
NOTES = (
    "betas are a body's shape, not a FLAME identity: the identity stays zero.",
    "The head's own rotation is that to the neck; the body's place and rotation in the world are left out.",
)
RATES = ("mocap_frame_rate", "mocap_framerate", "fps")


def recognises(contents: Contents) -> bool:
    """Whether it is a body in motion, or one of SMPLify-X or ExPose."""
    return contents.has("poses", "betas") or contents.has("body_pose", "jaw_pose", "betas")


def read(contents: Contents) -> FlameSequence:
    """The face's part of the clip, or of one body."""
    fields = _of_full_pose(contents) if contents.has("poses") else _of_joints(contents)
    notes = list(NOTES)
    if "neck" not in fields:
        notes.append("The neck stays zero: the body's pose is a code that needs its model.")
    for key in ("expressions", "expression"):
        if contents.has(key):
            fields["expression"] = rows(contents, key)
    rate = next((numbers(contents, key).reshape(-1) for key in RATES if contents.has(key)), None)
    if rate is not None and (len(rate) != 1 or not rate[0] > 0):
        raise SequenceError(f"{contents.source}: the frame rate must be one number above 0, found {rate[:4].tolist()}.")
    return clip(
        contents,
        fields,
        source="SMPL-X",
        pose="neck, jaw and eyes of a body",
        fps=float(rate[0]) if rate is not None else None,
        release="FLAME 2020" if "expression" in fields else "",
        notes=tuple(notes),
    )


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
    body = numbers(contents, "body_pose")
    if body.shape[-3:] == (BODY_JOINTS, 3, 3):
        head = contents.inner("body_pose", {"head": body[..., HEAD_IN_BODY, :, :]})
        fields["neck"] = rotation_rows(head, "head")
    elif body.shape[-1:] == (3 * BODY_JOINTS,):
        fields["neck"] = rows(contents, "body_pose", 3 * BODY_JOINTS).part(3 * HEAD_IN_BODY, 3 * HEAD_IN_BODY + 3)
    return fields
