"""The armature of a native rig: FLAME's joints as bones that turn about pivots which move with the expression.

FLAME regresses its joints from the expressed head, so expression moves each pivot by a small d. Turning by R about the
moved pivot is: go to it, turn, go back by d. So each joint has three bones, the middle one for the animator: ``pivot``
(moved by d), the joint itself (turned), ``deform`` (moved by -d), which carries the skin and the next joints. What d is
tells a hidden helper mesh, one vertex for each joint, whose shape keys follow those of the face; Copy Location brings
it to the bones. All bones point along +Y of a usual head, so that their axes are the object's; those of a head with a
frame of its own are turned with it.
"""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np

from ..flame.params import POSE_FIELDS
from ..geometry.frame import USUAL, Frame

JOINTS = ("root", "neck", "jaw", "left_eye", "right_eye")
TRANSLATION = "translation"
FIELDS = dict(zip(JOINTS, POSE_FIELDS, strict=True))
LENGTH = 0.03  # metres, of a bone as it is drawn
# of the native rig's, which are to be told apart, seen and hit: an octahedron is a tenth as wide
LENGTHS = {TRANSLATION: 0.15, "root": 0.10, "neck": 0.08, "jaw": 0.06, "left_eye": 0.04, "right_eye": 0.04}
COLOURS = {TRANSLATION: "THEME10", "root": "THEME09", "neck": "THEME03", "jaw": "THEME01", "left_eye": "THEME04",
           "right_eye": "THEME04"}  # fmt: skip


def pivot_bone(joint: str) -> str:
    """Name of the bone that the expression moves."""
    return f"pivot_{joint}"


def deform_bone(joint: str) -> str:
    """Name of the bone that carries the skin, and of the skin's vertex group."""
    return f"deform_{joint}"


def add_armature(
    name: str,
    joints: np.ndarray,
    parents: tuple[int, ...],
    collection: bpy.types.Collection,
    *,
    frame: Frame = USUAL,
    plain: bool = False,
) -> bpy.types.Object:
    """Bones at ``joints`` (J, 3), FLAME's axes, metres, under one more that takes the translation.

    A ``plain`` armature has a bone for each joint and no more, as other programs want it.
    """
    armature: Any = bpy.data.armatures.new(name)
    obj: Any = bpy.data.objects.new(name, armature)
    collection.objects.link(obj)
    layer: Any = bpy.context.view_layer
    before, layer.objects.active = layer.objects.active, obj
    bpy.ops.object.mode_set(mode="EDIT")  # bones can be made in no other way
    places = frame.to_object(np.asarray(joints, np.float64))
    if not plain:
        _bone(armature, frame, TRANSLATION, places[0], None, LENGTHS[TRANSLATION])
    for joint, (place, parent) in enumerate(zip(places, parents, strict=True)):
        if plain:
            _bone(armature, frame, JOINTS[joint], place, JOINTS[parent] if joint else None)
            continue
        above = TRANSLATION if joint == 0 else deform_bone(JOINTS[parent])
        _bone(armature, frame, pivot_bone(JOINTS[joint]), place, above)
        _bone(armature, frame, JOINTS[joint], place, pivot_bone(JOINTS[joint]), LENGTHS[JOINTS[joint]])
        _bone(armature, frame, deform_bone(JOINTS[joint]), place, JOINTS[joint])
    bpy.ops.object.mode_set(mode="OBJECT")
    layer.objects.active = before
    controls, mechanism = armature.collections.new("Joints"), armature.collections.new("Mechanism")
    mechanism.is_visible = False
    for bone in armature.bones:
        bone.use_deform = plain or bone.name.startswith(deform_bone(""))
        (controls if bone.name in LENGTHS else mechanism).assign(bone)
        if bone.name in COLOURS:
            bone.color.palette = COLOURS[bone.name]
    for posed in obj.pose.bones:
        posed.rotation_mode = "QUATERNION"
    return obj


def _bone(
    armature: bpy.types.Armature,
    frame: Frame,
    name: str,
    place: np.ndarray,
    parent: str | None,
    length: float = LENGTH,
) -> None:
    bone: Any = armature.edit_bones.new(name)
    bone.head, bone.tail = place, place + frame.turn @ np.array([0, frame.scale * length, 0])
    bone.align_roll(frame.turn[:, 2])
    bone.parent = armature.edit_bones[parent] if parent else None


def follow_pivots(armature: bpy.types.Object, helper: bpy.types.Object) -> None:
    """Let the bones before and after each joint go where the helper's vertex for it is, and back."""
    pose: Any = armature.pose
    for joint in JOINTS:
        for bone, back in ((pivot_bone(joint), False), (deform_bone(joint), True)):
            constraint: Any = pose.bones[bone].constraints.new("COPY_LOCATION")
            constraint.target, constraint.subtarget = helper, joint
            constraint.target_space = constraint.owner_space = "LOCAL"
            constraint.invert_x = constraint.invert_y = constraint.invert_z = back


def corrective_expression(row: int, column: int, axes: np.ndarray = USUAL.axes) -> str:
    """The entry (row, column) of R - I, FLAME's axes, of a bone's quaternion w, x, y, z in the bone's own ``axes``.

    Blender evaluates it by itself, without Python, whatever auto-run allows. The quaternion need not be normalised.
    """
    # Entry of FLAME's rotation = entry of the bone's, B'R B: each axis goes to one axis, with a sign.
    r, c = (int(np.abs(axes[:, axis]).argmax()) for axis in (row, column))
    sign = axes[r, row] * axes[c, column]
    squared = "(w*w+x*x+y*y+z*z)"
    letters = "xyz"
    if r == c:
        one, other = (axis for index, axis in enumerate(letters) if index != r)
        return f"-2*({one}*{one}+{other}*{other})/{squared}"
    third = letters[3 - r - c]
    turn = "-" if (c - r) % 3 == 1 else "+"
    return f"{'' if sign > 0 else '-'}2*({letters[r]}*{letters[c]}{turn}w*{third})/{squared}"
