"""The painted skin as nodes: the head's tone, undertone, age, freckles and stubble, its pores, furrows and gloss.

One group for all skins of a file; each head's own properties come in by its object's data paths. The colour is that of
``looks/complexion.py``; pores lie in the space of the neutral head (the attribute ``flame_rest``), so that they are of
one size everywhere and move with the skin.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import bpy

from ..looks import complexion
from ..looks.complexion import Complexion
from ..looks.folds import WRINKLES
from .material_nodes import principled
from .shader_nodes import COLOUR, NUMBER, ShaderNodes, shared_group

LAYERS, REST = "FLAME Skin Layers", "flame_rest"  # the group, and the mesh's attribute: metres, FLAME's axes
FOLDS = "flame_folds"  # the mesh's attribute: 0 to 1, how far the expression folds the skin
VERSION = 7
SKIN_TONE = "Skin Tone"  # the node after it all, for a tint of one's own
PICTURES = ("Skin", "Relief", "Marks")  # inputs of the group, and names of the nodes that hold the pictures
NONE = {"Relief": (complexion.FLAT, 0.34, 1.0), "Marks": (0.0, 0.0, 0.0)}  # where there is no such picture
PATHS = {name: f"flame.{path}" for name, path in (
    ("tone", "skin_tone"), ("undertone", "skin_undertone"), ("age", "skin_age"), ("freckles", "freckles"),
    ("stubble", "stubble"), ("brows", "painted_brows"),
)}  # fmt: skip
INDEX, SHEEN, SHEEN_ROUGHNESS = 1.4, 0.04, 0.35  # of refraction (Jacques 1998); down, as a share of the light
DULL, GLOSSY = 0.6, 0.32  # roughness
SHINE, BROW_SHINE = 0.5, 0.05  # specular level of skin, and of hair on it
MILLIMETRE = 0.001
PORE, PORE_DEPTH = 0.85, 0.06  # mm apart, mm deep; hairs grow from them
FURROW_DEPTH = 0.055  # mm, of the net of lines between the pores
BUMP, BUMP_HEIGHT = 3.2, 0.10  # of what is uneven
GROOVE_DEPTH, LIP_DEPTH = 1.1, 0.42  # mm, of the painted relief at 50 years more, and on lips at any age
GRAZING, SEEN = 0.08, 0.5  # cosines of view and skin: up to the one nothing of it is seen, from the other on all
DEEPEST = 1.6  # times that depth, of what age and expression cut together
HAIR_WIDTH, HAIR_DARK = 0.15, 0.5  # of the roots of a shaven beard: radius as a share of what pores are apart; share


def paint(material: bpy.types.Material, pictures: Mapping[str, bpy.types.Image]) -> None:
    """Give a Principled material the layers; ``pictures`` by :data:`PICTURES`, of which only Skin must be there."""
    tree: Any = material.node_tree
    nodes, links = tree.nodes, tree.links
    shader, places = principled(material), nodes.new("ShaderNodeUVMap")
    layers, tone, bump = (nodes.new(f"ShaderNode{kind}") for kind in ("Group", "HueSaturation", "Bump"))
    layers.node_tree, tone.name, tone.label = skin_layers(), SKIN_TONE, SKIN_TONE
    bump.inputs["Distance"].default_value = MILLIMETRE
    for number, node in enumerate((places, None, layers, tone, bump)):
        if node is not None:
            node.location = (-1100.0 + 230.0 * number, 300.0 if node is not bump else -100.0)
    for number, (name, image) in enumerate(pictures.items()):
        picture = nodes.new("ShaderNodeTexImage")
        picture.image, picture.location = image, (-870.0, 500.0 - 290.0 * number)
        picture.name = picture.label = name
        links.new(places.outputs["UV"], picture.inputs["Vector"])
        links.new(picture.outputs["Color"], layers.inputs[name])
    links.new(layers.outputs["Color"], tone.inputs["Color"])
    links.new(tone.outputs["Color"], shader.inputs["Base Color"])
    links.new(layers.outputs["Roughness"], shader.inputs["Roughness"])
    links.new(layers.outputs["Shine"], shader.inputs["Specular IOR Level"])
    links.new(layers.outputs["Height"], bump.inputs["Height"])
    links.new(layers.outputs["Strength"], bump.inputs["Strength"])
    links.new(bump.outputs["Normal"], shader.inputs["Normal"])
    shader.inputs["IOR"].default_value = INDEX
    shader.inputs["Sheen Weight"].default_value, shader.inputs["Sheen Roughness"].default_value = SHEEN, SHEEN_ROUGHNESS
    nodes.active = nodes[PICTURES[0]]


def skin_layers() -> bpy.types.NodeTree:
    """The group that all skins of this file share."""
    known = shared_group(LAYERS, VERSION)
    if known is not None:
        return known
    gives = (("Color", COLOUR), ("Roughness", NUMBER), ("Shine", NUMBER), ("Height", NUMBER), ("Strength", NUMBER))
    build = ShaderNodes(LAYERS, VERSION, gives, tuple((name, COLOUR) for name in PICTURES))
    for name, value in NONE.items():
        build.default(name, (*value, 1.0))
    skin, relief, marks = list(build.taken)[:3]
    usual = Complexion()._asdict()
    amounts = {name: build.property(path, float(usual[name])) for name, path in PATHS.items()}
    amounts["share"] = _clamped(
        build,
        build.math("DIVIDE", build.math("SUBTRACT", amounts["age"], complexion.REFERENCE_AGE), complexion.AGES),
        1.2,
    )
    height, gloss, response = build.axes(relief)
    freckles, beard, brows = build.axes(marks)
    rest = build.vector("SCALE", build.attribute(REST, "GEOMETRY").outputs["Vector"])
    rest.node.inputs["Scale"].default_value = 1 / MILLIMETRE
    pores = build.cells(rest, 1 / PORE)  # once: a bump has all that it is made of worked out three times more
    groove = build.math("SUBTRACT", height, complexion.FLAT)
    colour = _toned(build, skin, response, amounts)
    wrinkles = build.property("flame.wrinkles", WRINKLES)
    folds = build.math("MULTIPLY", build.attribute(FOLDS, "GEOMETRY").outputs["Fac"], wrinkles)
    cut = build.math("MINIMUM", build.math("ADD", amounts["share"], folds), DEEPEST)
    colour = build.scaled(colour, _darkened(build, groove, cut))
    colour = build.vector("MULTIPLY", colour, _freckled(build, freckles, amounts))
    colour = _shaven(build, colour, beard, pores, amounts["stubble"])
    painted = build.math("MULTIPLY", brows, amounts["brows"])
    colour = build.mix(painted, colour, complexion.BROW)
    shine = build.math("MULTIPLY_ADD", painted, BROW_SHINE - SHINE, SHINE)
    roughness = build.math("MULTIPLY_ADD", gloss, GLOSSY - DULL, DULL)
    fine = _fine(build, pores, gloss)
    return build.shown(colour, roughness, shine, _height(build, rest, fine, groove, response, cut), _seen(build))


def _toned(build: ShaderNodes, skin: Any, response: Any, amounts: Mapping[str, Any]) -> Any:
    """Tone, undertone and age are factors, each of which takes as far as melanin does."""
    reference = complexion.tone_colour(complexion.REFERENCE_TONE)
    tone = build.ramp(amounts["tone"], complexion.tone_colours())
    factor = build.vector("DIVIDE", tone, tuple(reference.tolist()))
    for sign, by in zip((-1.0, 1.0), complexion.UNDERTONES, strict=True):
        share = build.math("MAXIMUM", build.math("MULTIPLY", amounts["undertone"], sign), 0.0)
        factor = build.vector("MULTIPLY", factor, _towards(build, complexion.differing(by), share))
    factor = build.vector("MULTIPLY", factor, _towards(build, complexion.differing(complexion.AGED), amounts["share"]))
    off = build.scaled(build.vector("SUBTRACT", factor, (1.0, 1.0, 1.0)), response)
    return build.vector("MULTIPLY", skin, build.vector("ADD", off, (1.0, 1.0, 1.0)))


def _towards(build: ShaderNodes, factor: Any, share: Any) -> Any:
    """1 and, as far as ``share`` says, the factor."""
    off = build.vector("SCALE", tuple((factor - 1).tolist()))
    build.links.new(share, off.node.inputs["Scale"])
    return build.vector("ADD", off, (1.0, 1.0, 1.0))


def _darkened(build: ShaderNodes, groove: Any, cut: Any) -> Any:
    """What is left of the light in grooves, as deep as age and expression cut them."""
    deep = build.math("MAXIMUM", build.math("MULTIPLY", groove, -1.0 / complexion.FLAT), 0.0)
    lost = build.math("MULTIPLY", build.math("MULTIPLY", deep, cut), complexion.OF_GROOVES)
    return build.math("SUBTRACT", 1.0, lost)


def _freckled(build: ShaderNodes, freckles: Any, amounts: Mapping[str, Any]) -> Any:
    amount = build.math("MULTIPLY_ADD", amounts["share"], complexion.OF_AGE_IN_SPOTS, amounts["freckles"])
    dense = build.math("MULTIPLY", build.math("MINIMUM", amount, 1.0), freckles)
    parts = [build.math("EXPONENT", build.math("MULTIPLY", dense, -float(absorbed))) for absorbed in complexion.MELANIN]
    joined = build.add("ShaderNodeCombineXYZ")
    for part, place in zip(parts, joined.inputs, strict=False):
        build.links.new(part, place)
    return joined.outputs[0]


def _shaven(build: ShaderNodes, colour: Any, beard: Any, pores: Any, stubble: Any) -> Any:
    """The shadow of a beard, and in it the roots, dark points."""
    dense = build.math("MULTIPLY", beard, stubble)
    shadow = build.math("MULTIPLY", dense, complexion.OF_STUBBLE)
    colour = build.vector("MULTIPLY", colour, _towards(build, complexion.STUBBLE, shadow))
    root = build.rising(pores, HAIR_WIDTH * 0.6, HAIR_WIDTH * 1.5)
    seen = build.math("MULTIPLY", build.math("SUBTRACT", 1.0, root), build.math("MULTIPLY", dense, HAIR_DARK))
    return build.mix(seen, colour, complexion.BROW)


def _fine(build: ShaderNodes, pores: Any, gloss: Any) -> Any:
    """Millimetres: pits that are deep where skin is oily, and a net of lines between them."""
    pit = build.math("SUBTRACT", build.rising(pores, 0.04, 0.42), 1.0)
    depth = build.math("MULTIPLY_ADD", build.rising(gloss, 0.25, 0.7), PORE_DEPTH * 0.6, PORE_DEPTH * 0.4)
    net = build.math("MULTIPLY", build.math("MULTIPLY", pores, pores), -FURROW_DEPTH)
    return build.math("ADD", build.math("MULTIPLY", pit, depth), net)


def _height(build: ShaderNodes, rest: Any, fine: Any, groove: Any, response: Any, cut: Any) -> Any:
    """Millimetres: what is fine, what is uneven, the grooves of age and expression, furrows of lips."""
    skin = build.rising(response, 0.82, 1.0)
    uneven = build.math("MULTIPLY", build.noise(rest, 1 / BUMP, 2.0), BUMP_HEIGHT)
    grooves = build.math("MULTIPLY", build.math("MULTIPLY", cut, skin), 2 * GROOVE_DEPTH)
    lips = build.math("MULTIPLY", build.math("SUBTRACT", 1.0, skin), 2 * LIP_DEPTH)
    folded = build.math("MULTIPLY", groove, build.math("ADD", grooves, lips))
    return build.math("ADD", build.math("ADD", build.math("MULTIPLY", fine, skin), uneven), folded)


def _seen(build: ShaderNodes) -> Any:
    """How much of the heights is seen: at a grazing view one hides the next, of which a bump knows nothing."""
    place = build.add("ShaderNodeNewGeometry").outputs
    cosine = build.vector("DOT_PRODUCT", place["Incoming"], place["Normal"]).node.outputs["Value"]
    return build.rising(build.math("ABSOLUTE", cosine), GRAZING, SEEN)


def _clamped(build: ShaderNodes, value: Any, most: float) -> Any:
    return build.math("MINIMUM", build.math("MAXIMUM", value, 0.0), most)
