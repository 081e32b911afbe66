"""The neck's rim on the body's skin: the rim goes where the body's vertices are, the skin above it a part of the way.

A Geometry Nodes modifier does it, from numbers kept as attributes of the head's mesh, so that it holds in renders,
after undo and in files without the add-on. A vertex v has a seat c_v on the body, a mean of four of its vertices whose
weights are 1 in sum, and moves to v + blend x (c_v - v): all of the way at the rim. As blend is level there, what is
just above the rim lies on the body's own skin, and the two go over into each other without an edge.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import bpy
import numpy as np

from ..blender_pointers import named
from ..head import deformation
from ..head.mesh import mesh_of
from ..shading.geometry_nodes import GeometryNodes
from .kept_numbers import forget, put, read

NAME = "FLAME On Body"  # of the modifier
ROWS = ("flame_body_a", "flame_body_b", "flame_body_c", "flame_body_d")
WEIGHTS = "flame_body_weights"  # of the first three; the fourth's is what is left of 1
BLEND = "flame_neck_blend"
EARLIER = ("flame_rim_first", "flame_rim_second", "flame_rim_share")  # which earlier versions kept
ATTRIBUTES = (*ROWS, WEIGHTS, BLEND)


@dataclass(frozen=True, eq=False)
class Seats:
    """Where V vertices sit: ``rows`` (V, 4) int of the body's evaluated vertices, ``weights`` (V, 4) of each."""

    rows: np.ndarray
    weights: np.ndarray


def weld(head: bpy.types.Object, body: bpy.types.Object, seats: Seats, blend: np.ndarray) -> None:
    """Join the head's neck to its seats on the body; ``blend`` (V,) says how far each vertex goes there."""
    part(head)
    mesh = mesh_of(head)
    joins = blend > 0
    rows = np.where(joins[:, None], seats.rows, 0).astype(np.int32)
    for number, name in enumerate(ROWS):
        put(mesh, name, "INT", rows[:, number])
    put(mesh, WEIGHTS, "FLOAT_VECTOR", np.where(joins[:, None], seats.weights[:, :3], 0.0).astype(np.float32))
    put(mesh, BLEND, "FLOAT", blend.astype(np.float32))
    modifier: Any = head.modifiers.new(NAME, "NODES")
    modifier.node_group = _nodes(f"{head.name} on {body.name}", body, int(rows.max()) + 1)
    modifier.show_expanded = False
    first = [index for index, each in enumerate(head.modifiers) if each.name == deformation.NAME or _plays(each)]
    head.modifiers.move(len(head.modifiers) - 1, max(first, default=-1) + 1)


def is_whole(head: bpy.types.Object) -> bool:
    """Whether the modifier is there, and all that it reads."""
    attributes: Any = mesh_of(head).attributes
    return named(head.modifiers, NAME) is not None and all(name in attributes for name in ATTRIBUTES)


def joined(head: bpy.types.Object, points: np.ndarray) -> np.ndarray:
    """(V, 3) float64 in the world: where the modifier takes the head's vertices (V, 3), with the body as it is now.

    The same points where the head is on no body.
    """
    modifier: Any = named(head.modifiers, NAME)
    mesh = mesh_of(head)
    if modifier is None or modifier.node_group is None or not is_whole(head):
        return points
    info = next(node for node in modifier.node_group.nodes if node.bl_idname == "GeometryNodeObjectInfo")
    found: Any = info.inputs["Object"].default_value.evaluated_get(bpy.context.evaluated_depsgraph_get())
    places = np.empty((len(found.data.vertices), 3), np.float32)
    found.data.vertices.foreach_get("co", places.ravel())
    matrix = np.array(found.matrix_world, np.float64)
    skin = places @ matrix[:3, :3].T + matrix[:3, 3]
    rows, weights = np.stack([read(mesh, name, np.int32) for name in ROWS], 1), read(mesh, WEIGHTS, np.float32)
    last = skin[rows[:, 3]]
    goals = last + np.einsum("vc,vcd->vd", weights, skin[rows[:, :3]] - last[:, None])
    return points + read(mesh, BLEND, np.float32)[:, None] * (goals - points)


def part(head: bpy.types.Object) -> None:
    """Take the join away, and what was kept for it."""
    modifier: Any = named(head.modifiers, NAME)
    if modifier is not None:
        group = modifier.node_group
        head.modifiers.remove(modifier)
        if group is not None and not group.users:
            bpy.data.node_groups.remove(group)
    forget(mesh_of(head), (*ATTRIBUTES, *EARLIER))


def _plays(modifier: bpy.types.Modifier) -> bool:
    return modifier.type == "MESH_CACHE"


def _nodes(name: str, body: bpy.types.Object, needed: int) -> bpy.types.NodeTree:
    """The modifier's nodes; they let the head be where the body has fewer than ``needed`` vertices."""
    build = GeometryNodes(name)
    surface = _of_object(build, body, "ORIGINAL", "Geometry")  # not moved as a whole: some of its vertices are, below
    place, to_head = build.add("GeometryNodeInputPosition").outputs[0], _of_object(build, body, "RELATIVE", "Transform")
    rows, weights = [build.attribute(each, "INT") for each in ROWS], build.attribute(WEIGHTS, "FLOAT_VECTOR")
    moved = build.add("FunctionNodeTransformPoint")
    mean = build.mean_of_four(lambda row: build.sampled(surface, place, row), rows, weights)
    build.link(mean, moved.inputs["Vector"])
    build.link(to_head, moved.inputs["Transform"])
    own = build.attribute(BLEND, "FLOAT")
    blend = build.math("MULTIPLY", own, build.has_points(surface, needed))
    moving = build.math("GREATER_THAN", own)  # than 0: all others cost nothing
    off = build.vector("SUBTRACT", moved.outputs[0], place)
    return build.show_moved("Offset", build.scaled(off, blend), moving)


def _of_object(build: GeometryNodes, obj: bpy.types.Object, space: str, what: str) -> Any:
    node = build.add("GeometryNodeObjectInfo")
    node.transform_space = space
    node.inputs["Object"].default_value = obj
    return node.outputs[what]
