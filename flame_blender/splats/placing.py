"""Splats as they are, brought into other axes: turned, moved, and scaled alike in all directions."""

from __future__ import annotations

import numpy as np

from ..geometry.rotations import quaternion_from_matrix
from .harmonics import turned
from .splats import Splats
from .triangle_frames import products


def placed(splats: Splats, linear: np.ndarray, shift: np.ndarray) -> Splats:
    """Unbound splats after ``x -> linear x + shift``, where ``linear`` (3, 3) is a rotation times a scale.

    Colours turn with them, exactly. Mirroring is left out: a mirrored splat is none.
    """
    linear = np.asarray(linear, np.float64)
    scale = float(np.cbrt(abs(np.linalg.det(linear))))
    turn = linear / scale
    centres = splats.centres @ linear.T + np.asarray(shift, np.float64)
    rotations = products(quaternion_from_matrix(turn[None]), splats.rotations.astype(np.float64))
    return Splats(
        centres.astype(np.float32),
        (splats.scales * scale).astype(np.float32),
        rotations.astype(np.float32),
        splats.opacities,
        in_axes(splats.harmonics, turn),
        splats.triangles,
    )


def in_axes(harmonics: np.ndarray, turn: np.ndarray) -> np.ndarray:
    """Harmonics (N, K, 3) turned by ``turn`` (3, 3); as they are where that turns nothing."""
    return harmonics if np.array_equal(turn, np.eye(3)) else turned(harmonics, turn)
