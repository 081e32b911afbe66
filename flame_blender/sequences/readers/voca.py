"""VOCA's compute_FLAME_params: one .npy dict for a clip with shape (300,), pose (T, 15) and expression (T, 100)."""

from __future__ import annotations

from ...flame.params import POSE_FIELDS
from ..contents import Contents
from ..fields import clip, rows
from ..sequence import FlameSequence

FPS = 60.0


def recognises(contents: Contents) -> bool:
    """Whether it is an .npy with these three keys alone."""
    return contents.kind == "npy" and contents.fields.keys() == {"shape", "pose", "expression"}


def read(contents: Contents) -> FlameSequence:
    """The clip, at VOCA's 60 frames a second."""
    pose = rows(contents, "pose", 15)
    fields = {name: pose.part(3 * k, 3 * k + 3) for k, name in enumerate(POSE_FIELDS)}
    fields |= {"shape": rows(contents, "shape"), "expression": rows(contents, "expression")}
    return clip(
        contents,
        fields,
        source="VOCA",
        pose="five axis-angle rotations in one pose",
        fps=FPS,
        release="FLAME 2019",
        notes=(
            f"The frame rate is not in the file; VOCA's {FPS:g} is assumed.",
            "VOCA fits on top of its own template, so on the mean head the shape is only near.",
        ),
    )
