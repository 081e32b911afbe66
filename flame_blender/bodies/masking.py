"""The body's own head, hidden by a Geometry Nodes modifier: nothing of it is deleted.

The modifier takes away polygons, and the vertices that only they have; those that a head's neck is told by stay as
points alone. Vertices at the cut go where means of four of the body's vertices are, so that they follow whatever poses
it.
"""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np

from ..blender_pointers import named
from ..head.mesh import mesh_of
from ..shading.geometry_nodes import GeometryNodes
from .kept_numbers import forget, put

NAME = "FLAME Hidden Head"  # of the modifier, and of the Mask modifier's vertex group
FACES, POINTS, MOVED = "flame_hidden_faces", "flame_hidden_points", "flame_cut_moved"
ROWS = ("flame_cut_a", "flame_cut_b", "flame_cut_c", "flame_cut_d")
SPLIT = ("flame_cut_first", "flame_cut_second")  # quads in two: from the first corner, from the second
WEIGHTS = "flame_cut_weights"  # of the first three; the fourth's is what is left of 1
ATTRIBUTES = (FACES, POINTS, MOVED, *SPLIT, *ROWS, WEIGHTS)
MAKES_VERTICES, KEEPS_OWN = {"SUBSURF"}, {"MULTIRES"}


def place_of(body: bpy.types.Object) -> int | None:
    """Where among the body's modifiers its mesh is cut: before it is subdivided; None where that cannot be."""
    kinds = [modifier.type for modifier in body.modifiers if modifier.name != NAME]
    if KEEPS_OWN & set(kinds):
        return None
    return next((index for index, kind in enumerate(kinds) if kind in MAKES_VERTICES), len(kinds))


def hide(body: bpy.types.Object, faces: np.ndarray, kept: np.ndarray, split: np.ndarray | None = None) -> int:
    """Hide polygons (P,) bool; their vertices stay as points where ``kept`` (N,) bool. How many are hidden.

    Quads are shown in two where ``split`` (P,) int is 1: from their first corner to their third; 2: second to fourth.
    """
    show(body)
    mesh: Any = mesh_of(body)
    corners = np.empty(len(mesh.loops), np.int32)
    mesh.loops.foreach_get("vertex_index", corners)
    sizes = np.empty(len(mesh.polygons), np.int32)
    mesh.polygons.foreach_get("loop_total", sizes)
    of_hidden, of_shown = np.zeros((2, len(mesh.vertices)), bool)
    marked = np.repeat(faces, sizes)
    of_hidden[corners[marked]] = True
    of_shown[corners[~marked]] = True
    put(mesh, FACES, "BOOLEAN", faces, "FACE")
    put(mesh, POINTS, "BOOLEAN", of_hidden & ~of_shown & ~kept)
    for number, name in enumerate(SPLIT):
        put(mesh, name, "BOOLEAN", np.zeros(len(faces), bool) if split is None else split == number + 1, "FACE")
    place = place_of(body)
    modifier: Any = body.modifiers.new(NAME, "NODES")
    modifier.node_group = _nodes(f"{body.name} without its head")
    modifier.show_expanded = False
    if place is not None:
        body.modifiers.move(len(body.modifiers) - 1, place)
    return int((of_hidden & ~of_shown).sum())


def mask(body: bpy.types.Object, vertices: np.ndarray) -> int:
    """Hide vertices (n,) and all faces at them by a Mask modifier, of which what hangs on vertices is not moved."""
    show(body)
    group = body.vertex_groups.new(name=NAME)
    group.add(vertices.tolist(), 1.0, "REPLACE")
    modifier: Any = body.modifiers.new(NAME, "MASK")
    modifier.vertex_group = group.name
    modifier.invert_vertex_group = True
    modifier.show_expanded = False
    return len(vertices)


def move(body: bpy.types.Object, vertices: np.ndarray, rows: np.ndarray, weights: np.ndarray) -> None:
    """Let vertices (m,) of a body that hides its head be at means of others: ``rows`` (m, 4), ``weights`` (m, 4).

    Rows are those of the mesh as it comes to the modifier.
    """
    mesh: Any = mesh_of(body)
    forget(mesh, (MOVED, *ROWS, WEIGHTS))
    count = len(mesh.vertices)
    moved, shares = np.zeros(count, bool), np.zeros((count, 3), np.float32)
    moved[vertices], shares[vertices] = True, weights[:, :3]
    put(mesh, MOVED, "BOOLEAN", moved)
    for number, name in enumerate(ROWS):
        row = np.zeros(count, np.int32)
        row[vertices] = rows[:, number]
        put(mesh, name, "INT", row)
    put(mesh, WEIGHTS, "FLOAT_VECTOR", shares)


def show(body: bpy.types.Object) -> None:
    """Show all of the body again."""
    modifier: Any = named(body.modifiers, NAME)
    if modifier is not None:
        nodes = modifier.node_group if modifier.type == "NODES" else None
        body.modifiers.remove(modifier)
        if nodes is not None and not nodes.users:
            bpy.data.node_groups.remove(nodes)
    group = named(body.vertex_groups, NAME)
    if group is not None:
        body.vertex_groups.remove(group)
    forget(mesh_of(body), ATTRIBUTES)


def _nodes(name: str) -> bpy.types.NodeTree:
    build = GeometryNodes(name)
    place = build.add("GeometryNodeInputPosition").outputs[0]
    weights = build.attribute(WEIGHTS, "FLOAT_VECTOR")
    goal = build.mean_of_four(lambda row: build.at(place, row), [build.attribute(row, "INT") for row in ROWS], weights)
    moved = build.moved(build.given[0], "Position", goal, build.attribute(MOVED, "BOOLEAN"))
    shown = build.without(moved, "FACE", "EDGE_FACE", build.attribute(FACES, "BOOLEAN"))
    for number, each in enumerate(SPLIT):
        shown = build.split(shown, build.attribute(each, "BOOLEAN"), bool(number))
    build.link(build.without(shown, "POINT", "ALL", build.attribute(POINTS, "BOOLEAN")), build.shown)
    tree: bpy.types.NodeTree = build.tree
    return tree
