"""photometric_optimization: <image>.npy, DECA's keys with ``lit`` and projected ``verts``."""

from __future__ import annotations

from ..contents import Contents
from ..fields import clip, rows
from ..sequence import FlameSequence


def recognises(contents: Contents) -> bool:
    """Whether it has DECA's keys and the lighting of this tool."""
    return contents.has("shape", "exp", "pose", "cam", "lit")


def read(contents: Contents) -> FlameSequence:
    """One image."""
    pose = rows(contents, "pose", 6)
    return clip(
        contents,
        {
            "shape": rows(contents, "shape"),
            "expression": rows(contents, "exp"),
            "global_rotation": pose.part(0, 3),
            "jaw": pose.part(3, 6),
        },
        source="photometric_optimization",
        pose="root and jaw, axis-angle",
        notes=("The camera is that of the crop and is not read.",),
    )
