"""Adding a head to the scene."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import bpy
import numpy as np

from ..errors import ModelError, ParameterError
from ..flame.controls import ARKIT_NAMES
from ..flame.model import WEIGHT, FlameModel
from ..geometry.axes import to_blender
from . import deformation, landmarks, live, materials, mesh, models
from .frame import frame_of
from .parameters import require_evaluator, require_head
from .properties import LAYOUT, FLAME_PG_head, flame_of, layout_of, names_of_controls, read_values

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
    if obj.library is not None or obj.override_library is not None:  # Blender adds nothing to an override's list
        raise ParameterError(f"{obj.name} comes from another file: add its landmarks there.")
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


def setup(head: FLAME_PG_head, model: FlameModel, name: str) -> None:
    """Make the head one of ``model``: its coefficients, all zero, named after the directions.

    Keying a channel, Blender 5 walks through all items that lie before it, each from its collection's first on: long
    collections come last, and what is keyed most is keyed in a twentieth of the time.
    """
    head.fingerprint = model.fingerprint
    head.model_name = name
    head.layout = LAYOUT
    named = bool(model.n_expression) and all(each.unit == WEIGHT for each in model.expression_directions)
    expression = head.movements if named else head.expression
    for items in (head.controls, head.shape, head.expression, head.movements):
        items.clear()
    complete_controls(head, model)
    for items, directions in ((expression, model.expression_directions), (head.shape, model.identity_directions)):
        for direction in directions:
            items.add().name = direction.name


def control_names(model: FlameModel) -> tuple[str, ...]:
    """Names of a head's scores: ARKit's, which are there before its model has named controls, and the model's own."""
    own = () if model.controls is None else model.controls.names
    return (*ARKIT_NAMES, *(name for name in own if name not in ARKIT_NAMES))


def lacks_controls(head: FLAME_PG_head, model: FlameModel) -> bool:
    """Whether a head was made before heads had scores, or before its model had some of its controls."""
    return len(head.controls) < len(control_names(model))


def complete_controls(head: FLAME_PG_head, model: FlameModel) -> None:
    """Add the scores that a head lacks; those that it has keep their places, by which curves find them."""
    present = set(names_of_controls(head))
    for name in control_names(model):
        if name not in present:
            head.controls.add().name = name
