"""EMOTE (inferno --save_flame): one pickle for a clip with shape, expression, jaw_pose and global_pose (T, 3)."""

from __future__ import annotations

from ..contents import Contents
from ..fields import clip, rows
from ..sequence import FlameSequence


def recognises(contents: Contents) -> bool:
    """Whether it is a pickle with EMOTE's keys."""
    return contents.kind == "pickle" and contents.has("expression", "jaw_pose", "global_pose")


def read(contents: Contents) -> FlameSequence:
    """The clip; its frame rate is not in the file."""
    fields = {
        "expression": rows(contents, "expression"),
        "jaw": rows(contents, "jaw_pose", 3),
        "global_rotation": rows(contents, "global_pose", 3),
    }
    if contents.has("shape"):
        fields["shape"] = rows(contents, "shape")
    return clip(contents, fields, source="EMOTE", pose="root and jaw, axis-angle", release="FLAME 2020")
