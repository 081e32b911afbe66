"""The eyes' material: iris and pupil by the direction from the eyeball's centre, which turns with the eye.

Round at any density of the mesh. ``looks/gaze.py`` has the same in NumPy, for files that hold no nodes.
"""

from __future__ import annotations

from typing import Any

import bpy

from ..looks import gaze
from .material_nodes import new_material, principled
from .shader_nodes import COLOUR, NUMBER, ShaderNodes, shared_group

EYE, GAZE = "FLAME Eye", "flame_gaze"  # the material and its nodes; the mesh's attribute
EYE_IRIS, EYE_PUPIL = "FLAME Eye Iris", "FLAME Eye Pupil"  # the same for other polygons: Solid view shows the gaze
EYES = (EYE, EYE_IRIS, EYE_PUPIL)
COLOUR_PROPERTY, CENTRE_PROPERTY, AMOUNT_PROPERTY = "flame.iris_colour", "flame.iris_centre", "flame.iris_centre_amount"
VERSION = 3  # of the shared nodes
FLAT, BEHIND = 0.25, 10.0  # squared length below which an attribute is none; then it is all sclera
ROUGHNESS, COAT_ROUGHNESS, CORNEA_INDEX = 0.32, 0.03, 1.376  # index of refraction of the human cornea
CORNEA_HEIGHT, IRIS_DEPTH = 0.0011, 0.0007  # metres: how far the cornea stands out, and how hollow the iris looks
CORNEA_SIZE = 1.08  # of the iris's radius


def eye_material(name: str = EYE) -> bpy.types.Material:
    """A new eye material, one of :data:`EYES`: all of them show the same, and share the nodes that say what."""
    material = new_material(name)
    tree: Any = material.node_tree
    shader, shown = principled(material), tree.nodes.new("ShaderNodeGroup")
    shown.node_tree, shown.location = eye_nodes(), (-500.0, 300.0)
    tree.links.new(shown.outputs["Color"], shader.inputs["Base Color"])
    shader.inputs["Roughness"].default_value, shader.inputs["Coat Weight"].default_value = ROUGHNESS, 1.0
    shader.inputs["Coat Roughness"].default_value, shader.inputs["Coat IOR"].default_value = (
        COAT_ROUGHNESS,
        CORNEA_INDEX,
    )
    for number, (height, depth, goal) in enumerate(
        (("Cornea", CORNEA_HEIGHT, "Coat Normal"), ("Iris", IRIS_DEPTH, "Normal"))
    ):
        bump = tree.nodes.new("ShaderNodeBump")
        bump.inputs["Distance"].default_value, bump.location = depth, (-250.0, -200.0 * number)
        tree.links.new(shown.outputs[height], bump.inputs["Height"])
        tree.links.new(bump.outputs["Normal"], shader.inputs[goal])
    return material


def is_eye(material: Any) -> bool:
    """Whether a material is drawn by the direction from the eyeball's centre, as of this version or of earlier ones."""
    nodes = () if material is None or material.node_tree is None else material.node_tree.nodes
    groups = [node.node_tree for node in nodes if node.type == "GROUP" and node.node_tree is not None]
    every = [*nodes, *(node for group in groups for node in group.nodes)]
    return any(node.type == "ATTRIBUTE" and node.attribute_name == GAZE for node in every)


def eye_nodes() -> bpy.types.NodeTree:
    """The nodes that all eyes of this file share: their colour, and how far cornea and iris stand out, 0 to 1."""
    known = shared_group(EYE, VERSION)
    if known is not None:
        return known
    build = ShaderNodes(EYE, VERSION, (("Color", COLOUR), ("Cornea", NUMBER), ("Iris", NUMBER)))
    colour, radius = _colour(build)
    part = build.math("MINIMUM", build.math("DIVIDE", radius, CORNEA_SIZE), 1.0)
    inside = build.math("SUBTRACT", 1.0, build.math("MULTIPLY", part, part))
    return build.shown(colour, build.math("MULTIPLY", inside, inside), build.math("SUBTRACT", 1.0, inside))


def _colour(build: ShaderNodes) -> tuple[Any, Any]:
    """What a direction shows, and how far from the gaze it is, in radii of the iris."""
    direction, iris = build.attribute(GAZE, "GEOMETRY"), build.attribute(COLOUR_PROPERTY, "OBJECT")
    angle, turn = _angles(build, direction.outputs["Vector"])
    radius = build.math("DIVIDE", angle, gaze.IRIS_ANGLE)
    colour = build.mix(iris.outputs["Alpha"], gaze.IRIS_COLOUR, iris.outputs["Color"])
    light, outer = _iris_light(build, turn, radius)
    inner = build.mix(
        build.property(AMOUNT_PROPERTY, 0.0), colour, build.attribute(CENTRE_PROPERTY, "OBJECT").outputs["Color"]
    )
    colour = build.scaled(build.mix(outer, inner, colour), light)
    pupil = build.rising(angle, gaze.PUPIL_ANGLE - gaze.PUPIL_EDGE, gaze.PUPIL_ANGLE + gaze.PUPIL_EDGE)
    colour = build.mix(pupil, gaze.PUPIL_COLOUR, colour)
    tint = build.math("MULTIPLY", build.rising(angle, gaze.TINT_BEGIN, gaze.TINT_END), gaze.TINT_MOST)
    sclera = build.mix(tint, gaze.SCLERA_COLOUR, gaze.SCLERA_TINT)
    sclera = build.mix(_vessels(build, angle, turn), sclera, gaze.VESSEL_COLOUR)
    white = build.rising(angle, gaze.IRIS_ANGLE - gaze.IRIS_EDGE, gaze.IRIS_ANGLE + gaze.IRIS_EDGE)
    return build.mix(white, colour, sclera), radius


def _angles(build: ShaderNodes, direction: Any) -> tuple[Any, Any]:
    """From the gaze, and around it; far from the gaze where the mesh has no such attribute."""
    separate = build.add("ShaderNodeSeparateXYZ")
    build.links.new(direction, separate.inputs[0])
    x, y, z = separate.outputs
    across = build.math("ADD", build.math("MULTIPLY", x, x), build.math("MULTIPLY", y, y))
    length = build.math("ADD", across, build.math("MULTIPLY", z, z))
    z = build.math("SUBTRACT", z, build.math("MULTIPLY", build.math("LESS_THAN", length, FLAT), BEHIND))
    return build.math("ARCTAN2", build.math("SQRT", across), z), build.math("ARCTAN2", y, x)


def _iris_light(build: ShaderNodes, turn: Any, radius: Any) -> tuple[Any, Any]:
    """How light the iris is, and how far a place is beyond the ring round the pupil."""
    waves = [_wave(build, turn, wave, radius if number else None) for number, wave in enumerate(gaze.FIBRES)]
    fibres = build.math("MULTIPLY", build.math("MULTIPLY", *waves), gaze.FIBRE_DEPTH)
    fine = build.math("MULTIPLY", _wave(build, turn, gaze.FINE[:3], radius), gaze.FINE[3])
    count, wavy = gaze.COLLAR_WAVY
    border = build.math("MULTIPLY_ADD", _wave(build, turn, (count, 3.0, 2.0), None), wavy, radius)
    collar = build.math("MULTIPLY", _ring(build, border, gaze.COLLAR, gaze.COLLAR_WIDTH), gaze.COLLAR_LIGHT)
    ruff = build.math("MULTIPLY", _ring(build, border, gaze.RUFF, gaze.RUFF_WIDTH), -gaze.RUFF_DARK)
    light = build.math("ADD", build.math("ADD", fibres, fine), build.math("ADD", collar, ruff))
    light = build.math("MAXIMUM", build.math("ADD", light, 1.0), 0.05)
    rim = build.math("MULTIPLY", build.rising(radius, gaze.LIMBUS_BEGIN, 1.0), gaze.LIMBUS_DARK)
    outer = build.rising(border, gaze.COLLAR - gaze.CENTRE_EDGE, gaze.COLLAR + gaze.CENTRE_EDGE)
    return build.math("MULTIPLY", light, build.math("SUBTRACT", 1.0, rim)), outer


def _wave(build: ShaderNodes, turn: Any, wave: tuple[float, ...], radius: Any) -> Any:
    """Sine of ``count`` waves around, bent ``often`` times and ``far``, and with ``radius`` bent outwards."""
    count, often, far = wave
    bent = build.math("MULTIPLY", build.math("SINE", build.math("MULTIPLY", turn, often)), far)
    phase = build.math("MULTIPLY_ADD", turn, count, bent)
    if radius is not None:
        phase = build.math("MULTIPLY_ADD", radius, gaze.BENT_OUTWARDS, phase)
    return build.math("SINE", phase)


def _ring(build: ShaderNodes, radius: Any, middle: float, width: float) -> Any:
    off = build.math("DIVIDE", build.math("SUBTRACT", radius, middle), width)
    return build.math("EXPONENT", build.math("MULTIPLY", build.math("MULTIPLY", off, off), -1.0))


def _vessels(build: ShaderNodes, angle: Any, turn: Any) -> Any:
    """How far the sclera is vessel."""
    seen: Any = 0.0
    slow = build.math("MULTIPLY", build.math("SINE", build.math("MULTIPLY", turn, 2.0)), 2.0)
    for count, often, far, width in gaze.VESSELS:
        inner = build.math("SINE", build.math("MULTIPLY_ADD", angle, often, build.math("MULTIPLY", turn, 3.0)))
        phase = build.math("MULTIPLY_ADD", turn, count, build.math("MULTIPLY_ADD", inner, far, slow))
        line = build.math("DIVIDE", build.math("ABSOLUTE", build.math("SINE", phase)), width)
        line = build.math("MAXIMUM", build.math("SUBTRACT", 1.0, line), 0.0)
        faint = build.math("SINE", build.math("MULTIPLY_ADD", angle, count, build.math("MULTIPLY", turn, 5.0)))
        faint = build.math("MULTIPLY_ADD", faint, 0.5, 0.5)
        seen = build.math("MAXIMUM", build.math("MULTIPLY", line, faint), seen)
    there = build.rising(angle, gaze.VESSEL_BEGIN, gaze.VESSEL_END)
    return build.math("MULTIPLY", build.math("MULTIPLY", seen, there), gaze.VESSEL_MOST)
