"""Mouth and lashes of a head whose model has none: an object of its own, the head's child, written with the head.

Everything that ties it to the head lies in its mesh, so that it is saved, copied, appended and undone with that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import bpy
import mathutils
import numpy as np

from ..errors import ModelError
from ..flame.controls import ControlDirections
from ..flame.evaluator import Added, PreparedIdentity
from ..geometry.frame import Frame
from ..head_parts.following import FollowingParts, following
from ..head_parts.parts import MATERIALS, SHAPES, WHOLE, HeadParts, checked_parts
from . import deformation, materials, mesh
from .frame import frame_of
from .properties import flame_of

NAME = "Mouth and Lashes"
ARRAY, SHAPE, NAMES = "flame_parts_{}", "flame_parts_{}_shape", "flame_parts_names"  # of the mesh


class Moving(NamedTuple):
    """What :meth:`PreparedIdentity.frame` moved the head with, and the head's scores of its named controls (C,)."""

    expression: np.ndarray
    rotations: np.ndarray
    translation: np.ndarray
    added: Added | None
    scores: np.ndarray
    controls: ControlDirections | None


@dataclass(eq=False)
class Mouth:
    """Mouth and lashes while they follow a head: the mesh that is written, and what they were last told from."""

    parts: HeadParts
    session_uid: int = 0
    identity: PreparedIdentity | None = None
    following: FollowingParts | None = None
    controls: ControlDirections | None = None
    columns: np.ndarray | None = None  # of the scores, for each of the parts' own movements; -1 for none

    def positions(
        self, identity: PreparedIdentity, moving: Moving, head_positions: np.ndarray, frame: Frame
    ) -> np.ndarray:
        """(N, 3) float32 beside ``head_positions`` (V, 3); both lie in the object that has the ``frame``."""
        if self.following is None or self.identity is not identity:
            self.following, self.identity = following(self.parts, identity.evaluator.model, identity), identity
        carried = identity.carried(moving.expression, moving.rotations, moving.translation, frame, moving.added)
        scores = self._scores(moving) if moving.added is not None or moving.scores.any() else None
        return self.following.positions(head_positions, carried, scores, frame)

    def _scores(self, moving: Moving) -> np.ndarray:
        if self.columns is None or self.controls is not moving.controls:
            names = () if moving.controls is None else moving.controls.names
            self.controls = moving.controls
            self.columns = np.array([names.index(name) if name in names else -1 for name in self.parts.names], int)
        return np.append(moving.scores, np.float32(0))[self.columns]


def object_of(obj: bpy.types.Object) -> bpy.types.Object | None:
    """The head's mouth and lashes; None where it has none.

    A head duplicated without them still points to those of the original; only its own child counts.
    """
    made: bpy.types.Object | None = flame_of(obj).mouth
    return made if made is not None and made.parent == obj else None


def shown(obj: bpy.types.Object) -> bpy.types.Object | None:
    """The same, where they are switched on and in some scene."""
    made = object_of(obj)
    return made if made is not None and flame_of(obj).show_mouth and made.users_collection else None


def state(obj: bpy.types.Object) -> tuple[int, ...]:
    """What to compare to tell whether they have to be written though the head has not changed."""
    made = object_of(obj)
    if made is None or not flame_of(obj).show_mouth:
        return ()
    return made.session_uid, mesh.mesh_of(made).session_uid, int(_is_edited(made))


def add(obj: bpy.types.Object, parts: HeadParts) -> bpy.types.Object:
    """Make the object of the parts of the head's model; the head moves it from then on."""
    remove(obj)
    made_mesh = _mesh(parts, f"{obj.name} {NAME}")
    made = bpy.data.objects.new(made_mesh.name, made_mesh)
    for collection in obj.users_collection:
        collection.objects.link(made)
    made.parent = obj
    deformation.add_pass_through(made)
    flame_of(obj).mouth = made
    flame_of(obj).show_mouth = True
    obj.update_tag()
    return made


def remove(obj: bpy.types.Object) -> None:
    """Delete the head's mouth and lashes, where it has any."""
    made = object_of(obj)
    if made is not None:
        data = mesh.mesh_of(made)
        bpy.data.objects.remove(made)
        if not data.users:
            bpy.data.meshes.remove(data)
    flame_of(obj).mouth = None


def stand_as_added(obj: bpy.types.Object) -> None:
    """Let the object stand where the head does: applying the head's transforms gives its children what was applied."""
    made = object_of(obj)
    if made is not None:
        made.matrix_parent_inverse.identity()
        made.matrix_basis = mathutils.Matrix()


def follow(
    obj: bpy.types.Object,
    known: Mouth | None,
    identity: PreparedIdentity,
    moving: Moving,
    head_positions: np.ndarray,
) -> Mouth | None:
    """Write the positions of the head's mouth and lashes, where there are any that can be; what to give next time.

    ``head_positions`` (V, 3) are what was just written of the head, with the identity and ``moving``.
    """
    made = object_of(obj)
    if made is None or not flame_of(obj).show_mouth or _is_edited(made):
        return known
    data = mesh.mesh_of(made)
    if known is None or known.session_uid != data.session_uid:
        try:
            known = Mouth(read(made, identity.evaluator.model.n_vertices), data.session_uid)
        except ModelError:  # told by trouble
            return None
    if len(data.vertices) == len(known.parts.vertices):
        mesh.put_positions(data, known.positions(identity, moving, head_positions, frame_of(obj)))
    return known


def read(made: bpy.types.Object, n_vertices: int) -> HeadParts:
    """What the object's mesh tells of the parts.

    Raises ModelError where they are not for a model of so many vertices, or the mesh is damaged.
    """
    data: Any = mesh.mesh_of(made)
    arrays = {}
    for name in SHAPES:
        numbers, shape = (np.array(data.get(key.format(name), ())) for key in (ARRAY, SHAPE))
        if shape.dtype.kind == "i" and len(shape) and shape.min() >= 0 and numbers.size == shape.prod():
            arrays[name] = numbers.reshape(shape).astype(np.int32 if name in WHOLE else np.float32)
    names = tuple(str(data.get(NAMES, "")).split())
    parts = checked_parts(arrays, names, n_vertices, made.name)
    if len(data.vertices) != len(parts.vertices):
        raise ModelError(
            f"{made.name}: expected {len(parts.vertices)} vertices, found {len(data.vertices)}; add them anew."
        )
    return parts


def trouble(obj: bpy.types.Object) -> str | None:
    """Why the head's mouth and lashes do not follow it, in one sentence; None when they do, or there are none."""
    made = shown(obj)
    if made is None:
        return None
    if _is_edited(made):
        return f"{made.name} is in {made.mode.title()} Mode: it follows the head again in Object Mode."
    try:
        read(made, len(mesh.mesh_of(obj).vertices))
    except ModelError:
        return f"{made.name} was made for another model, or its mesh was changed: add mouth and lashes anew."
    return None


def _is_edited(made: bpy.types.Object) -> bool:
    return made.mode in ("EDIT", "SCULPT") or mesh.mesh_of(made).is_editmode


def _mesh(parts: HeadParts, called: str) -> bpy.types.Mesh:
    made: Any = mesh.mesh_of_polygons(parts.vertices, parts.polygons, called)
    for material in MATERIALS:
        made.materials.append(materials.plain_material(f"FLAME {material.title()}"))
    made.polygons.foreach_set("material_index", parts.materials)
    for name in SHAPES:
        value = getattr(parts, name)
        if value.size:  # Blender keeps no empty array
            made[ARRAY.format(name)] = np.ascontiguousarray(value).ravel()
        made[SHAPE.format(name)] = list(value.shape)
    made[NAMES] = " ".join(parts.names)
    return made
