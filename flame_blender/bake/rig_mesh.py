"""The skin of a native rig: the head at rest with expression and pose correctives as shape keys, and skin weights."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np

from ..blender_pointers import there
from ..flame.controls import ControlDirections
from ..flame.evaluator import FlameEvaluator, PreparedIdentity
from ..flame.value_layout import EYELIDS
from ..geometry.frame import Frame
from ..head.frame import frame_of
from ..head.mesh import mesh_of, read_positions
from ..head.properties import flame_of
from ..head.saved.looks_properties import copy_looks
from .plain_copy import plain_copy
from .rig_armature import JOINTS, corrective_expression

LARGEST_VALUE = 10.0  # of a shape key, in Blender
LEAST_WEIGHT = 1e-7


def corrective_name(joint: str, row: int, column: int) -> str:
    """Name of the shape key for one entry of a joint's rotation matrix."""
    return f"pose_{joint}_{row}{column}"


def add_skin(
    source: bpy.types.Object,
    name: str,
    evaluator: FlameEvaluator,
    identity: PreparedIdentity,
    ranges: dict[str, tuple[float, float]],
    bones: tuple[str, ...],
    collection: bpy.types.Collection,
) -> bpy.types.Object:
    """The mesh of ``source``, its materials and UVs, in the rest pose of ``identity``, skinned to ``bones``.

    ``ranges``: for each expression direction that becomes a key, by name and in order, the least and largest value.
    """
    model = evaluator.model
    mesh: Any = plain_copy(mesh_of(source))
    mesh.name = name
    for index, slot in enumerate(source.material_slots):
        mesh.materials[index] = slot.material  # also those that the object has instead of its mesh: a photo's
    obj = bpy.data.objects.new(name, mesh)
    collection.objects.link(obj)
    copy_looks(flame_of(source), flame_of(obj))
    for group in [group for group in obj.vertex_groups if group.name in bones]:
        obj.vertex_groups.remove(group)  # the model's region that is called neck, as a bone is
    if mesh.shape_keys is not None:
        obj.shape_key_clear()
    frame = frame_of(source)
    rest = frame.to_object(identity.rest.T)
    mesh.attributes["position"].data.foreach_set("vector", rest.ravel())
    mesh.update()
    directions = evaluator.driven_directions.reshape(len(evaluator.driven_directions), 3, -1)
    obj.shape_key_add(name="Basis", from_mix=False)
    for index, (key_name, (least, largest)) in enumerate(ranges.items()):
        moved = rest + frame.directions_to_object(directions[index].T)
        add_key(obj, key_name, moved, least, largest)
    for index, (joint, row, column) in enumerate(corrective_entries()):
        moved = rest + frame.directions_to_object(directions[model.n_expression + index].T)
        add_key(obj, corrective_name(joint, row, column), moved, -2.0, 2.0)
    add_weights(obj, model.weights, bones)
    return obj


def add_lids(skin: bpy.types.Object, evaluator: FlameEvaluator, frame: Frame, eyelids: np.ndarray | None) -> None:
    """Shape keys that shut the lids, where the model has eyelids; they turn with the head, as all of the skin does.

    ``eyelids`` (2,) or (N, 2): the values that their sliders must allow, besides 0 to 1.
    """
    if evaluator.eyelid_rows is None:
        return
    rest = read_positions(mesh_of(skin))
    values = np.zeros((1, 2)) if eyelids is None else np.atleast_2d(eyelids)
    for name, rows, column in zip(EYELIDS, evaluator.eyelid_rows, values.T, strict=True):
        moved = rest + frame.directions_to_object(rows.reshape(3, -1).T)
        add_key(skin, name, moved, min(0.0, float(column.min())), max(1.0, float(column.max())))


def add_controls(
    skin: bpy.types.Object, directions: ControlDirections | None, frame: Frame, scores: np.ndarray
) -> dict[str, np.ndarray]:
    """A shape key for each named control that moves the skin, all that it moves; joints (J, 3) of each.

    ``scores`` (N, C): the values that their sliders must allow, besides 0 to 1.
    """
    rest, joints = read_positions(mesh_of(skin)), dict[str, np.ndarray]()
    if directions is None:
        return joints
    for index, name in directions.others.items():
        moved = rest + frame.directions_to_object(directions.skin[index].reshape(3, -1).T)
        add_key(skin, name, moved, min(0.0, float(scores[:, index].min())), max(1.0, float(scores[:, index].max())))
        joints[name] = directions.joints[index].reshape(-1, 3)
    return joints


def control_values(directions: ControlDirections | None, scores: np.ndarray) -> dict[str, np.ndarray]:
    """For each shape key of a named control its values (N,)."""
    return {} if directions is None else {name: scores[:, index] for index, name in directions.others.items()}


def lid_values(skin: bpy.types.Object, eyelids: np.ndarray | None) -> dict[str, np.ndarray]:
    """For each shape key of a lid that the skin has its values (N,), one where they stay."""
    names = [name for name in EYELIDS if name in keys_of(skin).key_blocks]
    values = np.zeros((1, 2)) if eyelids is None else np.atleast_2d(eyelids)
    return dict(zip(names, values.T, strict=False))


def keys_of(skin: bpy.types.Object) -> bpy.types.Key:
    """The shape keys of a skin that was made here."""
    return there(mesh_of(skin).shape_keys, "shape keys")


def corrective_entries() -> list[tuple[str, int, int]]:
    """Joint, row and column of each pose corrective, in FLAME's order."""
    return [(joint, row, column) for joint in JOINTS[1:] for row in range(3) for column in range(3)]


def add_helper(
    name: str, joints: dict[str, np.ndarray], skin: bpy.types.Object, frame: Frame, collection: Any
) -> bpy.types.Object:
    """The hidden mesh: a vertex for each joint, at how far expression has moved it along the bones' axes.

    Its keys follow the skin's: ``joints`` (J, 3) tells of each by how much it moves them.
    """
    mesh = bpy.data.meshes.new(name)
    mesh.vertices.add(len(JOINTS))
    obj = bpy.data.objects.new(name, mesh)
    collection.objects.link(obj)
    obj.shape_key_add(name="Basis", from_mix=False)
    for key_name, moves in joints.items():
        key = add_key(obj, key_name, frame.scale * moves @ frame.axes.T, -LARGEST_VALUE, LARGEST_VALUE)
        driver = key.driver_add("value").driver
        driver.type = "SUM"  # of one: no expression at all
        variable = driver.variables.new()
        variable.targets[0].id_type, variable.targets[0].id = "KEY", keys_of(skin)
        variable.targets[0].data_path = f'key_blocks["{bpy.utils.escape_identifier(key_name)}"].value'
    for index, joint in enumerate(JOINTS):
        obj.vertex_groups.new(name=joint).add([index], 1.0, "REPLACE")
    obj.hide_render = True
    obj.hide_set(True)
    return obj


def drive_correctives(skin: bpy.types.Object, armature: bpy.types.Object, axes: np.ndarray) -> None:
    """Let the pose correctives follow the bones, of FLAME's ``axes``, by native drivers, which run without Python."""
    keys: Any = keys_of(skin).key_blocks
    for joint, row, column in corrective_entries():
        driver = keys[corrective_name(joint, row, column)].driver_add("value").driver
        for index, name in enumerate("wxyz"):
            variable = driver.variables.new()
            variable.name = name
            variable.targets[0].id = armature
            variable.targets[0].data_path = f'pose.bones["{joint}"].rotation_quaternion[{index}]'
        driver.expression = corrective_expression(row, column, axes)


def add_key(obj: bpy.types.Object, name: str, places: np.ndarray, least: float, largest: float) -> Any:
    """A shape key with the vertices at ``places`` (V, 3) in the object."""
    key = obj.shape_key_add(name=name, from_mix=False)
    key.value = 0.0  # Blender 5 begins with 1
    key.slider_min, key.slider_max = max(least, -LARGEST_VALUE), min(largest, LARGEST_VALUE)
    key.points.foreach_set("co", np.ascontiguousarray(places, np.float32).ravel())
    return key


def add_weights(obj: bpy.types.Object, weights: np.ndarray, bones: tuple[str, ...]) -> None:
    """A vertex group for each bone, by the columns of ``weights`` (V, J)."""
    for bone, column in zip(bones, weights.T, strict=True):
        group = obj.vertex_groups.new(name=bone)
        for vertex in np.flatnonzero(column > LEAST_WEIGHT).tolist():
            group.add([vertex], float(column[vertex]), "REPLACE")
