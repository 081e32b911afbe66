"""EMOCA and inferno: a folder of .npy files for each image, or for each frame of a video.

``shape``, ``exp`` and ``pose`` (6: root, jaw), or, from inferno's FaceReconstruction, ``jawpose`` and ``globalpose``.
"""

from __future__ import annotations

from ..contents import FOLDER, Contents
from ..fields import clip, rows
from ..sequence import FlameSequence
from .deca import crop_camera


def recognises(contents: Contents) -> bool:
    """Whether it is such a folder."""
    return contents.kind == FOLDER and contents.has("exp") and (contents.has("pose") or contents.has("jawpose"))


def read(contents: Contents) -> FlameSequence:
    """One frame, or the rows that were saved together."""
    fields = {"expression": rows(contents, "exp")}
    if contents.has("shape"):
        fields["shape"] = rows(contents, "shape")
    if contents.has("pose"):
        pose = rows(contents, "pose", 6)
        fields |= {"global_rotation": pose.part(0, 3), "jaw": pose.part(3, 6)}
    else:
        names = {"global_rotation": "globalpose", "jaw": "jawpose"}
        fields |= {field: rows(contents, key, 3) for field, key in names.items() if contents.has(key)}
    return clip(
        contents,
        fields,
        source="EMOCA",
        pose="root and jaw, axis-angle",
        camera=crop_camera(contents, rows(contents, "cam", 3).values) if contents.has("cam") else None,
        release="FLAME 2020",
    )
