"""SMIRK: the encoder's dict, as its users save it.

``pose_params`` (B, 3) root, ``jaw_params`` (B, 3), ``shape_params`` (B, 300), ``expression_params`` (B, 50),
``eyelid_params`` (B, 2) left and right, ``cam`` (B, 3) as DECA's.
"""

from __future__ import annotations

from ..contents import Contents
from ..fields import clip, rows
from ..sequence import FlameSequence
from .deca import crop_camera


def recognises(contents: Contents) -> bool:
    """Whether it has SMIRK's keys."""
    return contents.has("pose_params", "expression_params", "jaw_params")


def read(contents: Contents) -> FlameSequence:
    """The frames of the batch."""
    fields = {
        "expression": rows(contents, "expression_params"),
        "global_rotation": rows(contents, "pose_params", 3),
        "jaw": rows(contents, "jaw_params", 3),
    }
    if contents.has("shape_params"):
        fields["shape"] = rows(contents, "shape_params")
    return clip(
        contents,
        fields,
        source="SMIRK",
        pose="root and jaw, axis-angle",
        eyelids=rows(contents, "eyelid_params", 2) if contents.has("eyelid_params") else None,
        camera=crop_camera(contents, rows(contents, "cam", 3).values) if contents.has("cam") else None,
        release="FLAME 2020",
    ).with_params(eyelids_unturned=contents.has("eyelid_params"))
