"""A modifier by which the skin of what moves as a head does is folded without the add-on: baked heads, films, rigs."""

from __future__ import annotations

from typing import Any

import bpy

from ...blender_pointers import named
from ...shading.fold_nodes import NAME, fold_tree
from .. import models
from ..frame import frame_of
from ..mesh import mesh_of
from ..properties import flame_of, layout_of, read_values
from ..sculpt import read_offsets
from . import folding


def add(obj: bpy.types.Object, head: bpy.types.Object, after: str) -> None:
    """Fold ``obj``, of the vertices of ``head`` and in its frame, by how the modifier called ``after`` moves it.

    ``head`` at rest is what its folds are told against. Nothing for a head without gauges, or whose model is not there.
    One that ``obj`` had is exchanged.
    """
    remove(obj)
    values, evaluator = read_values(flame_of(head)), models.evaluator(flame_of(head).fingerprint)
    folds = None if evaluator is None else folding.of_model(evaluator.model)
    if evaluator is None or folds is None:
        return
    identity = evaluator.prepare(values[layout_of(flame_of(head)).identity], read_offsets(mesh_of(head)))
    modifier: Any = obj.modifiers.new(NAME, "NODES")
    modifier.node_group = fold_tree(folds, folds.lengths(identity.rest.T, frame_of(head).linear))
    modifier.show_expanded = False
    obj.modifiers.move(len(obj.modifiers) - 1, obj.modifiers.find(after) + 1)


def remove(obj: bpy.types.Object) -> None:
    """Take it off, with its nodes where nothing else has them."""
    modifier: Any = named(obj.modifiers, NAME)
    if modifier is not None and modifier.type == "NODES":
        tree = modifier.node_group
        obj.modifiers.remove(modifier)
        if tree is not None and not tree.users:
            bpy.data.node_groups.remove(tree)
