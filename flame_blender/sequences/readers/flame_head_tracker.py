"""flame-head-tracker: an .npz for each frame; the head's motion is in ``cam`` (6): rotation vector and place.

The tool's projection takes it as camera-to-world, negates the Y and Z columns and inverts (formats.md, section 3).
"""

from __future__ import annotations

import numpy as np

from ...errors import SequenceError
from ...geometry.camera import Camera
from ...geometry.rotations import matrix_from_axis_angle
from ..contents import Contents
from ..fields import clip, rows
from ..sequence import FlameSequence

PIXELS = 256


def recognises(contents: Contents) -> bool:
    """Whether it has the tool's keys."""
    return contents.has("exp", "jaw_pose", "eye_pose", "head_pose", "cam")


def read(contents: Contents) -> FlameSequence:
    """One frame."""
    eyes = rows(contents, "eye_pose", 6)
    fields = {
        "shape": rows(contents, "shape"),
        "expression": rows(contents, "exp"),
        "global_rotation": rows(contents, "head_pose", 3),
        "jaw": rows(contents, "jaw_pose", 3),
        "left_eye": eyes.part(0, 3),
        "right_eye": eyes.part(3, 6),
    }
    if contents.has("neck_pose"):
        fields["neck"] = rows(contents, "neck_pose", 3)
    return clip(
        contents,
        fields,
        source="flame-head-tracker",
        pose="an axis-angle rotation for each joint",
        camera=_camera(contents),
        release="FLAME 2020",
        notes=("The head's motion is in the camera.",),
    )


def _camera(contents: Contents) -> Camera | None:
    if not contents.has("K"):
        return None
    place, matrix = rows(contents, "cam", 6).values, rows(contents, "K", last=(3, 3)).values.reshape(-1, 3, 3)
    axes = matrix_from_axis_angle(place[:, :3]) @ np.diag([1.0, -1.0, -1.0])
    rotation = np.swapaxes(axes, 1, 2)
    try:
        return Camera(
            intrinsics=np.stack([matrix[:, 0, 0], matrix[:, 1, 1], matrix[:, 0, 2], matrix[:, 1, 2]], 1),
            width=PIXELS,
            height=PIXELS,
            rotation=rotation,
            translation=-(rotation @ place[:, 3:, None])[..., 0],
        )
    except SequenceError as error:
        raise SequenceError(f"{contents.source}: cam and K: {error}") from error
