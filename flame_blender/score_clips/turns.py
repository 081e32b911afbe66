"""Rotations of head and eyes as the files of captured faces have them, as rotation vectors in FLAME's axes.

Yaw, pitch and roll turn about Y, then X, then Z, positive to the subject's left, downwards, and to the subject's right
shoulder: FLAME's axes are those of ARKit's face anchor (+X the subject's left, +Y up, +Z out of the face). Live Link
Face writes radians; some programs that write its columns write degrees.
"""

from __future__ import annotations

import numpy as np

from ..errors import SequenceError
from ..geometry.rotations import axis_angle_from_matrix, matrix_from_axis_angle

AUTO, RADIANS, DEGREES = "AUTO", "RADIANS", "DEGREES"
MOST_RADIANS = 3.2  # an angle beyond is no angle in radians
ORTHONORMAL = 1e-2  # how far a rotation in a file may be from one


def from_yaw_pitch_roll(angles: np.ndarray, unit: str = AUTO) -> np.ndarray:
    """(N, 3) yaw, pitch and roll -> (N, 3) float64 rotation vectors. ``unit`` AUTO: degrees where radians cannot be."""
    if unit == DEGREES or (unit == AUTO and are_degrees(angles)):
        angles = np.radians(angles)
    yaw, pitch, roll = (
        matrix_from_axis_angle(angle[:, None] * axis)
        for angle, axis in zip(np.asarray(angles, np.float64).T, np.eye(3)[[1, 0, 2]], strict=True)
    )
    return axis_angle_from_matrix(yaw @ pitch @ roll)


def are_degrees(angles: np.ndarray) -> bool:
    """Whether angles (N, 3) are beyond what radians can be."""
    return bool((np.abs(angles) > MOST_RADIANS).any())


def from_matrices(matrices: np.ndarray, source: str) -> np.ndarray:
    """(N, 4, 4) from the face to the camera, by rows or by columns -> (N, 3) float64 rotation vectors.

    The camera's axes are OpenGL's, as MediaPipe's: one that looks along -Z sees a face that looks along +Z. A scale is
    left out. Raises SequenceError where they are no rotations, naming ``source``.
    """
    by_columns = matrices[:, 3, :3].any()
    linear = matrices[:, :3, :3].transpose(0, 2, 1) if by_columns else matrices[:, :3, :3]
    volume = np.linalg.det(linear)
    if (volume <= 0).any() or not np.isfinite(matrices).all():
        raise SequenceError(f"{source}: expected matrices that turn the head, found one that does not.")
    linear = linear / np.cbrt(volume)[:, None, None]
    if np.abs(linear @ linear.transpose(0, 2, 1) - np.eye(3)).max() > ORTHONORMAL:
        raise SequenceError(f"{source}: expected matrices that turn the head, found one that shears it.")
    return axis_angle_from_matrix(linear)
