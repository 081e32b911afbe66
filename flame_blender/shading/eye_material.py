"""The eyes' material: iris and pupil by the direction from the eyeball's centre, which turns with the eye.

Round at any density of the mesh. ``looks/gaze.py`` has the same in NumPy, for files that hold no nodes.
"""

from __future__ import annotations

from typing import Any

import bpy

from ..looks import gaze
from .material_nodes import new_material, principled

EYE, GAZE = "FLAME Eye", "flame_gaze"  # the material, and the mesh's attribute
COLOUR_PROPERTY = "flame.iris_colour"  # of the object
FLAT, BEHIND = 0.25, 10.0  # squared length below which an attribute is none; then it is all sclera
ROUGHNESS, COAT_ROUGHNESS, CORNEA_INDEX = 0.32, 0.03, 1.376  # index of refraction of the human cornea
CORNEA_HEIGHT, IRIS_DEPTH = 0.0011, 0.0007  # metres: how far the cornea stands out, and how hollow the iris looks
CORNEA_SIZE = 1.08  # of the iris's radius


def eye_material() -> bpy.types.Material:
    """A new eye material."""
    material = new_material(EYE)
    tree: Any = material.node_tree
    shader = principled(material)
    build = _Builder(tree)
    direction, iris = build.attribute(GAZE, "GEOMETRY"), build.attribute(COLOUR_PROPERTY, "OBJECT")
    angle, turn = _angles(build, direction.outputs["Vector"])
    radius = build.math("DIVIDE", angle, gaze.IRIS_ANGLE)
    colour = build.mix(iris.outputs["Alpha"], gaze.IRIS_COLOUR, iris.outputs["Color"])
    colour = build.scaled(colour, _iris_light(build, turn, radius))
    pupil = build.rising(angle, gaze.PUPIL_ANGLE - gaze.PUPIL_EDGE, gaze.PUPIL_ANGLE + gaze.PUPIL_EDGE)
    colour = build.mix(pupil, gaze.PUPIL_COLOUR, colour)
    tint = build.math("MULTIPLY", build.rising(angle, gaze.TINT_BEGIN, gaze.TINT_END), gaze.TINT_MOST)
    sclera = build.mix(tint, gaze.SCLERA_COLOUR, gaze.SCLERA_TINT)
    white = build.rising(angle, gaze.IRIS_ANGLE - gaze.IRIS_EDGE, gaze.IRIS_ANGLE + gaze.IRIS_EDGE)
    tree.links.new(build.mix(white, colour, sclera), shader.inputs["Base Color"])
    shader.inputs["Roughness"].default_value, shader.inputs["Coat Weight"].default_value = ROUGHNESS, 1.0
    shader.inputs["Coat Roughness"].default_value, shader.inputs["Coat IOR"].default_value = (
        COAT_ROUGHNESS,
        CORNEA_INDEX,
    )
    _relief(build, radius, shader)
    return material


def _angles(build: _Builder, direction: Any) -> tuple[Any, Any]:
    """From the gaze, and around it; far from the gaze where the mesh has no such attribute."""
    separate = build.add("ShaderNodeSeparateXYZ")
    build.links.new(direction, separate.inputs[0])
    x, y, z = separate.outputs
    across = build.math("ADD", build.math("MULTIPLY", x, x), build.math("MULTIPLY", y, y))
    length = build.math("ADD", across, build.math("MULTIPLY", z, z))
    z = build.math("SUBTRACT", z, build.math("MULTIPLY", build.math("LESS_THAN", length, FLAT), BEHIND))
    return build.math("ARCTAN2", build.math("SQRT", across), z), build.math("ARCTAN2", y, x)


def _iris_light(build: _Builder, turn: Any, radius: Any) -> Any:
    waves = []
    for number, (count, often, far) in enumerate(gaze.FIBRES):
        bent = build.math("MULTIPLY", build.math("SINE", build.math("MULTIPLY", turn, often)), far)
        wave = build.math("ADD", build.math("MULTIPLY", turn, count), bent)
        if number:
            wave = build.math("ADD", wave, build.math("MULTIPLY", radius, gaze.BENT_OUTWARDS))
        waves.append(build.math("SINE", wave))
    fibres = build.math("MULTIPLY", build.math("MULTIPLY", *waves), gaze.FIBRE_DEPTH)
    off = build.math("DIVIDE", build.math("SUBTRACT", radius, gaze.COLLAR), gaze.COLLAR_WIDTH)
    collar = build.math("EXPONENT", build.math("MULTIPLY", build.math("MULTIPLY", off, off), -1.0))
    light = build.math("ADD", build.math("ADD", fibres, 1.0), build.math("MULTIPLY", collar, gaze.COLLAR_LIGHT))
    rim = build.math("MULTIPLY", build.rising(radius, gaze.LIMBUS_BEGIN, 1.0), gaze.LIMBUS_DARK)
    return build.math("MULTIPLY", light, build.math("SUBTRACT", 1.0, rim))


def _relief(build: _Builder, radius: Any, shader: Any) -> None:
    """A cornea that stands out in reflections, and an iris that is hollow under it, without a vertex of their own."""
    part = build.math("MINIMUM", build.math("DIVIDE", radius, CORNEA_SIZE), 1.0)
    inside = build.math("SUBTRACT", 1.0, build.math("MULTIPLY", part, part))
    for height, depth, name in (
        (build.math("MULTIPLY", inside, inside), CORNEA_HEIGHT, "Coat Normal"),
        (build.math("SUBTRACT", 1.0, inside), IRIS_DEPTH, "Normal"),
    ):
        bump = build.add("ShaderNodeBump")
        bump.inputs["Distance"].default_value = depth
        build.links.new(height, bump.inputs["Height"])
        build.links.new(bump.outputs["Normal"], shader.inputs[name])


class _Builder:
    """Puts nodes into a tree, one to the right of the other, and gives what they put out."""

    def __init__(self, tree: Any) -> None:
        self.nodes, self.links = tree.nodes, tree.links
        self.count = 0

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
            place.default_value = (*value, 1.0)
        elif isinstance(value, float):
            place.default_value = value
        else:
            self.links.new(value, place)
