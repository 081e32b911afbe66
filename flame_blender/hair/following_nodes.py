"""The nodes that let strands follow their head: plain Geometry Nodes, which need no add-on.

Each point has a triangle of the head's vertices, the weights of a place in it, and where the point lies in the
triangle's frame: see :mod:`..hair_strands.binding`, whose arithmetic this is. The head's vertices keep their numbers
whatever quads, subdivision or cache it has.
"""

from __future__ import annotations

from typing import Any

import bpy

from ..blender_pointers import named
from ..shading.geometry_nodes import GeometryNodes

NAME, HEAD, SHOWN = "FLAME Hair", "Head", "Shown in Views"
BY_ROOTS, BY_POINTS = "by Roots", "by Points"  # end the names of the groups
CORNERS, WEIGHTS, OFFSETS = (
    "flame_corners",
    "flame_weights",
    "flame_offsets",
)  # three numbers each, of points or strands


def follow(obj: bpy.types.Object, head: bpy.types.Object, *, by_roots: bool, shown: float) -> None:
    """Give ``obj``, whose points have the attributes, the modifier.

    ``by_roots``: all points of a strand have its root's triangle, so that corners and weights are the strand's.
    ``shown``: the share of the strands that views show; renders have all of them.
    """
    modifier: Any = obj.modifiers.new(NAME, "NODES")
    modifier.node_group = _node_group(by_roots)
    modifier.show_expanded = False
    set_input(modifier, HEAD, head)
    set_input(modifier, SHOWN, shown)


def modifier_of(obj: bpy.types.Object) -> Any:
    """The modifier by which hair follows."""
    return next(each for each in obj.modifiers if each.type == "NODES" and each.name.startswith(NAME))


def set_input(modifier: Any, name: str, value: Any) -> None:
    """Set what the modifier's nodes are given."""
    identifier = next(each.identifier for each in modifier.node_group.interface.items_tree if each.name == name)
    if hasattr(modifier, "properties"):  # since 5.2
        getattr(modifier.properties.inputs, identifier).value = value
    else:
        modifier[identifier] = value


def _node_group(by_roots: bool) -> bpy.types.NodeTree:
    name = f"{NAME} {BY_ROOTS if by_roots else BY_POINTS}"
    group = named(bpy.data.node_groups, name)
    if group is not None and group.library is None and group.bl_idname == "GeometryNodeTree":
        return group
    build = GeometryNodes(name, (HEAD, "NodeSocketObject"), (SHOWN, "NodeSocketFloat"))
    head = build.add("GeometryNodeObjectInfo")
    head.transform_space = "RELATIVE"  # right too once a transform of the head was applied
    build.link(build.given[1], head.inputs[0])
    position = build.add("GeometryNodeInputPosition").outputs[0]
    surface, corners = head.outputs["Geometry"], build.axes(build.attribute(CORNERS, "FLOAT_VECTOR"))
    first, second, third = (build.sampled(surface, position, corner) for corner in corners)
    point = _weighed(build, (first, second, third), build.axes(build.attribute(WEIGHTS, "FLOAT_VECTOR")))
    edge, other = (build.vector("SUBTRACT", each, first) for each in (second, third))
    along = build.vector("NORMALIZE", edge)
    normal = build.vector("NORMALIZE", build.vector("CROSS_PRODUCT", edge, other))
    across = build.vector("CROSS_PRODUCT", normal, along)
    frame = (along, across, normal)
    if by_roots:  # once for each strand
        point, *axes = (_of_strand(build, each) for each in (point, *frame))
        frame = (axes[0], axes[1], axes[2])
    offset = _weighed(build, frame, build.axes(build.attribute(OFFSETS, "FLOAT_VECTOR")))
    build.link(build.moved(_thinned(build), "Position", build.vector("ADD", point, offset)), build.shown)
    tree: bpy.types.NodeTree = build.tree
    return tree


def _thinned(build: GeometryNodes) -> Any:
    """The strands, in views the first of them alone, by the share that is shown there: they are in no order."""
    size = build.add("GeometryNodeAttributeDomainSize")
    size.component = "CURVE"
    build.link(build.given[0], size.inputs[0])
    shown = build.math("MULTIPLY", size.outputs["Spline Count"], build.given[2])
    beyond = build.math("LESS_THAN", shown, build.add("GeometryNodeInputIndex").outputs[0])
    in_view = build.math("MULTIPLY", beyond, build.add("GeometryNodeIsViewport").outputs[0])
    return build.without(build.given[0], "CURVE", "ALL", in_view)


def _of_strand(build: GeometryNodes, vector: Any) -> Any:
    """The same, worked out once for each strand."""
    node = build.add("GeometryNodeFieldOnDomain")
    node.data_type, node.domain = "FLOAT_VECTOR", "CURVE"
    build.link(vector, next(each for each in node.inputs if each.enabled))
    return next(each for each in node.outputs if each.enabled)


def _weighed(build: GeometryNodes, vectors: tuple[Any, Any, Any], weights: Any) -> Any:
    """The sum of three vectors, each times its weight."""
    one, two, three = (build.scaled(vector, weight) for vector, weight in zip(vectors, weights, strict=True))
    return build.vector("ADD", build.vector("ADD", one, two), three)
