"""The nodes of a skin that is painted by a head's own picture, in UVs of its own."""

from __future__ import annotations

from typing import Any

import bpy

from .material_nodes import principled

COLOUR, SHINE, PLACES = "FLAME Skin Colour", "FLAME Skin Shine", "FLAME Skin Places"  # nodes
PORES_ACROSS, PORE_DEPTH, PORES_SEEN = 700.0, 0.0006, 0.07  # in the width of the picture; metres; share
DULL, GLOSSY = 0.55, 0.30  # roughness where nothing shines, and where all does


def paint_skin(material: bpy.types.Material, shines: bool) -> None:
    """Give a Principled material a picture for its colour, pores, and where it ``shines`` one that tells how much.

    The images come into the nodes called COLOUR and SHINE, the name of the UV map into PLACES.
    """
    tree: Any = material.node_tree
    nodes, links = tree.nodes, tree.links
    shader = principled(material)
    places = _node(nodes, "ShaderNodeUVMap", PLACES, -900, 100)
    colour = _node(nodes, "ShaderNodeTexImage", COLOUR, -600, 400)
    pores, bump = _node(nodes, "ShaderNodeTexNoise", "", -600, -200), _node(nodes, "ShaderNodeBump", "", -300, -200)
    pores.inputs["Scale"].default_value, pores.inputs["Detail"].default_value = PORES_ACROSS, 3.0
    bump.inputs["Strength"].default_value, bump.inputs["Distance"].default_value = PORES_SEEN, PORE_DEPTH
    for node in (colour, pores):
        links.new(places.outputs["UV"], node.inputs["Vector"])
    links.new(colour.outputs["Color"], shader.inputs["Base Color"])
    links.new(pores.outputs[0], bump.inputs["Height"])
    links.new(bump.outputs["Normal"], shader.inputs["Normal"])
    nodes.active = colour
    if shines:
        shine = _node(nodes, "ShaderNodeTexImage", SHINE, -600, 100)
        rough = _node(nodes, "ShaderNodeMapRange", "", -300, 100)
        rough.inputs["To Min"].default_value, rough.inputs["To Max"].default_value = DULL, GLOSSY
        links.new(places.outputs["UV"], shine.inputs["Vector"])
        links.new(shine.outputs["Color"], shader.inputs["Specular IOR Level"])
        links.new(shine.outputs["Color"], rough.inputs["Value"])
        links.new(rough.outputs[0], shader.inputs["Roughness"])


def _node(nodes: Any, kind: str, name: str, x: float, y: float) -> Any:
    node = nodes.new(kind)
    node.location = (x, y)
    if name:
        node.name = node.label = name
    return node
