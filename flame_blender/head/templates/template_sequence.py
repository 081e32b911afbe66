"""The template sequence of a head: which file it has, and what its mesh of now adds to the model's template.

The file's path is kept on a Mesh Cache modifier that is switched off, because Blender takes care of such a path: it
stays right when the .blend is saved elsewhere, External Data finds it, and it is copied, appended and undone with the
head. Which mesh is shown is ``flame.template_frame``, a property that is keyed as any other.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
import numpy as np

from ...blender_pointers import named
from ...errors import FlameError, ParameterError
from ...flame.model import FlameModel
from .. import models
from ..mesh import mesh_of
from ..properties import FLAME_PG_head, flame_of, layout_of
from .mapped import TO_DO, MappedTemplates, mapped_templates

NAME = "FLAME Template"  # of the modifier
COUNT = "flame_template_meshes"  # on the object: how many meshes the file had when it was brought in
FRAME = "flame.template_frame"
# what to do in place of what such a head cannot do
REMOVE_FIRST = "remove the template first"
BAKE_INSTEAD = "bake it to a cache, or export Alembic or USD"
EXPORT_INSTEAD = "export USD or Alembic"
SOLVE_INSTEAD = "import the meshes as parameters, and take the scores of these"
OTHER_HEAD_INSTEAD = "bring the meshes onto a head of the other model"


def modifier_of(obj: bpy.types.Object) -> Any:
    """The modifier that keeps the file, or None."""
    found: Any = named(obj.modifiers, NAME)
    return found if found is not None and found.type == "MESH_CACHE" else None


def path_of(obj: bpy.types.Object) -> str | None:
    """Where the head's template sequence lies, or None where its rest shape is the model's."""
    kept = modifier_of(obj)
    return None if kept is None else bpy.path.abspath(kept.filepath, library=obj.library)


def attach(obj: bpy.types.Object, stored_path: str, count: int) -> None:
    """Let the head take its rest shape from ``count`` meshes in a PC2 file, FLAME's axes and metres."""
    kept: Any = modifier_of(obj) or obj.modifiers.new(NAME, "MESH_CACHE")
    kept.show_viewport = kept.show_render = kept.show_expanded = False
    kept.cache_format, kept.filepath = "PC2", stored_path
    obj[COUNT] = count
    flame_of(obj).template_frame = 0.0


def remove(obj: bpy.types.Object) -> str | None:
    """Take the sequence off; its file, which stays, or None where there was none."""
    path, kept = path_of(obj), modifier_of(obj)
    if kept is not None:
        obj.modifiers.remove(kept)
        obj.pop(COUNT, None)
        flame_of(obj).template_frame = 0.0
    return path


def state(obj: bpy.types.Object) -> MappedTemplates | None:
    """The meshes of the head, the same object until the file is another; None where it has its model's template."""
    path = path_of(obj)
    if path is None:
        return None
    try:
        return checked(obj, path)
    except FlameError:  # told by trouble; the head shows its model's template
        return None


def checked(obj: bpy.types.Object, path: str) -> MappedTemplates:
    """The meshes in the head's file. Raises FlameError in a sentence for what cannot be the head's."""
    templates = mapped_templates(path)
    count, vertices = templates.meshes.shape[:2]
    expected = len(mesh_of(obj).vertices)
    if vertices != expected:
        raise FlameError(f"{path} has meshes of {vertices} vertices, {obj.name} has {expected}: {TO_DO}.")
    if count < obj.get(COUNT, 0):
        raise FlameError(f"{path} has {count} meshes, {obj[COUNT]} were brought in: {TO_DO}.")
    return templates


def trouble(obj: bpy.types.Object) -> str | None:
    """Why the head shows its model's template instead of the sequence, in a sentence; None when it does not."""
    path = path_of(obj)
    if path is None:
        return None
    try:
        checked(obj, path).at(flame_of(obj).template_frame)
    except FlameError as error:
        return str(error)
    return None


def added_now(obj: bpy.types.Object, model: FlameModel, templates: MappedTemplates, position: float) -> np.ndarray:
    """(3, V) float32, planar: what the mesh at a position adds to the model's template. Zeros for what is no head."""
    try:
        return np.subtract(templates.at(position).T, model.v_template.T, dtype=np.float32)
    except FlameError:  # told by trouble
        return np.zeros((3, model.n_vertices), np.float32)


def added_offsets(head: FLAME_PG_head, values: np.ndarray) -> np.ndarray | None:
    """(..., V, 3) float32, metres: what the meshes add to the template at values (..., size); None for nothing."""
    obj: Any = head.id_data
    templates = state(obj)
    evaluator = models.evaluator(head.fingerprint)
    if templates is None or evaluator is None:
        return None
    positions = values[..., layout_of(head).template]
    if positions.ndim == 0:
        return added_now(obj, evaluator.model, templates, float(positions)).T
    return np.stack([added_now(obj, evaluator.model, templates, each).T for each in positions.tolist()])


def require_own_template(obj: bpy.types.Object, to_do: str) -> None:
    """Raises ParameterError in a sentence where the head's rest shape is a sequence, with what to do instead."""
    path = path_of(obj)
    if path is not None:
        raise ParameterError(
            f"{obj.name}: expected a head of one rest shape, found one that takes it from {Path(path).name}; {to_do}."
        )
