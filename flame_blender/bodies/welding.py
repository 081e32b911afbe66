"""The neck's rim on the body's skin: the rim goes where the body's vertices are, the skin above it a part of the way.

A Geometry Nodes modifier does it, from numbers kept as attributes of the head's mesh, so that it holds in renders,
after undo and in files without the add-on. For a vertex v of the rim, c_v = sum of weights x the body's vertices, and
d_v = c_v - v; a vertex above lies between two of the rim and moves by blend x the mean of their d.
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
from .ring import NeckRim

NAME = "FLAME On Body"  # of the modifier
CORNERS = ("flame_body_a", "flame_body_b", "flame_body_c")
WEIGHTS, FIRST, SECOND = "flame_body_weights", "flame_rim_first", "flame_rim_second"
SHARE, BLEND = "flame_rim_share", "flame_neck_blend"
ATTRIBUTES = (*CORNERS, WEIGHTS, FIRST, SECOND, SHARE, BLEND)


@dataclass(frozen=True, eq=False)
class Seats:
    """Where the rim sits: ``rows`` (R, 3) int of the body's evaluated vertices, ``weights`` (R, 3) of each."""

    rows: np.ndarray
    weights: np.ndarray


def weld(head: bpy.types.Object, body: bpy.types.Object, rim: NeckRim, seats: Seats, blend: np.ndarray) -> None:
    """Join the rim to its seats on the body; ``blend`` (V,) says how much of it each vertex takes part in."""
    part(head)
    mesh: Any = mesh_of(head)
    count = len(mesh.vertices)
    rows, weights = np.zeros((count, 3), np.int32), np.zeros((count, 3), np.float32)
    rows[rim.rim], weights[rim.rim] = seats.rows, seats.weights
    for corner, name in enumerate(CORNERS):
        _put(mesh, name, "INT", rows[:, corner])
    _put(mesh, WEIGHTS, "FLOAT_VECTOR", weights)
    _put(mesh, FIRST, "INT", rim.first.astype(np.int32))
    _put(mesh, SECOND, "INT", rim.second.astype(np.int32))
    _put(mesh, SHARE, "FLOAT", rim.share.astype(np.float32))
    _put(mesh, BLEND, "FLOAT", blend.astype(np.float32))
    modifier: Any = head.modifiers.new(NAME, "NODES")
    modifier.node_group = _nodes(f"{head.name} on {body.name}", body, int(rows.max()) + 1)
    modifier.show_expanded = False
    first = [index for index, each in enumerate(head.modifiers) if each.name == deformation.NAME or _plays(each)]
    head.modifiers.move(len(head.modifiers) - 1, max(first, default=-1) + 1)


def joined(head: bpy.types.Object, points: np.ndarray) -> np.ndarray:
    """(V, 3) float64 in the world: where the modifier takes the head's vertices (V, 3), with the body as it is now.

    The same points where the head is on no body.
    """
    modifier: Any = named(head.modifiers, NAME)
    mesh: Any = mesh_of(head)
    if modifier is None or modifier.node_group is None or BLEND not in mesh.attributes:
        return points
    info = next(node for node in modifier.node_group.nodes if node.bl_idname == "GeometryNodeObjectInfo")
    found: Any = info.inputs["Object"].default_value.evaluated_get(bpy.context.evaluated_depsgraph_get())
    places = np.empty((len(found.data.vertices), 3), np.float32)
    found.data.vertices.foreach_get("co", places.ravel())
    matrix = np.array(found.matrix_world, np.float64)
    skin = places @ matrix[:3, :3].T + matrix[:3, 3]
    rows = np.stack([_read(mesh, name, np.int32) for name in CORNERS], 1)
    off = np.einsum("vc,vcd->vd", _read(mesh, WEIGHTS, np.float32).reshape(-1, 3), skin[rows]) - points
    first, second = (off[_read(mesh, name, np.int32)] for name in (FIRST, SECOND))
    share, blend = (_read(mesh, name, np.float32)[:, None] for name in (SHARE, BLEND))
    return points + blend * (first + share * (second - first))


def part(head: bpy.types.Object) -> None:
    """Take the join away, and what was kept for it."""
    modifier: Any = named(head.modifiers, NAME)
    if modifier is not None:
        group = modifier.node_group
        head.modifiers.remove(modifier)
        if group is not None and not group.users:
            bpy.data.node_groups.remove(group)
    mesh: Any = mesh_of(head)
    for name in ATTRIBUTES:
        if name in mesh.attributes:
            mesh.attributes.remove(mesh.attributes[name])


def _plays(modifier: bpy.types.Modifier) -> bool:
    return modifier.type == "MESH_CACHE"


def _read(mesh: Any, name: str, kind: type) -> np.ndarray:
    attribute = mesh.attributes[name]
    width = 3 if attribute.data_type == "FLOAT_VECTOR" else 1
    values: np.ndarray = np.empty(width * len(mesh.vertices), kind)
    attribute.data.foreach_get("vector" if width == 3 else "value", values)
    return values


def _put(mesh: Any, name: str, kind: str, values: np.ndarray) -> None:
    attribute = mesh.attributes.new(name, kind, "POINT")
    attribute.data.foreach_set("vector" if kind == "FLOAT_VECTOR" else "value", np.ascontiguousarray(values).ravel())


def _nodes(name: str, body: bpy.types.Object, needed: int) -> bpy.types.NodeTree:
    """The modifier's nodes; they let the head be where the body has fewer than ``needed`` vertices."""
    build = GeometryNodes(name)
    surface = _of_object(build, body, "ORIGINAL", "Geometry")  # not moved as a whole: some of its vertices are, below
    place, to_head = build.add("GeometryNodeInputPosition").outputs[0], _of_object(build, body, "RELATIVE", "Transform")
    first, second = (_off(build, surface, to_head, place, build.attribute(each, "INT")) for each in (FIRST, SECOND))
    way = build.scaled(build.vector("SUBTRACT", second, first), build.attribute(SHARE, "FLOAT"))
    own = build.attribute(BLEND, "FLOAT")
    blend = build.math("MULTIPLY", own, build.has_points(surface, needed))
    moving = build.math("GREATER_THAN", own)  # than 0: all others cost nothing
    return build.show_moved("Offset", build.scaled(build.vector("ADD", first, way), blend), moving)


def _of_object(build: GeometryNodes, obj: bpy.types.Object, space: str, what: str) -> Any:
    node = build.add("GeometryNodeObjectInfo")
    node.transform_space = space
    node.inputs["Object"].default_value = obj
    return node.outputs[what]


def _off(build: GeometryNodes, surface: Any, to_head: Any, place: Any, row: Any) -> Any:
    """How far a vertex of the rim, that of the given row, is off its seat.

    Kept numbers are looked up at the row and the body is asked then: for the vertices that move alone, where what is
    looked up is worked out for all of them.
    """
    corners = [build.at(build.attribute(each, "INT"), row, "INT") for each in CORNERS]
    weights = build.at(build.attribute(WEIGHTS, "FLOAT_VECTOR"), row)
    moved = build.add("FunctionNodeTransformPoint")
    build.link(build.weighed(surface, place, corners, weights), moved.inputs["Vector"])
    build.link(to_head, moved.inputs["Transform"])
    return build.vector("SUBTRACT", moved.outputs[0], build.at(place, row))
