"""Adding a head to the scene."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import bpy
import numpy as np

from ..errors import ModelError
from ..flame.model import FlameModel
from ..geometry.axes import to_blender
from . import deformation, landmarks, live, materials, mesh, models
from .frame import frame_of
from .parameters import require_evaluator, require_head
from .properties import flame_of, layout_of, read_values, setup

if TYPE_CHECKING:
    from ..model_files.library import ModelEntry

DEFAULT_LANDMARKS = "ibug"


def add_head(entry: ModelEntry, name: str, collection: bpy.types.Collection, with_landmarks: bool) -> bpy.types.Object:
    """A neutral head of the model: mesh, materials, regions, pass-through modifier and, if asked for, landmarks.

    Raises FlameError where the model cannot be read or has no landmarks, before anything is made.
    """
    evaluator = models.evaluator(entry.fingerprint)
    if evaluator is None:
        raise ModelError(str(models.missing(entry.fingerprint, entry.name)))
    model = evaluator.model
    if with_landmarks:
        landmarks.embedding_of(model, landmark_set_of(model))
    head_mesh = mesh.create_mesh(model, name)
    materials.assign(head_mesh, model)
    obj = bpy.data.objects.new(name, head_mesh)
    collection.objects.link(obj)
    add_regions(obj, model.regions)
    deformation.add_pass_through(obj)
    setup(flame_of(obj), model, entry.name)
    mesh.write_positions(head_mesh, to_blender(model.v_template))
    if with_landmarks:
        add_landmarks(obj, None)
    live.refresh(obj)
    obj.update_tag()
    return obj


def landmark_set_of(model: FlameModel) -> str:
    """The set of landmarks that a head of the model shows unless told otherwise."""
    return DEFAULT_LANDMARKS if DEFAULT_LANDMARKS in model.landmarks else next(iter(model.landmarks), DEFAULT_LANDMARKS)


def add_landmarks(obj: bpy.types.Object, landmark_set: str | None) -> bpy.types.Collection:
    """The landmark empties of an embedding of the head's model, placed on the face. Raises FlameError."""
    model = require_evaluator(require_head(obj)).model
    live.refresh(obj)
    collection = landmarks.add_empties(obj, model, landmark_set or landmark_set_of(model))
    _put_on_mesh(obj, model)
    live.refresh(obj)
    return collection


def _put_on_mesh(obj: bpy.types.Object, model: FlameModel) -> None:
    """Put new landmark empties on the mesh as it is, whether the head follows its parameters or not."""
    head_mesh = mesh.mesh_of(obj)
    if len(head_mesh.vertices) != model.n_vertices:
        return
    written = mesh.values_written_with(head_mesh)
    values, layout = read_values(flame_of(obj)) if written is None else written, layout_of(flame_of(obj))
    root, neck = (values[layout.vector(name)] for name in ("global_rotation", "neck"))
    vertices = frame_of(obj).to_flame(mesh.read_positions(head_mesh))
    landmarks.move_empties(obj, model, vertices, global_rotation=root, neck=neck)


def add_regions(obj: bpy.types.Object, regions: Mapping[str, np.ndarray]) -> None:
    """A vertex group for each named set of vertices."""
    for region, vertices in regions.items():
        obj.vertex_groups.new(name=region).add(vertices.tolist(), 1.0, "REPLACE")


def lock_interface(scene: bpy.types.Scene) -> bool:
    """Turn Lock Interface on, without which a render in a window may read a mesh while a handler writes it.

    Whether it was off before.
    """
    was_off = not scene.render.use_lock_interface
    scene.render.use_lock_interface = True
    return was_off
