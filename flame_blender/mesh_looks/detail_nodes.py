"""The nodes that let a detail mesh follow its head: plain Geometry Nodes, which need no add-on.

Each vertex has the corners of a triangle of the head, the weights of its place and of its normal there, and a height
along that normal. The head's vertices keep their numbers whatever quads, subdivision or cache it has.
"""

from __future__ import annotations

from typing import Any

import bpy

from ..blender_pointers import named

NAME, HEAD = "FLAME Detail", "Head"
CORNERS = ("flame_corner_1", "flame_corner_2", "flame_corner_3")
WEIGHTS, NORMALS, HEIGHT = "flame_weights", "flame_normal_weights", "flame_height"


def follow(obj: bpy.types.Object, head: bpy.types.Object) -> None:
    """Give ``obj``, whose mesh has the attributes, the modifier."""
    modifier: Any = obj.modifiers.new(NAME, "NODES")
    modifier.node_group = _node_group()
    modifier.show_expanded = False
    set_head(modifier, head)


def set_head(modifier: Any, head: bpy.types.Object) -> None:
    """Choose the object that the modifier's nodes look at."""
    name = next(each.identifier for each in modifier.node_group.interface.items_tree if each.name == HEAD)
    if hasattr(modifier, "properties"):  # since 5.2
        getattr(modifier.properties.inputs, name).value = head
    else:
        modifier[name] = head


def modifier_of(obj: bpy.types.Object) -> Any:
    """The modifier by which a detail mesh follows, or None."""
    return next((each for each in obj.modifiers if each.type == "NODES" and each.name.startswith(NAME)), None)


def _node_group() -> bpy.types.NodeTree:
    group = named(bpy.data.node_groups, NAME)
    if group is not None and group.library is None and group.bl_idname == "GeometryNodeTree":
        return group
    made: Any = bpy.data.node_groups.new(NAME, "GeometryNodeTree")
    made.interface.new_socket("Geometry", in_out="INPUT", socket_type="NodeSocketGeometry")
    made.interface.new_socket(HEAD, in_out="INPUT", socket_type="NodeSocketObject")
    made.interface.new_socket("Geometry", in_out="OUTPUT", socket_type="NodeSocketGeometry")
    _Nodes(made).build()
    return made


class _Nodes:
    """The tree while it is built."""

    def __init__(self, tree: Any) -> None:
        self.tree, self.nodes = tree, tree.nodes

    def build(self) -> None:
        given, shown = self.new("NodeGroupInput"), self.new("NodeGroupOutput")
        head = self.new("GeometryNodeObjectInfo")
        head.transform_space = "ORIGINAL"
        self.link(given.outputs[1], head.inputs[0])
        surface = head.outputs["Geometry"]
        corners = [self.attribute(name, "INT") for name in CORNERS]
        place, along = self.new("GeometryNodeInputPosition"), self.new("GeometryNodeInputNormal")
        foot = self.mixed(surface, place.outputs[0], corners, WEIGHTS)
        normal = self.vector("NORMALIZE", self.mixed(surface, along.outputs[0], corners, NORMALS))
        lifted = self.vector("ADD", foot, self.scaled(normal, self.attribute(HEIGHT, "FLOAT")))
        move = self.new("GeometryNodeSetPosition")
        self.link(given.outputs[0], move.inputs[0])
        self.link(lifted, move.inputs["Position"])
        self.link(move.outputs[0], shown.inputs[0])
        for number, node in enumerate(self.nodes):
            node.location = (200.0 * (number // 6), -180.0 * (number % 6))

    def mixed(self, surface: Any, field: Any, corners: list[Any], weights: str) -> Any:
        """Sum of a field at the corners, each times its weight."""
        parts = self.new("ShaderNodeSeparateXYZ")
        self.link(self.attribute(weights, "FLOAT_VECTOR"), parts.inputs[0])
        total = None
        for corner, weight in zip(corners, parts.outputs, strict=True):
            part = self.scaled(self.sampled(surface, field, corner), weight)
            total = part if total is None else self.vector("ADD", total, part)
        return total

    def sampled(self, surface: Any, field: Any, index: Any) -> Any:
        node = self.new("GeometryNodeSampleIndex")
        node.data_type, node.domain = "FLOAT_VECTOR", "POINT"
        self.link(surface, node.inputs["Geometry"])
        self.link(field, _enabled(node.inputs, "Value"))
        self.link(index, node.inputs["Index"])
        return _enabled(node.outputs, "Value")

    def attribute(self, name: str, kind: str) -> Any:
        node = self.new("GeometryNodeInputNamedAttribute")
        node.data_type = kind
        node.inputs["Name"].default_value = name
        return _enabled(node.outputs, "Attribute")

    def scaled(self, vector: Any, amount: Any) -> Any:
        node = self.new("ShaderNodeVectorMath")
        node.operation = "SCALE"
        self.link(vector, node.inputs[0])
        self.link(amount, node.inputs["Scale"])
        return node.outputs[0]

    def vector(self, operation: str, *values: Any) -> Any:
        node = self.new("ShaderNodeVectorMath")
        node.operation = operation
        for value, socket in zip(values, node.inputs, strict=False):
            self.link(value, socket)
        return node.outputs[0]

    def new(self, kind: str) -> Any:
        return self.nodes.new(kind)

    def link(self, source: Any, goal: Any) -> None:
        self.tree.links.new(source, goal)


def _enabled(sockets: Any, name: str) -> Any:
    """Of sockets for each kind of data the one that counts."""
    return next(socket for socket in sockets if socket.name == name and socket.enabled)
