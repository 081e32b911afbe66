"""A clip of a body on a head that is on one: its bones turn the head, and the head itself stays straight on it."""

from __future__ import annotations

from typing import Any

import bpy
import mathutils
import numpy as np

from ..geometry.rotation_curves import continuous
from ..geometry.rotations import matrix_from_axis_angle, quaternion_from_matrix
from ..head.frame import frame_of
from ..keyframes.animation import Channel, curves_of, moving_channels, write_channels
from ..sequences.sequence import FlameSequence

KEYED = "The body's neck and head were keyed: they turn the head as the clip's body does."
ANIMATED = "The body's own animation turns the head: the clip's neck and root are left out."
STRAIGHT = np.zeros(3, np.float32)


def is_carried(head: bpy.types.Object, clip: FlameSequence) -> bool:
    """Whether the clip is of a body and a bone of one carries the head."""
    return clip.found.body and head.parent_type == "BONE" and head.parent is not None and bool(head.parent_bone)


def straight(clip: FlameSequence) -> FlameSequence:
    """The clip without what the body's bones do: root and neck at rest."""
    return clip.with_params(global_rotation=STRAIGHT, neck=STRAIGHT)


def turn_body(head: bpy.types.Object, clip: FlameSequence, start_frame: float) -> str:
    """Key the bone that carries the head as the clip's neck turns, its parent as the root does; what was done.

    A body whose bones are animated already is left as it is.
    """
    armature: Any = head.parent
    carrier = armature.pose.bones.get(head.parent_bone)
    neck = None if carrier is None else carrier.parent
    bones = [(each, name) for each, name in ((neck, "global_rotation"), (carrier, "neck")) if each is not None]
    paths = tuple(f'pose.bones["{bpy.utils.escape_identifier(bone.name)}"].' for bone, _ in bones)
    if any(curve.data_path.startswith(paths) for curve in curves_of(armature) or ()):
        return ANIMATED
    axes = _axes(head, armature)
    channels = []
    for (bone, name), path in zip(bones, paths, strict=True):
        rest = np.array(bone.bone.matrix_local, np.float64)[:3, :3]
        turns = axes @ matrix_from_axis_angle(clip.values(name)) @ axes.T
        quaternions = continuous(quaternion_from_matrix(rest.T @ turns @ rest))
        bone.rotation_mode = "QUATERNION"
        bone.rotation_quaternion = quaternions[0].tolist()
        channels += [Channel(f"{path}rotation_quaternion", axis, bone.name, quaternions[:, axis]) for axis in range(4)]
    write_channels(armature, moving_channels(channels), start_frame + np.arange(len(clip)), clip.source)
    armature.update_tag()
    return KEYED


def _axes(head: bpy.types.Object, armature: Any) -> np.ndarray:
    """(3, 3) rotation: FLAME's axes as the resting head has them in the armature."""
    bone = armature.data.bones[head.parent_bone]
    end = bone.matrix_local @ mathutils.Matrix.Translation((0.0, bone.length, 0.0))
    stands = np.array(end @ head.matrix_parent_inverse @ head.matrix_basis, np.float64)[:3, :3]
    left, _, right = np.linalg.svd(stands @ frame_of(head).linear)
    return left @ np.diag([1.0, 1.0, np.sign(np.linalg.det(left @ right))]) @ right
