"""FLAME's axes and Blender's.

FLAME's (x, y, z), Y up, becomes (x, -z, y), Z up, so that the head stands upright and looks along -Y, Blender's front
view. Blender's axes enter here and nowhere else; a head whose mesh was turned, moved or scaled has them in a
:class:`.frame.Frame` of its own.
"""

from __future__ import annotations

import numpy as np


def to_blender(points: np.ndarray) -> np.ndarray:
    """(..., 3) FLAME axes -> (..., 3) Blender's axes, a new array of the same dtype."""
    turned = np.empty_like(points, order="C")
    turned[..., 0] = points[..., 0]
    np.negative(points[..., 2], out=turned[..., 1])
    turned[..., 2] = points[..., 1]
    return turned


def to_flame(points: np.ndarray) -> np.ndarray:
    """(..., 3) Blender's axes -> (..., 3) FLAME axes, a new array of the same dtype."""
    turned = np.empty_like(points, order="C")
    turned[..., 0] = points[..., 0]
    turned[..., 1] = points[..., 2]
    np.negative(points[..., 1], out=turned[..., 2])
    return turned


TO_BLENDER = to_blender(np.eye(3)).T  # the matrix of to_blender: its columns are FLAME's axes, in Blender's
TO_BLENDER.setflags(write=False)
CAMERAS = np.diag([1.0, -1.0, -1.0])  # a camera's axes in Blender, in OpenCV's: x right, y up, looking along -z
CAMERAS.setflags(write=False)
