"""DiffPoseTalk --save_coef: one .npz for a clip with exp (T, 50), pose (T, 6) and shape (T, 100)."""

from __future__ import annotations

from ..contents import Contents
from ..fields import clip, rows
from ..sequence import FlameSequence

FPS = 25.0
KEYS = frozenset({"exp", "pose", "shape"})


def recognises(contents: Contents) -> bool:
    """Whether it is an .npz of these three arrays alone."""
    return contents.kind == "npz" and contents.fields.keys() == KEYS


def read(contents: Contents) -> FlameSequence:
    """The clip, at DiffPoseTalk's 25 frames a second."""
    pose = rows(contents, "pose", 6)
    return clip(
        contents,
        {
            "shape": rows(contents, "shape"),
            "expression": rows(contents, "exp"),
            "global_rotation": pose.part(0, 3),
            "jaw": pose.part(3, 6),
        },
        source="DiffPoseTalk",
        pose="root and jaw, axis-angle",
        fps=FPS,
        release="FLAME 2020",
        notes=(f"The frame rate is not in the file; DiffPoseTalk's {FPS:g} is assumed.",),
    )
