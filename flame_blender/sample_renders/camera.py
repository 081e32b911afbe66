"""The camera of a sample in Blender."""

from __future__ import annotations

from typing import Any

import mathutils
import numpy as np

from ..datasets.distributions import Value
from ..datasets.views import SENSOR, camera_points
from ..geometry.axes import CAMERAS, to_blender
from ..geometry.camera import Camera

NEAR, FAR = 0.01, 1000.0  # metres


def aim(obj: Any, camera: Camera) -> None:
    """Let a camera object see as ``camera`` does a head that stands at the world's origin."""
    data = obj.data
    focal, _, cx, cy = camera.intrinsics.tolist()
    width, height = camera.width, camera.height
    data.sensor_fit, data.sensor_width, data.lens = "HORIZONTAL", SENSOR, focal * SENSOR / width
    data.shift_x, data.shift_y = (width / 2 - cx) / width, (cy - height / 2) / width
    data.clip_start, data.clip_end = NEAR, FAR
    matrix = np.eye(4)
    matrix[:3, :3] = to_blender((camera.rotation.T @ CAMERAS).T).T
    matrix[:3, 3] = to_blender(-camera.rotation.T @ camera.translation)
    obj.matrix_world = mathutils.Matrix(matrix.tolist())


def set_aperture(obj: Any, camera: Camera, focus: np.ndarray, aperture: float) -> None:
    """Let it be sharp at the depth of ``focus`` (3,), FLAME's axes, by an f-number; 0 is sharp everywhere.

    The lens is as wide as that of a camera with a sensor of 36 mm along the picture's longer side.
    """
    dof = obj.data.dof
    dof.use_dof = aperture > 0
    if aperture > 0:
        dof.focus_distance = float(camera_points(camera, focus[None])[0, 2])
        # Blender's lens is told for a sensor along the width, so that of an upright picture is longer
        dof.aperture_fstop = aperture * max(1.0, camera.height / camera.width)


def number_of(value: Value) -> float:
    """A drawn value that is a number; 0 of none."""
    return float(value) if isinstance(value, (int, float)) else 0.0
