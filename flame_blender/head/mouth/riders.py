"""What else rides on a head's joints, as the teeth of avatars do; told by rooms above when the add-on is enabled.

They are written with the head's vertices, and only then, and baked with them.
"""

from __future__ import annotations

from typing import Protocol

import bpy
import mathutils
import numpy as np

from ...flame.model import FlameModel
from .. import mesh


class Rider(Protocol):
    """One kind of such things: a mesh, the head's child, that stands where the head does."""

    def object_of(self, head: bpy.types.Object) -> bpy.types.Object | None:
        """The head's; None where it has none."""

    def positions(
        self, head: bpy.types.Object, model: FlameModel, shape: np.ndarray, carried: np.ndarray
    ) -> np.ndarray | None:
        """(N, 3) float32 of an identity (S,), ``carried`` (J, 3, 4) being from FLAME's axes at rest to the object's.

        None where its object is not what it should be.
        """


RIDERS: list[Rider] = []


def riding(head: bpy.types.Object) -> list[tuple[Rider, bpy.types.Object]]:
    """Those that this head has, with their objects."""
    found = ((each, each.object_of(head)) for each in RIDERS)
    return [(each, made) for each, made in found if made is not None]


def state(head: bpy.types.Object) -> tuple[int, ...]:
    """What to compare to tell whether they have to be written though the head has not changed."""
    return tuple(uid for _, made in riding(head) for uid in (made.session_uid, mesh.mesh_of(made).session_uid))


def follow(head: bpy.types.Object, model: FlameModel, shape: np.ndarray, carried: np.ndarray) -> None:
    """Write them as the head was written just now."""
    for each, made in riding(head):
        data = mesh.mesh_of(made)
        positions = None if data.is_editmode else each.positions(head, model, shape, carried)
        if positions is not None and len(positions) == len(data.vertices):
            mesh.put_positions(data, positions)


def stand_as_added(head: bpy.types.Object) -> None:
    """Let them stand where the head does: applying the head's transforms gives its children what was applied."""
    for _, made in riding(head):
        made.matrix_parent_inverse.identity()
        made.matrix_basis = mathutils.Matrix()
