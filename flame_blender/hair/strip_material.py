"""The material of hair that is strips which nothing is seen through: each strip has a colour of its own."""

from __future__ import annotations

from typing import Any

import bpy

from ..hair_strands.melanin import colour_of
from ..shading.material_nodes import new_material, principled
from .hair_material import GREY_MELANIN

OWN, GREY, GREYNESS = "Own", "Grey", "Greyness"  # nodes that are set for each sample
ROUGHNESS, SHINE = 0.42, 0.35
DARKEST, LIGHTEST = 0.65, 1.35  # times the colour, from strip to strip
LEAST_GREY = 0.6  # times the share of grey hairs, of the strip that has fewest


def strip_material(name: str, mixed: bool) -> bpy.types.Material:
    """A new one: each strip has more or less of the grey hairs, lighter or darker, or all are ``mixed`` alike."""
    material = new_material(name)
    tree: Any = material.node_tree
    shader, nodes = principled(material), tree.nodes
    own, grey, greyness, mix = (nodes.new(f"ShaderNode{kind}") for kind in ("RGB", "RGB", "Value", "MixRGB"))
    for node, label in ((own, OWN), (grey, GREY), (greyness, GREYNESS)):
        node.name = node.label = label
    tree.links.new(own.outputs[0], mix.inputs[1])
    tree.links.new(grey.outputs[0], mix.inputs[2])
    shader.inputs["Roughness"].default_value, shader.inputs["Specular IOR Level"].default_value = ROUGHNESS, SHINE
    if mixed:
        tree.links.new(greyness.outputs[0], mix.inputs[0])
        tree.links.new(mix.outputs[0], shader.inputs["Base Color"])
        return material
    kinds = ("NewGeometry", "MapRange", "Math", "VectorMath")
    chance, varied, share, shaded = (nodes.new(f"ShaderNode{kind}") for kind in kinds)
    scattered = nodes.new("ShaderNodeTexWhiteNoise")  # so that what is greyer is no darker
    scattered.noise_dimensions, share.operation, shaded.operation = "1D", "MULTIPLY", "SCALE"
    varied.inputs["To Min"].default_value, varied.inputs["To Max"].default_value = DARKEST, LIGHTEST
    island = chance.outputs["Random Per Island"]
    greyer = nodes.new("ShaderNodeMapRange")
    greyer.inputs["To Min"].default_value, greyer.inputs["To Max"].default_value = LEAST_GREY, 2 - LEAST_GREY
    tree.links.new(island, greyer.inputs["Value"])
    tree.links.new(greyness.outputs[0], share.inputs[0])
    tree.links.new(greyer.outputs[0], share.inputs[1])
    tree.links.new(share.outputs[0], mix.inputs[0])
    tree.links.new(island, scattered.inputs["W"])
    tree.links.new(scattered.outputs["Value"], varied.inputs["Value"])
    tree.links.new(mix.outputs[0], shaded.inputs[0])
    tree.links.new(varied.outputs[0], shaded.inputs["Scale"])
    tree.links.new(shaded.outputs[0], shader.inputs["Base Color"])
    return material


def colour_strips(material: bpy.types.Material, melanin: float, redness: float, greyness: float) -> None:
    """Give a material of :func:`strip_material` its colours."""
    nodes: Any = material.node_tree.nodes  # type: ignore[union-attr]
    nodes[OWN].outputs[0].default_value = (*colour_of(melanin, redness), 1.0)
    nodes[GREY].outputs[0].default_value = (*colour_of(GREY_MELANIN * melanin, redness), 1.0)
    nodes[GREYNESS].outputs[0].default_value = greyness
