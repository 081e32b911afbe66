"""Motion of a whole head as keys of its object."""

from __future__ import annotations

import bpy
import mathutils
import numpy as np

from ..flame.axes import to_blender
from ..flame.rotations import quaternion_from_matrix
from ..sequences.rotation_curves import continuous
from .animation import Channel, remove_curves, write_channels

PLACE = ("location", "rotation_quaternion", "rotation_euler", "rotation_axis_angle")


def key_motion(obj: bpy.types.Object, motion: np.ndarray, start_frame: float) -> None:
    """Key location and rotation with ``motion`` (N, 4, 4), rigid, FLAME's axes, metres.

    It starts from where the object stands; from the origin where it was animated before, whose curves are replaced.
    """
    if remove_curves(obj, PLACE):
        obj.matrix_basis = mathutils.Matrix.Identity(4)
    place = np.array(obj.matrix_basis, np.float64)
    scale = obj.matrix_basis.to_scale()
    turned = to_blender(np.swapaxes(to_blender(motion[:, :3, :3]), 1, 2))  # rows, then columns, in Blender's axes
    turned = np.swapaxes(turned, 1, 2)
    rotation = np.array(obj.matrix_basis.to_3x3().normalized(), np.float64) @ turned
    location = (place[:3, :3] @ to_blender(motion[:, :3, 3])[..., None])[..., 0] + place[:3, 3]
    quaternions = continuous(quaternion_from_matrix(rotation))
    obj.rotation_mode = "QUATERNION"
    obj.location, obj.scale = mathutils.Vector(location[0]), scale
    obj.rotation_quaternion = mathutils.Quaternion(quaternions[0])
    channels = [Channel("location", axis, "Object Transforms", location[:, axis]) for axis in range(3)]
    channels += [Channel("rotation_quaternion", axis, "Object Transforms", quaternions[:, axis]) for axis in range(4)]
    write_channels(obj, channels, start_frame + np.arange(len(motion)), "motion")
