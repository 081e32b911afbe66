"""Geometry Nodes put together: trees of fields, whose values are known by the sockets that give them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import bpy

ROW = 8  # nodes, one below the other


class GeometryNodes:
    """A new tree that takes a geometry and gives one: ``given`` are the sockets of what it takes, ``shown`` its end."""

    def __init__(self, name: str, *takes: tuple[str, str]) -> None:
        """``takes``: names and kinds of what it is given beside the geometry, such as an object."""
        made: Any = bpy.data.node_groups.new(name, "GeometryNodeTree")
        self.tree, interface = made, made.interface
        interface.new_socket("Geometry", in_out="INPUT", socket_type="NodeSocketGeometry")
        for each, kind in takes:
            interface.new_socket(each, in_out="INPUT", socket_type=kind)
        interface.new_socket("Geometry", in_out="OUTPUT", socket_type="NodeSocketGeometry")
        self.given, self.shown = self.add("NodeGroupInput").outputs, self.add("NodeGroupOutput").inputs[0]

    def add(self, kind: str) -> Any:
        node = self.tree.nodes.new(kind)
        number = len(self.tree.nodes) - 1
        node.location = (200.0 * (number // ROW), -200.0 * (number % ROW))
        return node

    def link(self, source: Any, goal: Any) -> None:
        self.tree.links.new(source, goal)

    def attribute(self, name: str, kind: str) -> Any:
        """The named attribute of the given geometry: INT, FLOAT, FLOAT_VECTOR or BOOLEAN."""
        node = self.add("GeometryNodeInputNamedAttribute")
        node.data_type = kind
        node.inputs["Name"].default_value = name
        return _enabled(node.outputs, "Attribute")

    def axes(self, vector: Any) -> Any:
        """Its three numbers."""
        node = self.add("ShaderNodeSeparateXYZ")
        self.link(vector, node.inputs[0])
        return node.outputs

    def sampled(self, geometry: Any, vector: Any, row: Any) -> Any:
        """A field of another geometry at its vertex ``row``."""
        node = self.add("GeometryNodeSampleIndex")
        node.data_type, node.domain, node.clamp = "FLOAT_VECTOR", "POINT", True
        self.link(geometry, node.inputs["Geometry"])
        self.link(vector, _enabled(node.inputs, "Value"))
        self.link(row, node.inputs["Index"])
        return _enabled(node.outputs, "Value")

    def weighed(self, geometry: Any, vector: Any, corners: list[Any], weights: Any) -> Any:
        """Sum of a field of another geometry at three ``corners``, each times its share of the vector ``weights``."""
        one, two, three = (
            self.scaled(self.sampled(geometry, vector, corner), weight)
            for corner, weight in zip(corners, self.axes(weights), strict=True)
        )
        return self.vector("ADD", self.vector("ADD", one, two), three)

    def mean_of_four(self, value_at: Callable[[Any], Any], rows: list[Any], weights: Any) -> Any:
        """Of what ``value_at`` gives at four rows: ``weights`` is a vector of three, the fourth has the rest."""
        *others, last = (value_at(row) for row in rows)
        mean = last
        for value, weight in zip(others, self.axes(weights), strict=True):
            mean = self.vector("ADD", mean, self.scaled(self.vector("SUBTRACT", value, last), weight))
        return mean

    def at(self, field: Any, row: Any, kind: str = "FLOAT_VECTOR") -> Any:
        """A field of the given geometry at its vertex ``row``: INT, FLOAT or FLOAT_VECTOR."""
        node = self.add("GeometryNodeFieldAtIndex")
        node.data_type, node.domain = kind, "POINT"
        self.link(field, _enabled(node.inputs, "Value"))
        self.link(row, _enabled(node.inputs, "Index"))
        return _enabled(node.outputs, "Value")

    def vector(self, operation: str, *values: Any) -> Any:
        node = self.add("ShaderNodeVectorMath")
        node.operation = operation
        for value, socket in zip(values, node.inputs, strict=False):
            self.link(value, socket)
        return node.outputs[0]

    def scaled(self, vector: Any, amount: Any) -> Any:
        node = self.add("ShaderNodeVectorMath")
        node.operation = "SCALE"
        self.link(vector, node.inputs[0])
        self.link(amount, node.inputs["Scale"])
        return node.outputs[0]

    def measured(self, operation: str, *vectors: Any) -> Any:
        """The number that LENGTH or DOT_PRODUCT gives of vectors."""
        return self.vector(operation, *vectors).node.outputs["Value"]

    def number(self, value: float) -> Any:
        """One that is always the same."""
        node = self.add("ShaderNodeValue")
        node.outputs[0].default_value = value
        return node.outputs[0]

    def constant(self, vector: tuple[float, ...] | list[float]) -> Any:
        """A vector that is always the same."""
        node = self.add("FunctionNodeInputVector")
        node.vector = vector
        return node.outputs[0]

    def alike(self, number: Any) -> Any:
        """The vector that has a number three times."""
        node = self.add("ShaderNodeCombineXYZ")
        for socket in node.inputs:
            self.link(number, socket)
        return node.outputs[0]

    def combination(self, terms: list[tuple[float, Any]]) -> Any:
        """Sum of vectors, each times a factor that is always the same."""
        found = None
        for factor, vector in terms:
            node = self.add("ShaderNodeVectorMath")
            node.operation = "MULTIPLY" if found is None else "MULTIPLY_ADD"
            self.link(vector, node.inputs[0])
            node.inputs[1].default_value = (factor, factor, factor)
            if found is not None:
                self.link(found, node.inputs[2])
            found = node.outputs[0]
        return found

    def captured(self, geometry: Any, vectors: list[Any]) -> tuple[Any, list[Any]]:
        """The geometry, and vectors of its points as they are there: all in one evaluation."""
        node = self.add("GeometryNodeCaptureAttribute")
        node.domain = "POINT"
        self.link(geometry, node.inputs[0])
        for number, vector in enumerate(vectors):
            node.capture_items.new("VECTOR", str(number))
            self.link(vector, node.inputs[str(number)])
        return node.outputs[0], [node.outputs[str(number)] for number in range(len(vectors))]

    def rotation(self, x: Any, y: Any) -> Any:
        """The rotation of axes whose first is ``x``, and whose second ``y`` is normal to it."""
        node = self.add("FunctionNodeAxesToRotation")
        node.primary_axis, node.secondary_axis = "X", "Y"
        self.link(x, node.inputs[0])
        self.link(y, node.inputs[1])
        return node.outputs[0]

    def rotated(self, vector: Any, rotation: Any) -> Any:
        node = self.add("FunctionNodeRotateVector")
        self.link(vector, node.inputs[0])
        self.link(rotation, node.inputs[1])
        return node.outputs[0]

    def after(self, rotation: Any, further: Any) -> Any:
        """A rotation, and a ``further`` one after it, both about the axes of what is given."""
        node = self.add("FunctionNodeRotateRotation")
        node.rotation_space = "GLOBAL"
        self.link(rotation, node.inputs[0])
        self.link(further, node.inputs[1])
        return node.outputs[0]

    def stored(self, geometry: Any, name: str, kind: str, value: Any) -> Any:
        """The geometry with a value for each of its points, kept under the name."""
        node = self.add("GeometryNodeStoreNamedAttribute")
        node.data_type, node.domain = kind, "POINT"
        node.inputs["Name"].default_value = name
        self.link(geometry, node.inputs["Geometry"])
        self.link(value, _enabled(node.inputs, "Value"))
        return node.outputs[0]

    def math(self, operation: str, one: Any, other: Any = None) -> Any:
        """Of two numbers; the other is 0 where there is none."""
        node = self.add("ShaderNodeMath")
        node.operation = operation
        self.link(one, node.inputs[0])
        node.inputs[1].default_value = 0.0
        if other is not None:
            self.link(other, node.inputs[1])
        return node.outputs[0]

    def has_points(self, geometry: Any, count: int) -> Any:
        """1 where the geometry has at least so many points, else 0."""
        size, node = self.add("GeometryNodeAttributeDomainSize"), self.add("ShaderNodeMath")
        self.link(geometry, size.inputs[0])
        node.operation = "GREATER_THAN"
        self.link(size.outputs["Point Count"], node.inputs[0])
        node.inputs[1].default_value = count - 0.5
        return node.outputs[0]

    def show_moved(self, socket: str, vector: Any, which: Any = None) -> bpy.types.NodeTree:
        """Give the geometry with the ``Position`` or the ``Offset`` of its vertices, or of ``which``, set; the tree."""
        self.link(self.moved(self.given[0], socket, vector, which), self.shown)
        tree: bpy.types.NodeTree = self.tree
        return tree

    def moved(self, geometry: Any, socket: str, vector: Any, which: Any = None) -> Any:
        """The geometry with the ``Position`` or the ``Offset`` of its vertices, or of ``which``, set."""
        move = self.add("GeometryNodeSetPosition")
        self.link(geometry, move.inputs[0])
        self.link(vector, move.inputs[socket])
        if which is not None:
            self.link(which, move.inputs["Selection"])
        return move.outputs[0]

    def without(self, geometry: Any, domain: str, mode: str, which: Any) -> Any:
        """The geometry without some of its points or faces (``domain``), or without their edges and faces alone."""
        delete = self.add("GeometryNodeDeleteGeometry")
        delete.domain, delete.mode = domain, mode
        self.link(geometry, delete.inputs[0])
        self.link(which, delete.inputs["Selection"])
        return delete.outputs[0]

    def split(self, geometry: Any, which: Any, other_way: bool) -> Any:
        """The geometry with some of its quads in two: from the first corner to the third, or from second to fourth."""
        cut = self.add("GeometryNodeTriangulate")
        menu = next((socket for socket in cut.inputs if socket.name == "Quad Method"), None)
        if menu is not None:  # from Blender 5.0 on
            menu.default_value = "Fixed Alternate" if other_way else "Fixed"
        else:
            cut.quad_method = "FIXED_ALTERNATE" if other_way else "FIXED"
        self.link(geometry, cut.inputs[0])
        self.link(which, cut.inputs["Selection"])
        return cut.outputs[0]


def _enabled(sockets: Any, name: str) -> Any:
    """Of sockets for each kind of data, as older Blenders have them, the one that counts."""
    return next(socket for socket in sockets if socket.name == name and socket.enabled)
