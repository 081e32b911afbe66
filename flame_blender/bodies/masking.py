"""The body's own head, hidden by a Mask modifier: nothing of it is deleted."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np

from ..blender_pointers import named
from ..head.mesh import mesh_of

NAME = "FLAME Hidden Head"  # of the vertex group and of the modifier


def hide(body: bpy.types.Object, vertices: np.ndarray) -> None:
    """Hide these vertices (n,) of the body, and the faces at them."""
    show(body)
    group = body.vertex_groups.new(name=NAME)
    group.add(vertices.tolist(), 1.0, "REPLACE")
    modifier: Any = body.modifiers.new(NAME, "MASK")
    modifier.vertex_group = group.name
    modifier.invert_vertex_group = True
    modifier.show_expanded = False


def show(body: bpy.types.Object) -> None:
    """Show all of the body again."""
    modifier = named(body.modifiers, NAME)
    if modifier is not None:
        body.modifiers.remove(modifier)
    group = named(body.vertex_groups, NAME)
    if group is not None:
        body.vertex_groups.remove(group)


def above(body: bpy.types.Object, inside: np.ndarray) -> np.ndarray:
    """The vertices (n,) to hide where those marked in ``inside`` (N,) bool are the head's.

    Those with a neighbour that is not the head's stay, and with them the faces that reach over the cut: the neck is not
    cut shorter than the plane that cuts it.
    """
    mesh: Any = mesh_of(body)
    edges = np.empty((len(mesh.edges), 2), np.int32)
    mesh.edges.foreach_get("vertices", edges.ravel())
    rim = inside[edges[:, 0]] != inside[edges[:, 1]]
    stays = np.zeros(len(inside), bool)
    stays[edges[rim].ravel()] = True
    return np.flatnonzero(inside & ~stays)
