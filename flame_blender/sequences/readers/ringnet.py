"""RingNet: params/<image>.npy, a dict with cam (3,), pose (6,), shape (100,) and expression (50,)."""

from __future__ import annotations

from ..contents import Contents
from ..fields import clip, rows
from ..sequence import FlameSequence


def recognises(contents: Contents) -> bool:
    """Whether it has RingNet's four keys."""
    return contents.has("cam", "pose", "shape", "expression") and not contents.has("exp")


def read(contents: Contents) -> FlameSequence:
    """One image."""
    pose = rows(contents, "pose", 6)
    return clip(
        contents,
        {
            "shape": rows(contents, "shape"),
            "expression": rows(contents, "expression"),
            "global_rotation": pose.part(0, 3),
            "jaw": pose.part(3, 6),
        },
        source="RingNet",
        pose="root and jaw, axis-angle",
        release="FLAME 2019",
        notes=("The camera is that of the 224 pixel crop and is not read.",),
    )
