"""Groups of shader nodes put together: values are known by the sockets that give them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import bpy
import numpy as np

VERSION = "flame_nodes"  # the group's own property: which version of its nodes it has
COLOUR, NUMBER = "NodeSocketColor", "NodeSocketFloat"
Sockets = Sequence[tuple[str, str]]


def shared_group(name: str, version: int) -> bpy.types.NodeTree | None:
    """The group of that name and version that this file has already."""
    return next(
        (
            group
            for group in bpy.data.node_groups
            if group.library is None and group.get(VERSION) == version and group.name.split(".")[0] == name
        ),
        None,
    )


class ShaderNodes:
    """Puts nodes into a new group, one to the right of the other, and gives what they put out."""

    def __init__(self, name: str, version: int, gives: Sockets, takes: Sockets = ()) -> None:
        """``gives`` and ``takes``: names and kinds of the group's sockets."""
        made: Any = bpy.data.node_groups.new(name, "ShaderNodeTree")
        made[VERSION] = version
        for sockets, way in ((gives, "OUTPUT"), (takes, "INPUT")):
            for each, kind in sockets:
                made.interface.new_socket(each, in_out=way, socket_type=kind)
        self.tree, self.nodes, self.links = made, made.nodes, made.links
        self.count = 0
        self.taken: Any = self.add("NodeGroupInput").outputs if takes else ()

    def shown(self, *values: Any) -> bpy.types.NodeTree:
        """The group with its outputs given these, in order."""
        out = self.add("NodeGroupOutput")
        for value, place in zip(values, out.inputs, strict=False):
            self.links.new(value, place)
        tree: bpy.types.NodeTree = self.tree
        return tree

    def default(self, name: str, value: Any) -> None:
        """What an input of the group is where nothing is linked to it."""
        for item in self.tree.interface.items_tree:
            if item.in_out == "INPUT" and item.name == name:
                item.default_value = value

    def property(self, path: str, otherwise: float) -> Any:
        """A number of the object's, by its data path; ``otherwise`` where there is none."""
        found = self.attribute(path, "OBJECT").outputs
        off = self.math("SUBTRACT", found["Fac"], otherwise)
        return self.math("MULTIPLY_ADD", off, found["Alpha"], otherwise)

    def axes(self, vector: Any) -> Any:
        """Its three numbers."""
        node = self.add("ShaderNodeSeparateXYZ")
        self.links.new(vector, node.inputs[0])
        return node.outputs

    def vector(self, operation: str, *values: Any) -> Any:
        node = self.add("ShaderNodeVectorMath")
        node.operation = operation
        for value, place in zip(values, node.inputs, strict=False):
            self._give(value, place)
        return node.outputs[0]

    def ramp(self, value: Any, stops: Sequence[tuple[float, np.ndarray]]) -> Any:
        """The colour of a ramp, straight between stops (place, linear RGB)."""
        node = self.add("ShaderNodeValToRGB")
        elements = node.color_ramp.elements
        for _ in stops[2:]:
            elements.new(0.5)
        for element, (place, colour) in zip(elements, stops, strict=True):
            element.position, element.color = place, (*colour, 1.0)
        self._give(value, node.inputs[0])
        return node.outputs["Color"]

    def cells(self, vector: Any, scale: float) -> Any:
        """How far a place is from the nearest of scattered points, which lie about 1 / ``scale`` apart, in that."""
        node = self.add("ShaderNodeTexVoronoi")
        node.inputs["Scale"].default_value = scale
        self.links.new(vector, node.inputs["Vector"])
        return node.outputs["Distance"]

    def noise(self, vector: Any, scale: float, detail: float = 1.0) -> Any:
        """0 to 1, smooth over 1 / ``scale``."""
        node = self.add("ShaderNodeTexNoise")
        node.inputs["Scale"].default_value, node.inputs["Detail"].default_value = scale, detail
        self.links.new(vector, node.inputs["Vector"])
        return node.outputs[0]

    def add(self, kind: str) -> Any:
        node = self.nodes.new(kind)
        node.location = (-1600.0 + 180.0 * (self.count // 6), 500.0 - 170.0 * (self.count % 6))
        node.hide = True
        self.count += 1
        return node

    def attribute(self, name: str, kind: str) -> Any:
        node = self.add("ShaderNodeAttribute")
        node.attribute_name, node.attribute_type = name, kind
        return node

    def math(self, operation: str, *values: Any) -> Any:
        node = self.add("ShaderNodeMath")
        node.operation = operation
        for value, place in zip(values, node.inputs, strict=False):
            self._give(value, place)
        return node.outputs[0]

    def rising(self, value: Any, begin: float, end: float) -> Any:
        """0 up to ``begin``, 1 from ``end`` on, smooth between."""
        node = self.add("ShaderNodeMapRange")
        node.interpolation_type = "SMOOTHSTEP"
        self._give(value, node.inputs["Value"])
        node.inputs["From Min"].default_value, node.inputs["From Max"].default_value = begin, end
        return node.outputs["Result"]

    def mix(self, share: Any, one: Any, other: Any) -> Any:
        """One colour and, as far as ``share`` says, another."""
        node = self.add("ShaderNodeMix")
        node.data_type = "RGBA"
        self._give(share, node.inputs[0])
        colours = [each for each in node.inputs if each.type == "RGBA"]
        self._give(one, colours[0])
        self._give(other, colours[1])
        return next(each for each in node.outputs if each.type == "RGBA")

    def scaled(self, colour: Any, by: Any) -> Any:
        node = self.add("ShaderNodeVectorMath")
        node.operation = "SCALE"
        self._give(colour, node.inputs[0])
        self._give(by, node.inputs["Scale"])
        return node.outputs[0]

    def _give(self, value: Any, place: Any) -> None:
        if isinstance(value, tuple):
            place.default_value = value if place.type == "VECTOR" else (*value, 1.0)
        elif isinstance(value, float):
            place.default_value = value
        else:
            self.links.new(value, place)
