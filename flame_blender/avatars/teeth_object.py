"""The teeth that GaussianAvatars binds splats to: a mesh of a head's, never seen, that is written with the head's.

FLAME has none, so that no vertex of the head's could carry them. One head has one of them, for all its avatars.
"""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np

from ..flame.model import FlameModel
from ..head import live, mesh
from ..splats import teeth
from .seen import settings_of

NAME = "Avatar Teeth"
OFFSETS = "flame_offsets"  # of its vertices at rest, in FLAME's axes: what training added to them


def object_of(head: bpy.types.Object) -> bpy.types.Object | None:
    """The head's, None where it has none: a head duplicated without them still points to those of the original."""
    made = settings_of(head).teeth
    return made if made is not None and made.parent == head else None


def add(head: bpy.types.Object, model: FlameModel, offsets: np.ndarray | None = None) -> bpy.types.Object:
    """The head's, made where it has none; ``offsets`` (120, 3) metres replace those that it had.

    Raises AvatarError for a model of another topology than FLAME's.
    """
    teeth.require_flame(model)
    made = object_of(head)
    if made is None:
        faces = np.pad(teeth.triangles(0), ((0, 0), (0, 1)), constant_values=-1)
        name = f"{head.name} {NAME}"
        made = bpy.data.objects.new(name, mesh.mesh_of_polygons(teeth.teeth_of(model.v_template), faces, name))
        for collection in head.users_collection:
            collection.objects.link(made)
        made.parent = head
        made.hide_viewport = made.hide_render = made.hide_select = True
        settings_of(head).teeth = made
    if offsets is not None:
        attributes: Any = mesh.mesh_of(made).attributes
        kept = attributes.get(OFFSETS) or attributes.new(OFFSETS, "FLOAT_VECTOR", "POINT")
        kept.data.foreach_set("vector", np.ascontiguousarray(offsets, np.float32).ravel())
    live.forget_head(head)
    live.refresh(head)
    return made


def remove(head: bpy.types.Object) -> None:
    """Delete them, where the head has any."""
    made = object_of(head)
    if made is not None:
        mesh.delete(made)
    settings_of(head).teeth = None


def offsets_of(made: bpy.types.Object) -> np.ndarray | None:
    """(120, 3) float32 metres: what is added to these teeth at rest; None where nothing is."""
    attributes: Any = mesh.mesh_of(made).attributes
    kept = attributes.get(OFFSETS)
    if kept is None or kept.data_type != "FLOAT_VECTOR" or len(kept.data) != teeth.N_TEETH:
        return None
    offsets = np.empty((teeth.N_TEETH, 3), np.float32)
    kept.data.foreach_get("vector", offsets.ravel())
    return offsets


class TeethRider:
    """How a head carries them."""

    def object_of(self, head: bpy.types.Object) -> bpy.types.Object | None:
        return object_of(head)

    def positions(
        self, head: bpy.types.Object, model: FlameModel, shape: np.ndarray, carried: np.ndarray
    ) -> np.ndarray | None:
        made = object_of(head)
        if made is None or (model.n_vertices, len(model.faces)) != teeth.FLAME_TOPOLOGY:
            return None
        return teeth.teeth_on(model, shape, carried, offsets_of(made))


RIDER = TeethRider()
