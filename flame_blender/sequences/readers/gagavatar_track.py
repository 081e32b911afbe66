"""GAGAvatar_track: optim.pkl and smoothed.pkl, a dict of frames by their names, or one frame of it.

A frame holds ``shapecode`` (300,), ``expcode`` (100,), ``posecode`` (6,): root (zero) and jaw, ``eyecode`` (6,): left,
then right eye, ``transform_matrix`` (3, 4) and ``bbox``. The head never turns: the matrix is PyTorch3D's R and T of a
camera for a head five times as large (engines/engine_optim.py). There a point is a row, X is left and Y up: in OpenCV's
axes the rotation is that of R transposed, X and Y negated, and the translation a fifth of T. The picture is a crop of
512 pixels; the focal length, 12 in halves of a picture, is an argument of the tool and not in the file.
"""

from __future__ import annotations

import numpy as np

from ...errors import SequenceError
from ...geometry.camera import Camera
from ..contents import Contents
from ..fields import clip, rows
from ..sequence import FlameSequence

KEYS = ("shapecode", "expcode", "posecode", "eyecode")
PICTURE, FOCAL, HEAD_SCALE = 512, 12.0, 5.0
OPENCV_OF_PYTORCH3D = np.diag([-1.0, -1.0, 1.0])


def recognises(contents: Contents) -> bool:
    """Whether it has the codes of a frame."""
    return contents.has(*KEYS)


def read(contents: Contents) -> FlameSequence:
    """One frame."""
    pose, eyes = rows(contents, "posecode", 6), rows(contents, "eyecode", 6)
    return clip(
        contents,
        {
            "shape": rows(contents, "shapecode"),
            "expression": rows(contents, "expcode"),
            "global_rotation": pose.part(0, 3),
            "jaw": pose.part(3, 6),
            "left_eye": eyes.part(0, 3),
            "right_eye": eyes.part(3, 6),
        },
        source="GAGAvatar_track",
        pose="root and jaw, and both eyes, axis-angle",
        camera=_camera(contents) if contents.has("transform_matrix") else None,
        release="FLAME 2020",
        notes=(
            f"The head's motion is in the camera, that of the {PICTURE} pixel crop; its focal length, {FOCAL:g} halves "
            "of the picture, is the tool's usual and not in the file.",
        ),
    )


def _camera(contents: Contents) -> Camera:
    matrix = rows(contents, "transform_matrix", last=(3, 4)).values.reshape(-1, 3, 4).astype(np.float64)
    focal = FOCAL * PICTURE / 2
    try:
        return Camera(
            np.array([focal, focal, PICTURE / 2, PICTURE / 2]),
            PICTURE,
            PICTURE,
            rotation=OPENCV_OF_PYTORCH3D @ np.swapaxes(matrix[:, :, :3], 1, 2),
            translation=matrix[:, :, 3] @ OPENCV_OF_PYTORCH3D / HEAD_SCALE,
        )
    except SequenceError as error:
        raise SequenceError(f"{contents.source}: transform_matrix: {error}") from error
