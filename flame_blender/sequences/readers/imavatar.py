"""IMavatar and PointAvatar: flame_params.json with ``frames`` (expression 50, pose 15) and ``shape_params`` 100."""

from __future__ import annotations

from collections.abc import Mapping

from ...errors import SequenceError
from ...flame.params import POSE_FIELDS
from ..contents import Contents
from ..fields import clip, rows
from ..joining import join
from ..sequence import FlameSequence

FPS = 25.0


def recognises(contents: Contents) -> bool:
    """Whether it has frames with expression and pose."""
    frames = contents.fields.get("frames")
    if not isinstance(frames, list) or not frames or not contents.has("shape_params"):
        return False
    return isinstance(frames[0], Mapping) and "expression" in frames[0] and "pose" in frames[0]


def read(contents: Contents) -> FlameSequence:
    """The frames in the file's order."""
    shape = rows(contents, "shape_params")
    parts = []
    for index, frame in enumerate(contents.fields["frames"]):
        each = contents.inner("frames", None).inner(index, frame)
        if not isinstance(frame, Mapping):
            raise SequenceError(f"{each.source}: expected a dict, found a {type(frame).__name__}.")
        pose = rows(each, "pose", 15)
        fields = {name: pose.part(3 * k, 3 * k + 3) for k, name in enumerate(POSE_FIELDS)}
        parts.append(
            clip(
                each,
                {**fields, "shape": shape, "expression": rows(each, "expression")},
                source="IMavatar",
                pose="five axis-angle rotations in one pose",
                fps=FPS,
                release="FLAME 2020",
                notes=(
                    f"The frame rate is not in the file; {FPS:g} is assumed.",
                    "The camera is not read: it is for a head four times as large, without the picture's size.",
                ),
            )
        )
    return join(parts, contents.source)
