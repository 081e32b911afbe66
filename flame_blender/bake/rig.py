"""A head as plain Blender data: an armature, a skin with shape keys, native drivers; it needs no add-on."""

from __future__ import annotations

import dataclasses
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

import bpy
import numpy as np

from ..bodies.settings import body_of
from ..errors import FlameError, ParameterError
from ..flame.controls import ControlDirections, skin_scores
from ..flame.evaluator import FlameEvaluator, PreparedIdentity
from ..flame.params import FlameParams
from ..geometry.frame import Frame
from ..geometry.rotation_curves import continuous
from ..geometry.rotations import matrix_from_axis_angle, quaternion_from_matrix
from ..head import effective, parameters
from ..head.active import relate
from ..head.folds import fold_modifier
from ..head.frame import frame_of
from ..head.mesh import mesh_of
from ..head.properties import coefficients, layout_of, read_values
from ..head.sculpt import read_offsets
from ..head.templates.template_sequence import BAKE_INSTEAD, require_own_template
from ..keyframes import sampling
from ..keyframes.animation import Channel, curves_of, write_channels
from ..long_work import Options, number, part_of
from ..mesh_looks import detail_mesh
from . import mouth_shapes, rig_armature, rig_hair, rig_mesh, rig_mouth
from .rig_armature import FIELDS, JOINTS, TRANSLATION

SOFT_RANGE = 3.0
PLACE = (
    "location", "rotation_euler", "rotation_quaternion", "rotation_axis_angle", "scale",
    "delta_location", "delta_rotation_euler", "delta_rotation_quaternion", "delta_scale",
)  # fmt: skip
SAMPLING = 0.5  # share of the work


@dataclass(frozen=True)
class NativeRig:
    """A head as plain Blender data.

    Attributes
    ----------
    armature : bpy.types.Object
        The bones; it carries the skin.
    skin : bpy.types.Object
        The mesh with its shape keys.
    helper : bpy.types.Object or None
        Hidden; tells the bones how expression moves their pivots.
    mouth : bpy.types.Object or None
        Teeth, gums, tongue and lashes, where the head shows some of its own.
    detail : bpy.types.Object or None
        The detail mesh, where the head has one; it follows the skin.
    notes : tuple of str
        What the head does and the rig does not, one sentence each.
    actions : tuple of bpy.types.Action
        Rhubarb's mouth shapes A to H and X, where they were asked for.
    hair : bpy.types.Object or None
        Cards of the head's hair, in rigs for files; None in others.
    strands : tuple of bpy.types.Object
        Copies of the head's hair curves that follow the skin; none in rigs for files.
    """

    armature: bpy.types.Object
    skin: bpy.types.Object
    helper: bpy.types.Object | None
    mouth: bpy.types.Object | None = None
    detail: bpy.types.Object | None = None
    notes: tuple[str, ...] = ()
    actions: tuple[bpy.types.Action, ...] = ()
    hair: bpy.types.Object | None = None
    strands: tuple[bpy.types.Object, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RigOptions(Options):
    """The keywords of :func:`make_rig`, for :func:`making_rig`.

    Attributes
    ----------
    frames : (int, int) or None, default None
        First and last frame of the motion; None is the scene's range.
    n_expression : int or None, default None
        Keep the first expression directions alone, for smaller files; None keeps all.
    animated : bool, default True
        Move as the head does; False takes the present pose alone.
    mouth_shapes : bool, default False
        Add a shape key for each viseme, and an action for each of Rhubarb's mouth shapes, for lip-sync add-ons.
    """

    frames: tuple[int, int] | None = None
    n_expression: int | None = number(None, least=0)
    animated: bool = True
    mouth_shapes: bool = False


def making(scene: bpy.types.Scene, obj: bpy.types.Object, options: RigOptions) -> Generator[float, None, NativeRig]:
    """Make a rig of the head's present identity, moving as the head does; yields the share that is done.

    Closed early, or on a FlameError, nothing is left. The head stays as it is.
    """
    head = parameters.require_head(obj)
    evaluator = parameters.require_evaluator(head)
    require_own_template(obj, BAKE_INSTEAD)
    start, end = sampling.range_of(scene, options.frames)
    n_expression, animated = options.n_expression, options.animated
    _check(obj, evaluator, n_expression)
    if options.mouth_shapes:
        mouth_shapes.require_visemes(obj)
    times = [float(frame) for frame in range(start, end + 1)] if animated else [float(scene.frame_current)]
    values = yield from part_of(sampling.sampling(scene, obj, times), 0.0, SAMPLING)
    now, motion = motion_of(obj, read_values(head)), motion_of(obj, values)
    moving = motion.params
    if moving.shape.ndim == 2 and animated:
        raise FlameError(f"{obj.name}: expected one identity, found one that is animated; a rig cannot change it.")
    ranges = ranges_of(obj, motion, n_expression)
    rig = _assembled(obj, evaluator, motion, ranges, evaluator.prepare(now.params.shape, now.params.offsets))
    rig_mesh.add_lids(rig.skin, evaluator, frame_of(obj), moving.eyelids)
    identity = evaluator.prepare(now.params.shape, now.params.offsets)
    bones = tuple(rig_armature.deform_bone(joint) for joint in JOINTS)
    rig = dataclasses.replace(rig, mouth=add_rig_mouth(obj, rig, identity, motion, bones))
    if options.mouth_shapes:
        mouth_shapes.add_visemes(obj, rig.skin, rig.mouth, identity)
        rig = dataclasses.replace(rig, actions=mouth_shapes.add_actions(obj, rig.skin))
    if rig.mouth is not None:
        rig_mouth.follow_keys(rig.mouth, rig.skin)
    for detail in detail_mesh.details_of(obj):
        rig = dataclasses.replace(rig, detail=detail_mesh.copied_onto(detail, rig.skin))
        rig.skin.hide_render = True
    rig = dataclasses.replace(rig, strands=rig_hair.strands_onto(obj, rig.skin))
    stand_where(rig.armature, obj, times)
    relate(rig.armature, obj)
    body_of(rig.armature).on = body_of(obj).on  # which hides its own head while the rig is there
    rig.armature.show_in_front = True  # the joints lie inside the head
    _transfer(rig, frame_of(obj), tuple(ranges), motion if animated else now, np.array(times))
    yield 1.0
    return dataclasses.replace(rig, notes=(*lids_turn(moving), *_left_out(moving, len(ranges))))


@dataclass(frozen=True, eq=False)
class Motion:
    """What a rig shows: own parameters turned as the head shows them; by what scores (N, C) controls move the skin."""

    params: FlameParams
    scores: np.ndarray
    controls: ControlDirections | None


def motion_of(obj: bpy.types.Object, values: np.ndarray) -> Motion:
    """Of a head's values, of one frame or of many. A control that is an expression direction is that direction."""
    head = parameters.require_head(obj)
    layout, controls = layout_of(head), effective.directions_of(head)
    params = effective.posed_params_of(head, values, read_offsets(mesh_of(obj)))
    scores = values[..., layout.controls]
    if controls is not None:
        scores = skin_scores(controls.names, scores)
    if controls is not None and controls.same_as:
        expression = params.expression.copy()
        expression[..., list(controls.same_as.values())] += scores[..., list(controls.same_as)]
        params = dataclasses.replace(params, expression=expression)
    return Motion(params, np.atleast_2d(scores), controls)


def _assembled(
    obj: bpy.types.Object,
    evaluator: FlameEvaluator,
    motion: Motion,
    ranges: dict[str, tuple[float, float]],
    identity: PreparedIdentity,
) -> NativeRig:
    collection, frame = obj.users_collection[0], frame_of(obj)
    armature = rig_armature.add_armature(f"{obj.name} Rig", identity.joints, evaluator.parents, collection, frame=frame)
    bones = tuple(rig_armature.deform_bone(joint) for joint in JOINTS)
    skin = rig_mesh.add_skin(obj, f"{obj.name} Skin", evaluator, identity, ranges, bones, collection)
    joints = dict(zip(ranges, evaluator.expression_joints.reshape(-1, len(JOINTS), 3), strict=False))
    joints |= rig_mesh.add_controls(skin, motion.controls, frame, motion.scores)
    helper = rig_mesh.add_helper(f"{obj.name} Pivots", joints, skin, frame, collection)
    for part in (skin, helper):
        part.parent = armature
    rig_mesh.drive_correctives(skin, armature, frame.axes)
    rig_armature.follow_pivots(armature, helper)
    modifier: Any = skin.modifiers.new("Armature", "ARMATURE")
    modifier.object = armature
    fold_modifier.add(skin, obj, modifier.name)
    return NativeRig(armature, skin, helper)


def add_rig_mouth(
    obj: bpy.types.Object, rig: NativeRig, identity: PreparedIdentity, motion: Motion, bones: tuple[str, ...]
) -> bpy.types.Object | None:
    """Mouth and lashes beside a rig's finished skin; None where the head shows none."""
    made = rig_mouth.add_mouth(obj, rig.skin, identity, motion.controls, motion.scores, bones)
    if made is not None:
        follow_bones(made, rig.armature)
    return made


def follow_bones(part: bpy.types.Object, armature: bpy.types.Object) -> None:
    """Let a mesh with vertex groups of the bones' names go with them."""
    part.parent = armature
    modifier: Any = part.modifiers.new("Armature", "ARMATURE")
    modifier.object = armature


def stand_where(armature: bpy.types.Object, obj: bpy.types.Object, times: list[float]) -> None:
    """Put the rig where the head stands, under the same parent, and key its place where the head's is keyed."""
    armature.parent, armature.parent_type, armature.parent_bone = obj.parent, obj.parent_type, obj.parent_bone
    for name in ("parent_vertices", "matrix_parent_inverse", "rotation_mode", *PLACE):
        setattr(armature, name, getattr(obj, name))
    keyed = [curve for curve in curves_of(obj) or () if curve.data_path in PLACE]
    channels = [
        Channel(curve.data_path, curve.array_index, "Object Transforms", np.array([curve.evaluate(t) for t in times]))
        for curve in keyed
    ]
    write_channels(armature, channels, np.array(times), "")


def _left_out(moving: FlameParams, kept: int) -> tuple[str, ...]:
    """What the head does and the rig does not, a sentence each."""
    if np.atleast_2d(moving.expression)[:, kept:].any():
        return (f"Expression beyond the first {kept} directions is left out.",)
    return ()


def lids_turn(moving: FlameParams) -> tuple[str, ...]:
    """A sentence where the head's eyelids stay unturned, which no shape key can do."""
    if moving.eyelids is not None and moving.eyelids_unturned:
        return ("The eyelids turn with the head there; on the head itself Unturned Eyelids is on.",)
    return ()


def _check(obj: bpy.types.Object, evaluator: FlameEvaluator, n_expression: int | None) -> None:
    model = evaluator.model
    if model.n_joints != len(JOINTS) or len(evaluator.driven_directions) - model.n_expression != 36:
        raise ParameterError(f"{obj.name}: expected a model with FLAME's five joints and 36 correctives, found others.")
    if n_expression is not None and not 0 <= n_expression <= model.n_expression:
        raise ParameterError(f"n_expression must be 0 to {model.n_expression} for this model, found {n_expression}.")


def ranges_of(obj: bpy.types.Object, motion: Motion, n_expression: int | None) -> dict[str, tuple[float, float]]:
    """For each kept direction its name and what its slider must allow: what is animated, and at least three to a side.

    Raises ParameterError for values that no shape key can take.
    """
    head = parameters.require_head(obj)
    expression = np.atleast_2d(motion.params.expression)
    items = coefficients(head, "expression")
    kept = len(items) if n_expression is None else n_expression
    largest = max(np.abs(expression).max(initial=0), np.abs(motion.scores).max(initial=0))
    if largest > rig_mesh.LARGEST_VALUE:
        raise ParameterError(
            f"Expression coefficients must be at most {rig_mesh.LARGEST_VALUE:g} for shape keys, found "
            f"{largest:.3g}; lessen the animation."
        )
    lows, highs = expression.min(0), expression.max(0)
    return {
        item.name: (min(-SOFT_RANGE, float(low)), max(SOFT_RANGE, float(high)))
        for item, low, high in zip(list(items)[:kept], lows, highs, strict=False)
    }


def _transfer(rig: NativeRig, frame: Frame, keys: tuple[str, ...], motion: Motion, times: np.ndarray) -> None:
    """Set, and where it changes key, bones and shape keys."""
    params = motion.params
    skin: Any = rig.skin.data
    armature: Any = rig.armature
    bones = []
    for joint in JOINTS:
        matrices = frame.axes @ matrix_from_axis_angle(np.atleast_2d(getattr(params, FIELDS[joint]))) @ frame.axes.T
        quaternions = continuous(quaternion_from_matrix(matrices))
        armature.pose.bones[joint].rotation_quaternion = quaternions[0]
        bones += _moving(f'pose.bones["{joint}"].rotation_quaternion', joint, quaternions)
    places = frame.scale * np.atleast_2d(params.translation) @ frame.axes.T
    armature.pose.bones[TRANSLATION].location = places[0]
    bones += _moving(f'pose.bones["{TRANSLATION}"].location', TRANSLATION, places)
    expression = np.atleast_2d(params.expression)
    faces, still = [], np.zeros(1)
    own = {key: expression[:, k] if k < expression.shape[1] else still for k, key in enumerate(keys)}
    values_of = own | rig_mesh.control_values(motion.controls, motion.scores)
    for name, values in (values_of | rig_mesh.lid_values(rig.skin, params.eyelids)).items():
        skin.shape_keys.key_blocks[name].value = float(values[0])
        path = f'key_blocks["{bpy.utils.escape_identifier(name)}"].value'
        faces += [Channel(path, 0, "Expression", values)] if np.ptp(values) else []
    if params.n_frames is not None:
        write_channels(rig.armature, [each for each in bones if len(each.values) == len(times)], times, "")
        write_channels(skin.shape_keys, faces, times, "")
    if rig.mouth is not None:
        own_of_mouth = rig_mouth.own_values(rig.mouth, rig.skin, motion.controls, motion.scores)
        rig_mouth.show(rig.mouth, own_of_mouth, times)


def _moving(path: str, group: str, values: np.ndarray) -> list[Channel]:
    """Channels of (N, k) values; none where nothing moves."""
    if len(values) == 1 or not np.ptp(values, axis=0).any():
        return []
    return [Channel(path, axis, group, values[:, axis]) for axis in range(values.shape[1])]
