"""Rotation vectors of joints, radians in FLAME's axes, and the Euler angles of the bones that turn so."""

from __future__ import annotations

import numpy as np
from mathutils import Euler, Matrix

from ..geometry.rotations import axis_angle_from_matrix, matrix_from_axis_angle
from .drivers import TURN


def angles_of(vectors: np.ndarray, before: Euler | None = None) -> np.ndarray:
    """(N, 3) Euler angles XYZ of bones, of rotation vectors (N, 3) that the drivers shall tell.

    Each is nearest to the one before it. The drivers take a sine of a small angle for the angle; so it is here.
    """
    vectors = np.atleast_2d(np.asarray(vectors, np.float64))
    lengths = np.sqrt((vectors**2).sum(1, keepdims=True))
    asked = angle_of(lengths)
    matrices = matrix_from_axis_angle(vectors * np.divide(asked, lengths, out=np.ones_like(asked), where=lengths > 0))
    found: list[list[float]] = []
    for matrix in matrices:
        turned = Matrix(matrix.tolist())
        before = turned.to_euler("XYZ") if before is None else turned.to_euler("XYZ", before)
        found.append([before.x, before.y, before.z])
    return np.array(found)


def angle_of(vector: np.ndarray) -> np.ndarray:
    """(N,) angles about one axis, of what the drivers shall tell."""
    return np.asarray(TURN * np.arcsin(np.clip(vector / TURN, -1, 1)))


def told_of(angle: np.ndarray) -> np.ndarray:
    """(N,) what the drivers tell of angles about one axis."""
    return np.asarray(TURN * np.sin(angle / TURN))


def vectors_of(angles: np.ndarray) -> np.ndarray:
    """(N, 3) what the drivers tell of Euler angles (N, 3)."""
    matrices = np.array([Euler(each, "XYZ").to_matrix() for each in np.atleast_2d(angles).tolist()], np.float64)
    vectors = axis_angle_from_matrix(matrices)
    lengths = np.sqrt((vectors**2).sum(1, keepdims=True))
    told = told_of(lengths)
    return np.asarray(vectors * np.divide(told, lengths, out=np.ones_like(told), where=lengths > 0))
