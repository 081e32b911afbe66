"""metrical-tracker's checkpoint/%05d.frame: torch files with dicts of arrays (``pixel3dmm`` has been asked before).

Rotations are 6D, the first two rows of a matrix. The head never turns: its motion is in the camera, and ``opencv``
holds that in OpenCV's axes.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ...errors import SequenceError
from ...geometry.camera import Camera
from ..contents import Contents
from ..fields import Rows, axis_angle_from_6d, clip, numbers, rows
from ..sequence import FlameSequence

FPS_OF_CONFIGURATION = 25.0


def recognises(contents: Contents) -> bool:
    """Whether it is such a frame."""
    flame = contents.fields.get("flame")
    return isinstance(flame, Mapping) and all(key in flame for key in ("exp", "shape", "jaw", "eyes"))


def read(contents: Contents) -> FlameSequence:
    """One frame."""
    flame = contents.inner("flame", contents.fields["flame"])
    eyes = rows(flame, "eyes", 12)
    sixes = {"jaw": rows(flame, "jaw", 6), "left_eye": eyes.part(0, 6), "right_eye": eyes.part(6, 12)}
    if flame.has("neck"):
        sixes["neck"] = rows(flame, "neck", 6)
    fields = {name: Rows(six.key, axis_angle_from_6d(flame, six)) for name, six in sixes.items()}
    fields |= {"expression": rows(flame, "exp"), "shape": rows(flame, "shape")}
    notes = [f"The frame rate is not in the file; {FPS_OF_CONFIGURATION:g}, the tool's usual, is assumed."]
    sequence = clip(
        flame,
        fields,
        source="metrical-tracker",
        pose="a 6D rotation for each joint",
        eyelids=rows(flame, "eyelids", 2) if flame.has("eyelids") else None,
        camera=_camera(contents, notes),
        fps=FPS_OF_CONFIGURATION,
        release="FLAME 2020",
        notes=tuple(notes),
    )
    return sequence.with_params(eyelids_unturned=flame.has("eyelids"))


def _camera(contents: Contents, notes: list[str]) -> Camera | None:
    """What ``opencv`` says, where it is there, for a picture of ``img_size``."""
    opencv = contents.fields.get("opencv")
    if not isinstance(opencv, Mapping) or not contents.has("img_size"):
        notes.append("The head's motion is in the camera, which is not in the file.")
        return None
    inner = contents.inner("opencv", opencv)
    size = numbers(contents, "img_size").reshape(-1)
    matrix = rows(inner, "K", last=(3, 3)).values.reshape(-1, 3, 3)
    if len(size) != 2:
        raise SequenceError(f"{contents.source}: img_size must hold two numbers, found {len(size)}.")
    notes.append("The head's motion is in the camera; img_size is read as height, width.")
    try:
        return Camera(
            intrinsics=np.stack([matrix[:, 0, 0], matrix[:, 1, 1], matrix[:, 0, 2], matrix[:, 1, 2]], 1),
            width=int(size[1]),
            height=int(size[0]),
            rotation=rows(inner, "R", last=(3, 3)).values.reshape(-1, 3, 3),
            translation=rows(inner, "t", 3).values,
        )
    except SequenceError as error:
        raise SequenceError(f"{inner.source}: {error}") from error
