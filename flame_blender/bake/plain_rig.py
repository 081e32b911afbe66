"""A head for other programs: a bone for each joint, shape keys, everything keyed, no driver and no constraint.

Expression moves FLAME's joints by d, so a joint that turns by R about its moved pivot also moves by (I - R) d; that is
keyed as the bone's location. See :mod:`.rig` for the rig that animators pose.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import bpy
import numpy as np

from ..flame.evaluator import FlameEvaluator
from ..flame.params import FlameParams
from ..flame.skinning import pose_feature
from ..geometry.frame import Frame
from ..geometry.rotation_curves import continuous
from ..geometry.rotations import matrix_from_axis_angle, quaternion_from_matrix
from ..head.frame import frame_of
from ..keyframes.animation import Channel, write_channels
from . import rig_armature, rig_hair, rig_mesh, rig_mouth
from .rig import Motion, NativeRig, add_rig_mouth, follow_bones, ranges_of, stand_where
from .rig_armature import FIELDS, JOINTS


def add_plain_rig(
    obj: bpy.types.Object,
    evaluator: FlameEvaluator,
    motion: Motion,
    times: np.ndarray,
    cards: rig_hair.HairCards,
    *,
    clipped: bool = False,
) -> NativeRig:
    """The head's rig keyed at ``times`` (N,) with ``motion`` (N frames, one identity). Raises FlameError.

    ``cards`` of its hair come along, ``clipped`` as :func:`.rig_hair.add_cards` says.
    """
    params, ranges = motion.params, ranges_of(obj, motion, None)
    identity = evaluator.prepare(params.shape, params.offsets)
    collection, frame = obj.users_collection[0], frame_of(obj)
    armature = rig_armature.add_armature(
        obj.name, identity.joints, evaluator.parents, collection, frame=frame, plain=True
    )
    skin = rig_mesh.add_skin(obj, f"{obj.name} Skin", evaluator, identity, ranges, JOINTS, collection)
    rig_mesh.add_controls(skin, motion.controls, frame, motion.scores)
    rig_mesh.add_lids(skin, evaluator, frame, params.eyelids)
    skin.parent = armature
    modifier: Any = skin.modifiers.new("Armature", "ARMATURE")
    modifier.object = armature
    stand_where(armature, obj, times.tolist())
    rotations = np.stack([matrix_from_axis_angle(_rows(params, FIELDS[joint], len(times))) for joint in JOINTS], 1)
    _key_bones(armature, frame, evaluator, motion, rotations, times)
    rig = NativeRig(armature, skin, None)
    rig = replace(rig, mouth=add_rig_mouth(obj, rig, identity, motion, JOINTS))
    if len(cards.triangles):
        hair = rig_hair.add_rig_hair(obj, rig.skin, cards, evaluator.model.weights, JOINTS, clipped)
        follow_bones(hair, armature)
        rig = replace(rig, hair=hair)
    _key_shapes(rig, tuple(ranges), motion, rotations, times)
    return rig


def _rows(params: FlameParams, name: str, count: int) -> np.ndarray:
    values = getattr(params, name)
    return np.broadcast_to(values, (count, values.shape[-1]))


def _key_bones(
    armature: Any,
    frame: Frame,
    evaluator: FlameEvaluator,
    motion: Motion,
    rotations: np.ndarray,
    times: np.ndarray,
) -> None:
    params, controls = motion.params, motion.controls
    expression = _rows(params, "expression", len(times))
    moves = expression @ evaluator.expression_joints[: expression.shape[1]]
    if controls is not None:
        others = list(controls.others)
        moves = moves + motion.scores[:, others] @ controls.joints[others]
    moves = moves.reshape(len(times), len(JOINTS), 3)
    places = moves - (rotations @ moves[..., None])[..., 0]
    places[:, 0] += _rows(params, "translation", len(times))
    places = frame.scale * places @ frame.axes.T
    channels = []
    for index, joint in enumerate(JOINTS):
        quaternions = continuous(quaternion_from_matrix(frame.axes @ rotations[:, index] @ frame.axes.T))
        for name, values in (("rotation_quaternion", quaternions), ("location", places[:, index])):
            setattr(armature.pose.bones[joint], name, values[0])
            path = f'pose.bones["{joint}"].{name}'
            channels += [Channel(path, axis, joint, values[:, axis]) for axis in range(values.shape[1])]
    write_channels(armature, channels, times, "")


def _key_shapes(
    rig: NativeRig, names: tuple[str, ...], motion: Motion, rotations: np.ndarray, times: np.ndarray
) -> None:
    params, skin = motion.params, rig.skin
    expression = _rows(params, "expression", len(times))
    own = dict(zip(names, expression.T, strict=False))
    values = own | rig_mesh.control_values(motion.controls, motion.scores)
    features = pose_feature(rotations)
    for index, entry in enumerate(rig_mesh.corrective_entries()):
        values[rig_mesh.corrective_name(*entry)] = features[:, index]
    values |= rig_mesh.lid_values(skin, params.eyelids)
    rig_mouth.show(skin, values, times)
    if rig.hair is not None:
        rig_mouth.show(rig.hair, values, times)
    if rig.mouth is not None:
        of_mouth = rig_mouth.own_values(rig.mouth, skin, motion.controls, motion.scores)
        rig_mouth.show(rig.mouth, values | of_mouth, times)
