"""Arrays under any of the names that FLAME's users give them: for files that no tool in particular wrote."""

from __future__ import annotations

from collections.abc import Mapping

from ...flame.errors import SequenceError
from ..choices import AUTO, POSE_LAYOUTS, ROOT_6D, USUAL, layouts_of
from ..contents import Contents
from ..fields import Rows, are_6d, axis_angle_from_6d, clip, numbers, rotation_rows, rows
from ..sequence import FlameSequence

COEFFICIENT_NAMES: Mapping[str, tuple[str, ...]] = {
    "shape": ("shape", "shape_params", "shapecode", "shape_code", "identity", "betas"),
    "expression": (
        "expression", "expressions", "expr", "exp", "expcode", "exp_code", "expression_params", "expr_params",
        "exp_params",
    ),
}  # fmt: skip
ROTATION_NAMES: Mapping[str, tuple[str, ...]] = {
    "global_rotation": (
        "global_rotation", "global_pose", "globalpose", "global_orient", "root_pose", "root_orient", "rotation",
    ),
    "neck": ("neck", "neck_pose", "neckpose", "neck_params"),
    "jaw": ("jaw", "jaw_pose", "jawpose", "jaw_params", "pose_jaw"),
    "left_eye": ("left_eye", "left_eye_pose", "leye_pose"),
    "right_eye": ("right_eye", "right_eye_pose", "reye_pose"),
}  # fmt: skip
TRANSLATION_NAMES = ("translation", "transl", "trans")
POSE_NAMES, EYES_NAMES = ("pose", "pose_params", "posecode"), ("eyes", "eyes_pose", "eye_pose", "eye_params")
EYELID_NAMES = ("eyelids", "eyelid_params")
FPS_NAMES = ("fps", "frame_rate", "framerate", "mocap_frame_rate", "mocap_framerate")
BODY_NAMES = ("poses", "body_pose", "pose_body", "left_hand_pose", "dmpls")  # SMPL-X: betas are a body's


def recognises(contents: Contents) -> bool:
    """Whether an expression or a rotation has a usual name, and no body is in the file."""
    names = (*COEFFICIENT_NAMES["expression"], *POSE_NAMES, *ROTATION_NAMES["jaw"])
    return any(contents.has(name) for name in names) and not any(contents.has(name) for name in BODY_NAMES)


def read(contents: Contents) -> FlameSequence:
    """The clip. SequenceError where two keys mean the same, or a pose has an unknown length."""
    fields: dict[str, Rows] = {}
    for field, names in COEFFICIENT_NAMES.items():
        key = _one_of(contents, names)
        if key:
            fields[field] = rows(contents, key)
    stored, layouts = _read_rotations(contents, fields)
    key = _one_of(contents, TRANSLATION_NAMES)
    if key:
        fields["translation"] = rows(contents, key, 3)
    lids, rate = _one_of(contents, EYELID_NAMES), _one_of(contents, FPS_NAMES)
    return clip(
        contents,
        fields,
        source="plain arrays",
        pose=stored,
        eyelids=rows(contents, lids, 2) if lids else None,
        fps=_frame_rate(contents, rate) if rate else None,
        notes=(f"Read by the usual names: {', '.join(dict.fromkeys(each.key for each in fields.values()))}.",),
    ).with_found(layouts=layouts)


def _read_rotations(contents: Contents, fields: dict[str, Rows]) -> tuple[str, tuple[str, ...]]:
    """Adds the five rotations that are there to ``fields``; how they were stored, and the layouts left open."""
    for field, names in ROTATION_NAMES.items():
        key = _one_of(contents, names)
        if key:
            fields[field] = rotation_rows(contents, key)
    stored = "a rotation for each joint" if fields.keys() & ROTATION_NAMES.keys() else ""
    eyes = _one_of(contents, EYES_NAMES)
    if eyes:
        both = rows(contents, eyes, 6)
        _add(contents, fields, {"left_eye": both.part(0, 3), "right_eye": both.part(3, 6)})
    key = _one_of(contents, POSE_NAMES)
    if not key:
        return stored, ()
    pose = rows(contents, key)
    layouts = layouts_of(pose.values.shape[1])
    if pose.values.shape[1] == 6 and are_6d(pose):
        layouts = (ROOT_6D, *layouts)
    layout = _chosen(contents, pose, layouts)
    if layout == ROOT_6D:
        _add(contents, fields, {"global_rotation": Rows(key, axis_angle_from_6d(contents, pose))})
        return "one 6D rotation of the root", layouts
    joints = POSE_LAYOUTS[layout]
    _add(contents, fields, {joint: pose.part(3 * i, 3 * i + 3) for i, joint in enumerate(joints)})
    order = ", ".join("root" if joint == "global_rotation" else joint.replace("_", " ") for joint in joints)
    return f"{key} of {pose.values.shape[1]} numbers: {order}", layouts


def _chosen(contents: Contents, pose: Rows, layouts: tuple[str, ...]) -> str:
    """The layout that was asked for, or the usual one. SequenceError where the pose cannot have it."""
    asked, width = contents.choices.pose_layout, pose.values.shape[1]
    if asked in layouts:
        return asked
    if asked == AUTO and layouts and layouts[0] in (ROOT_6D, *USUAL):
        return layouts[0]
    if layouts:
        found = "none" if asked == AUTO else asked
        raise SequenceError(
            f"{contents.source}: {pose.key} of {width} numbers a frame must have the pose layout "
            f"{' or '.join(layouts)}, found {found}; choose one in the import's options."
        )
    raise SequenceError(
        f"{contents.source}: {pose.key} must hold 6 numbers (root, jaw) or 15 (root, neck, jaw, eyes) a frame, "
        f"found {width}; name each joint's rotation instead."
    )


def _add(contents: Contents, fields: dict[str, Rows], more: dict[str, Rows]) -> None:
    for field, each in more.items():
        if field in fields:
            found = f"both {fields[field].key} and {each.key}"
            raise SequenceError(f"{contents.source}: expected one key for {field}, found {found}; remove one.")
        fields[field] = each


def _one_of(contents: Contents, names: tuple[str, ...]) -> str | None:
    present = [name for name in names if contents.has(name)]
    if len(present) > 1:
        found = " and ".join(present)
        raise SequenceError(f"{contents.source}: expected one key of {', '.join(names)}, found {found}; remove one.")
    return present[0] if present else None


def _frame_rate(contents: Contents, key: str) -> float:
    value = numbers(contents, key)
    if value.size != 1 or not value.reshape(-1)[0] > 0:
        raise SequenceError(f"{contents.source}: {key} must be one number above 0, found {value.dtype} {value.shape}.")
    return float(value.reshape(-1)[0])
