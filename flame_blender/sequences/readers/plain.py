"""Arrays under any of the names that FLAME's users give them: for files that no tool in particular wrote."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from ...errors import SequenceError
from ..choices import AUTO, POSE_LAYOUTS, ROOT_6D, SIXD_LAYOUTS, USUAL, layouts_of
from ..contents import Contents
from ..fields import Rows, are_6d, axis_angle_from_6d, clip, frame_rate, rotation_rows, rows
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
POSE_NAMES, EYES_NAMES = (
    ("pose", "pose_params", "posecode"), ("eyes", "eyes_pose", "eye_pose", "eye_params", "eyecode"),
)  # fmt: skip
EYELID_NAMES = ("eyelids", "eyelid_params")
FPS_NAMES = ("fps", "frame_rate", "framerate", "mocap_frame_rate", "mocap_framerate")
RELEASE_NAMES = ("release", "flame_release", "flame_version", "flame_model", "model", "model_name", "model_path")
RELEASE = re.compile(r"2023[\s_-]*open|2017|2019|2020|2023", re.IGNORECASE)
RELEASE_NOT_TOLD = (
    "The file does not tell its FLAME release: on a model of another one, coefficients mean other shapes."
)
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
    release = _release(contents)
    coefficients = fields.keys() & COEFFICIENT_NAMES.keys()
    sequence = clip(
        contents,
        fields,
        source="plain arrays",
        pose=stored,
        eyelids=rows(contents, lids, 2) if lids else None,
        fps=frame_rate(contents, rate) if rate else None,
        release=release,
        notes=(
            f"Read by the usual names: {', '.join(dict.fromkeys(each.key for each in fields.values()))}.",
            *((RELEASE_NOT_TOLD,) if coefficients and not release else ()),
        ),
    ).with_found(layouts=layouts)
    unturned = lids == "eyelid_params" or (bool(lids) and _says_unturned(contents))
    return sequence.with_params(eyelids_unturned=unturned)


def _says_unturned(contents: Contents) -> bool:
    """What the add-on's own .json and .npz say; SMIRK's name for the lids says it too."""
    said = contents.fields.get("eyelids_unturned")
    return bool(said) if isinstance(said, (bool, np.bool_)) else False


def _release(contents: Contents) -> str:
    """``"FLAME 2020"``, where a text under a usual name tells it."""
    for name in RELEASE_NAMES:
        text = contents.fields.get(name)
        found = RELEASE.search(str(text)[:1000]) if isinstance(text, (str, np.ndarray)) and np.ndim(text) == 0 else None
        if found:
            contents.take(name)
            return "FLAME 2023 Open" if found[0].lower().endswith("open") else f"FLAME {found[0]}"
    return ""


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
    layouts = (*_sixd_layouts(pose), *layouts_of(pose.values.shape[1]))
    layout = _chosen(contents, pose, layouts)
    sixd = layout in SIXD_LAYOUTS
    joints = SIXD_LAYOUTS[layout] if sixd else POSE_LAYOUTS[layout]
    width = pose.values.shape[1] // len(joints)
    parts = {joint: pose.part(width * i, width * i + width) for i, joint in enumerate(joints)}
    if sixd:
        parts = {joint: Rows(key, axis_angle_from_6d(contents, part)) for joint, part in parts.items()}
    _add(contents, fields, parts)
    order = ", ".join("root" if joint == "global_rotation" else joint.replace("_", " ") for joint in joints)
    return f"{key} of {pose.values.shape[1]} numbers{', 6D' if sixd else ''}: {order}", layouts


def _sixd_layouts(pose: Rows) -> tuple[str, ...]:
    """The layouts of 6D rotations that a pose can have: as many numbers, and each six two rows of a matrix."""
    width = pose.values.shape[1]
    if width % 6 or not all(are_6d(pose.part(start, start + 6)) for start in range(0, width, 6)):
        return ()
    return tuple(name for name, joints in SIXD_LAYOUTS.items() if 6 * len(joints) == width)


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
