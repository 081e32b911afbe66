"""Mouth and lashes of a native rig: teeth, gums and tongue follow the bones, lashes also the shape keys of the skin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import bpy
import numpy as np

from ..flame.controls import ControlDirections
from ..flame.evaluator import PreparedIdentity
from ..flame.value_layout import EYELIDS
from ..geometry.frame import Frame
from ..head.frame import frame_of
from ..head.mesh import mesh_of, read_positions
from ..head.mouth import mouth_object
from ..head_parts.following import JAW, NECK, following
from ..head_parts.parts import HeadParts
from ..keyframes.animation import Channel, write_channels
from .rig_mesh import add_key, add_weights, keys_of, plain_copy

LEAST_MOVE = 1e-6  # metres: a key that moves nothing further is left out
LEAST_BEND = 2e-5  # metres
BEND = " bend"  # ends the name of a key that is for the way between a key's 0 and its 1


def add_mouth(
    head: bpy.types.Object,
    skin: bpy.types.Object,
    identity: PreparedIdentity,
    controls: ControlDirections | None,
    scores: np.ndarray,
    bones: tuple[str, ...],
) -> bpy.types.Object | None:
    """The head's mouth and lashes in the rest pose of ``identity``, skinned to ``bones``; None where none are shown.

    Lashes have those of the keys of ``skin`` that move them. A key goes straight from its beginning to its end; lashes
    turn with the lid, and so those of named controls and eyelids have a second key, :data:`BEND`, which is 1 half-way
    and there puts them where they are. ``scores`` (N, C): what sliders must allow, besides 0 to 1.
    """
    made = mouth_object.shown(head)
    if made is None:
        return None
    parts, frame = mouth_object.read(made, identity.evaluator.model.n_vertices), frame_of(head)
    obj = _plain(made, f"{head.name} {mouth_object.NAME} Skin")
    shape = _Shape(parts, identity, frame)
    mesh: Any = obj.data
    mesh.attributes["position"].data.foreach_set("vector", np.ascontiguousarray(shape.rest, np.float32).ravel())
    mesh.update()
    obj.shape_key_add(name="Basis", from_mix=False)
    names = () if controls is None else controls.names
    _add_keys(obj, skin, shape, frame.scale, {*names, *EYELIDS})
    for name, move in zip(parts.names, shape.moves, strict=True):
        if name in names:
            column = scores[:, names.index(name)]
            key = mesh.shape_keys.key_blocks.get(name)
            if key is None:
                key = add_key(obj, name, shape.rest, min(0.0, float(column.min())), max(1.0, float(column.max())))
            places = np.empty_like(shape.rest)
            key.points.foreach_get("co", places.ravel())
            places[: parts.n_mouth] += frame.directions_to_object(move)
            key.points.foreach_set("co", places.ravel())
    add_weights(obj, _weights(parts, identity.evaluator.model.weights), bones)
    return obj


def _add_keys(
    obj: bpy.types.Object, skin: bpy.types.Object, shape: _Shape, scale: float, from_0_to_1: set[str]
) -> None:
    rest = read_positions(mesh_of(skin))
    for key in keys_of(skin).key_blocks[1:]:
        moved = np.empty_like(rest)
        key.points.foreach_get("co", moved.ravel())
        places = shape.of(moved)
        if np.abs(places - shape.rest).max() > LEAST_MOVE * scale:
            add_key(obj, key.name, places, key.slider_min, key.slider_max)
            bend = shape.of((rest + moved) / 2) - (shape.rest + places) / 2
            if key.name in from_0_to_1 and np.abs(bend).max() > LEAST_BEND * scale:
                add_key(obj, key.name + BEND, shape.rest + bend, 0.0, 1.0)


def follow_keys(made: bpy.types.Object, skin: bpy.types.Object) -> None:
    """Let the keys of mouth and lashes follow those of the same names of the skin, by native drivers."""
    known = keys_of(skin).key_blocks
    for key in keys_of(made).key_blocks[1:]:
        name = key.name.removesuffix(BEND)
        if name in known:
            curve: Any = key.driver_add("value")
            driver = curve.driver
            variable = driver.variables.new()
            variable.name = "v"
            variable.targets[0].id_type, variable.targets[0].id = "KEY", keys_of(skin)
            variable.targets[0].data_path = f'key_blocks["{bpy.utils.escape_identifier(name)}"].value'
            if name == key.name:
                driver.type = "SUM"  # of one: no expression at all
            else:
                driver.expression = "4 * v * (1 - v)"  # so simple that Blender needs no Python for it


def show(made: bpy.types.Object, values: Mapping[str, np.ndarray], times: np.ndarray) -> None:
    """Set those of its keys that are named, and key those that change; ``values`` (N,) of each at ``times`` (N,)."""
    keys, channels = keys_of(made), []
    bends = {name + BEND: 4 * each * (1 - each) for name, each in values.items()}
    values = {**values, **{name: each.clip(0, 1) for name, each in bends.items()}}
    for name in [name for name in values if name in keys.key_blocks]:
        column = values[name]
        keys.key_blocks[name].value = float(column[0])
        path = f'key_blocks["{bpy.utils.escape_identifier(name)}"].value'
        channels += [Channel(path, 0, "Shape Keys", column)] if np.ptp(column) else []
    if channels:
        write_channels(keys, channels, times, "")


def own_values(
    made: bpy.types.Object, skin: bpy.types.Object, controls: ControlDirections | None, scores: np.ndarray
) -> dict[str, np.ndarray]:
    """Scores (N,) of those of its keys that are a named control's and none of the skin's, as that of the tongue."""
    names = () if controls is None else controls.names
    others, known = keys_of(made).key_blocks, keys_of(skin).key_blocks
    return {name: scores[:, names.index(name)] for name in names if name in others and name not in known}


def _plain(made: bpy.types.Object, name: str) -> bpy.types.Object:
    data: Any = plain_copy(mesh_of(made))
    data.name = name
    obj = bpy.data.objects.new(name, data)
    for index, slot in enumerate(made.material_slots):
        data.materials[index] = slot.material
    made.users_collection[0].objects.link(obj)
    obj.vertex_groups.clear()
    if data.shape_keys is not None:
        obj.shape_key_clear()
    return obj


class _Shape:
    """Places of mouth and lashes (N, 3) float32 in the object, at rest, with the skin at some places in it."""

    def __init__(self, parts: HeadParts, identity: PreparedIdentity, frame: Frame) -> None:
        self._following, self._frame = following(parts, identity.evaluator.model, identity), frame
        self._still = identity.carried(np.zeros(0, np.float32), np.zeros((5, 3)), np.zeros(3), frame)
        self.rest = self.of(frame.to_object(np.ascontiguousarray(identity.rest.T)))
        self.moves = np.swapaxes(self._following.moves, 1, 2)

    def of(self, skin: np.ndarray) -> np.ndarray:
        return self._following.positions(skin, self._still, None, self._frame)


def _weights(parts: HeadParts, skin: np.ndarray) -> np.ndarray:
    """(N, J): the mouth's of neck and jaw; the lashes' as the skin's at their roots."""
    weights = np.zeros((len(parts.vertices), skin.shape[1]), np.float32)
    weights[: parts.n_mouth, JAW] = parts.jaw
    weights[: parts.n_mouth, NECK] = 1 - parts.jaw
    k = len(parts.corners) // 2
    roots = (parts.weights[:k, :, None] * skin[parts.corners[:k]]).sum(1)
    weights[parts.n_mouth :] = roots[parts.roots]
    return weights
