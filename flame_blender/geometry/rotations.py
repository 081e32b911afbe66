"""Rotations as axis-angle, matrix, quaternion (w, x, y, z) and 6D: radians, right-handed, any batch axes."""

from __future__ import annotations

import numpy as np

# Row i is the cross-product matrix of the i-th unit vector, row-major.
_CROSS_PRODUCTS = np.array(
    [[0, 0, 0, 0, 0, -1, 0, 1, 0], [0, 0, 1, 0, 0, 0, -1, 0, 0], [0, -1, 0, 1, 0, 0, 0, 0, 0]], float
)
_IDENTITY = np.eye(3)
# Keeps sin(h)/h from dividing by zero: far below the square of any angle that a float64 sine can tell from zero.
_TINY = 1e-60


def matrix_from_axis_angle(axis_angle: np.ndarray) -> np.ndarray:
    """(..., 3) axis times angle -> (..., 3, 3) float64.

    Rodrigues' formula cos(t) I + A K + B r r^T with K the cross-product matrix of the vector r and t its length. With
    h = t/2 and s = sin(h)/h, A = sin(t)/t = s cos(h) and B = (1 - cos(t))/t^2 = s^2/2, so t = 0 is no special case.
    """
    axis_angle = np.asarray(axis_angle, np.float64)
    squared = (axis_angle * axis_angle).sum(-1)[..., None, None]
    half = np.sqrt(0.25 * squared + _TINY)
    sine = np.sin(half) / half
    twist = 0.5 * sine * sine
    cross = (axis_angle @ _CROSS_PRODUCTS).reshape(*axis_angle.shape, 3)
    outer = axis_angle[..., None] * axis_angle[..., None, :]
    return (1.0 - twist * squared) * _IDENTITY + (sine * np.cos(half)) * cross + twist * outer


def axis_angle_from_matrix(matrix: np.ndarray) -> np.ndarray:
    """(..., 3, 3) rotation -> (..., 3) float64, angle in 0..pi."""
    return axis_angle_from_quaternion(quaternion_from_matrix(matrix))


def quaternion_from_axis_angle(axis_angle: np.ndarray) -> np.ndarray:
    """(..., 3) -> (..., 4) float64 unit quaternion (w, x, y, z)."""
    axis_angle = np.asarray(axis_angle, np.float64)
    half = 0.5 * np.sqrt(np.square(axis_angle).sum(-1, keepdims=True))
    return np.concatenate([np.cos(half), 0.5 * np.sinc(half / np.pi) * axis_angle], -1)


def axis_angle_from_quaternion(quaternion: np.ndarray) -> np.ndarray:
    """(..., 4) quaternion (w, x, y, z), any length but zero -> (..., 3) float64, angle in 0..pi."""
    quaternion = np.asarray(quaternion, np.float64)
    quaternion = quaternion * np.where(quaternion[..., :1] < 0, -1.0, 1.0)  # q and -q turn alike: take the short way
    quaternion = quaternion / np.sqrt(np.square(quaternion).sum(-1, keepdims=True))
    real, imaginary = quaternion[..., :1], quaternion[..., 1:]
    sine = np.sqrt(np.square(imaginary).sum(-1, keepdims=True))
    half = np.arctan2(sine, real)
    return 2.0 / np.sinc(half / np.pi) * imaginary


def matrix_from_quaternion(quaternion: np.ndarray) -> np.ndarray:
    """(..., 4) quaternion (w, x, y, z), any length but zero -> (..., 3, 3) float64."""
    quaternion = np.asarray(quaternion, np.float64)
    w, x, y, z = np.moveaxis(quaternion / np.sqrt(np.square(quaternion).sum(-1, keepdims=True)), -1, 0)
    rows = (
        (1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)),
        (2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)),
        (2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)),
    )
    return np.stack([np.stack(row, -1) for row in rows], -2)


def quaternion_from_matrix(matrix: np.ndarray) -> np.ndarray:
    """(..., 3, 3) rotation -> (..., 4) float64 unit quaternion (w, x, y, z), w >= 0.

    Each row of 4 q q^T is a multiple of the quaternion; the row with the largest diagonal is the precise one
    (Shepperd, "Quaternion from rotation matrix", 1978).
    """
    m = np.asarray(matrix, np.float64)
    xx, yy, zz = m[..., 0, 0], m[..., 1, 1], m[..., 2, 2]
    wx, wy, wz = m[..., 2, 1] - m[..., 1, 2], m[..., 0, 2] - m[..., 2, 0], m[..., 1, 0] - m[..., 0, 1]
    xy, xz, yz = m[..., 0, 1] + m[..., 1, 0], m[..., 0, 2] + m[..., 2, 0], m[..., 1, 2] + m[..., 2, 1]
    rows = (
        (1 + xx + yy + zz, wx, wy, wz),
        (wx, 1 + xx - yy - zz, xy, xz),
        (wy, xy, 1 - xx + yy - zz, yz),
        (wz, xz, yz, 1 - xx - yy + zz),
    )
    outer = np.stack([np.stack(row, -1) for row in rows], -2)
    largest = np.argmax(np.diagonal(outer, axis1=-2, axis2=-1), -1)
    quaternion = np.take_along_axis(outer, largest[..., None, None], -2)[..., 0, :]
    quaternion = quaternion / np.sqrt(np.square(quaternion).sum(-1, keepdims=True))
    return quaternion * np.where(quaternion[..., :1] < 0, -1.0, 1.0)


def matrix_from_6d(six: np.ndarray) -> np.ndarray:
    """(..., 6) -> (..., 3, 3) float64: the matrix's first two rows, made orthonormal.

    Zhou et al., "On the continuity of rotation representations in neural networks", 2019, in the row layout that
    PyTorch3D and the FLAME trackers store (the paper stacks columns).
    """
    six = np.asarray(six, np.float64)
    first, second = six[..., :3], six[..., 3:]
    first = first / np.sqrt(np.square(first).sum(-1, keepdims=True))
    second = second - (first * second).sum(-1, keepdims=True) * first
    second = second / np.sqrt(np.square(second).sum(-1, keepdims=True))
    return np.stack([first, second, np.cross(first, second)], -2)


def sixd_from_matrix(matrix: np.ndarray) -> np.ndarray:
    """(..., 3, 3) -> (..., 6) float64: the first two rows (see :func:`matrix_from_6d`)."""
    matrix = np.asarray(matrix, np.float64)
    return matrix[..., :2, :].reshape(*matrix.shape[:-2], 6).copy()
