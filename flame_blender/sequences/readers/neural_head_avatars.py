"""neural-head-avatars and video-head-tracker: tracked_flame_params.npz, VHAP's keys and RT, K, n_processed."""

from __future__ import annotations

from ..contents import Contents
from ..fields import clip, rows
from ..sequence import FlameSequence
from .vhap import KEYS, OF_NEURAL_HEAD_AVATARS


def recognises(contents: Contents) -> bool:
    """Whether it has VHAP's keys and one of its own."""
    return contents.has(*KEYS) and any(contents.has(key) for key in OF_NEURAL_HEAD_AVATARS)


def read(contents: Contents) -> FlameSequence:
    """The clip; arrays may have one more axis of length 1."""
    eyes = rows(contents, "eyes_pose", 6)
    names = {"global_rotation": "rotation", "neck": "neck_pose", "jaw": "jaw_pose", "translation": "translation"}
    fields = {field: rows(contents, key, 3) for field, key in names.items()}
    fields |= {"left_eye": eyes.part(0, 3), "right_eye": eyes.part(3, 6), "expression": rows(contents, "expr")}
    if contents.has("shape"):
        fields["shape"] = rows(contents, "shape")
    return clip(
        contents,
        fields,
        source="neural-head-avatars",
        pose="five axis-angle rotations",
        release="FLAME 2020",
        notes=("The camera is not read.",),
    )
