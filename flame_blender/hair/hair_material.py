"""The material of hair: melanin, told by properties of the object that is rendered, and grey strands among the others.

Cycles has the Principled Hair shader, EEVEE a Principled one with the same colour.
"""

from __future__ import annotations

from typing import Any

import bpy

from ..blender_pointers import named
from ..hair_strands import melanin
from ..shading.material_nodes import new_material

NAME = "FLAME Hair"
MELANIN, REDNESS, GREYNESS = "flame_melanin", "flame_redness", "flame_greyness"  # an object's own properties
GREY_MELANIN = 0.02  # of a grey strand's own
ROUGHNESS, RADIAL, VARIED = 0.33, 0.45, 0.20  # of the fibre; how much strands differ in colour
EEVEE_ROUGHNESS = 0.42


def hair_material() -> bpy.types.Material:
    """The material of that name: the file's own, or a new one."""
    known = named(bpy.data.materials, NAME)
    if known is not None and known.library is None:
        return known
    made = new_material(NAME)
    made.diffuse_color = (0.09, 0.055, 0.035, 1.0)  # type: ignore[assignment]
    tree: Any = made.node_tree
    tree.nodes.clear()
    build = _Nodes(tree)
    amount, redness = build.attribute(MELANIN), build.attribute(REDNESS)
    chance = build.add("ShaderNodeHairInfo").outputs["Random"]
    is_grey = build.math("LESS_THAN", chance, build.attribute(GREYNESS))
    amount = build.math(
        "MULTIPLY", amount, build.math("SUBTRACT", 1.0, build.math("MULTIPLY", is_grey, 1 - GREY_MELANIN))
    )
    fibre = build.add("ShaderNodeBsdfHairPrincipled")
    fibre.parametrization = "MELANIN"
    for name, value in (("Roughness", ROUGHNESS), ("Radial Roughness", RADIAL), ("Random Color", VARIED)):
        fibre.inputs[name].default_value = value
    tree.links.new(amount, fibre.inputs["Melanin"])
    tree.links.new(redness, fibre.inputs["Melanin Redness"])
    tree.links.new(chance, fibre.inputs["Random"])
    build.output("CYCLES", fibre.outputs[0])
    plain = build.add("ShaderNodeBsdfPrincipled")
    plain.inputs["Roughness"].default_value = EEVEE_ROUGHNESS
    tree.links.new(build.colour(amount, redness), plain.inputs["Base Color"])
    build.output("EEVEE", plain.outputs[0])
    return made


class _Nodes:
    """Puts nodes into a tree, one beside the other."""

    def __init__(self, tree: Any) -> None:
        self.nodes, self.links, self.count = tree.nodes, tree.links, 0

    def add(self, kind: str) -> Any:
        node = self.nodes.new(kind)
        node.location = (-1400.0 + 180.0 * (self.count // 6), 400.0 - 170.0 * (self.count % 6))
        self.count += 1
        return node

    def attribute(self, name: str) -> Any:
        """A number of the object's own."""
        node = self.add("ShaderNodeAttribute")
        node.attribute_name, node.attribute_type = name, "OBJECT"
        return node.outputs["Fac"]

    def math(self, operation: str, *values: Any) -> Any:
        node = self.add("ShaderNodeMath")
        node.operation = operation
        for value, place in zip(values, node.inputs, strict=False):
            if isinstance(value, float):
                place.default_value = value
            else:
                self.links.new(value, place)
        return node.outputs[0]

    def colour(self, amount: Any, redness: Any) -> Any:
        """What :func:`..hair_strands.melanin.colour_of` tells, in nodes."""
        left = self.math("MAXIMUM", self.math("SUBTRACT", 1.0, amount), melanin.LEAST)
        quantity = self.math("MULTIPLY", self.math("LOGARITHM", left, melanin.EULER), -1.0)
        red = self.math("MULTIPLY", quantity, redness)
        brown = self.math("SUBTRACT", quantity, red)
        parts = []
        for of_brown, of_red in zip(melanin.EUMELANIN, melanin.PHEOMELANIN, strict=True):
            taken = self.math("ADD", self.math("MULTIPLY", brown, of_brown), self.math("MULTIPLY", red, of_red))
            deep = self.math("MULTIPLY", self.math("SQRT", taken), -melanin.depth(RADIAL))
            parts.append(self.math("EXPONENT", deep))
        node = self.add("ShaderNodeCombineColor")
        for part, socket in zip(parts, node.inputs, strict=True):
            self.links.new(part, socket)
        return node.outputs[0]

    def output(self, engine: str, surface: Any) -> None:
        node = self.add("ShaderNodeOutputMaterial")
        node.target = engine
        self.links.new(surface, node.inputs["Surface"])
