"""The nodes that let splats follow their head: plain Geometry Nodes, which need no add-on.

Each splat has the corners of its triangle; :mod:`..splats.triangle_frames` has the arithmetic. Teeth, where a head has
such for its avatars, come before its own vertices, which keep their numbers whatever subdivision or cache it has.
Measured with 100,000 splats of degree 3 on two cores: 14 ms a frame, as NumPy takes with the writing.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import bpy

from ..blender_pointers import named
from ..shading.geometry_nodes import GeometryNodes
from .splat_cloud import ROTATION, SCALE

NAME, HEAD, TEETH = "FLAME Avatar", "Head", "Teeth"
CORNERS, TRIANGLE = "flame_corners", "flame_triangle"  # of each splat: numbers of vertices, teeth first; the triangle's
ASKED = "flame_head_live"  # of the object: driven by the head's property


def follow(obj: bpy.types.Object, head: bpy.types.Object, teeth: bpy.types.Object | None) -> None:
    """Give ``obj``, whose points have the attributes, the modifier."""
    modifier: Any = obj.modifiers.new(NAME, "NODES")
    modifier.node_group = _node_group()
    modifier.show_expanded = False
    for name, value in ((HEAD, head), (TEETH, teeth)):
        give(modifier, name, value)
    _keep_evaluated(obj, head)


def modifier_of(obj: bpy.types.Object) -> Any:
    """The modifier by which an avatar follows; None for other objects."""
    return next((each for each in obj.modifiers if each.type == "NODES" and each.name.startswith(NAME)), None)


def give(modifier: Any, name: str, value: bpy.types.Object | None) -> None:
    """Give the modifier's nodes an object as ``name``."""
    getattr(modifier.properties.inputs, _identifier(modifier, name)).value = value


def given(modifier: Any, name: str) -> Any:
    """The object that the modifier's nodes are given as ``name``."""
    return getattr(modifier.properties.inputs, _identifier(modifier, name)).value


def _keep_evaluated(obj: Any, head: bpy.types.Object) -> None:
    """Have Blender animate and drive a head that is hidden: it does so where what is seen asks for its properties.

    Nodes that look at the head's mesh do not ask for them (measured, 5.3).
    """
    obj[ASKED] = 1.0
    driver = obj.driver_add(f'["{ASKED}"]').driver
    driver.type = "SUM"  # of one: no expression at all
    variable = driver.variables.new()
    variable.name = "v"
    variable.targets[0].id = head
    variable.targets[0].data_path = "flame.live"


def _identifier(modifier: Any, name: str) -> str:
    items = modifier.node_group.interface.items_tree
    found: str = next(each.identifier for each in items if each.name == name)
    return found


def _node_group() -> bpy.types.NodeTree:
    group = named(bpy.data.node_groups, NAME)
    if group is not None and group.library is None and group.bl_idname == "GeometryNodeTree":
        return group
    build = GeometryNodes(NAME, (HEAD, "NodeSocketObject"), (TEETH, "NodeSocketObject"))
    frame = frame_in(build)
    turn, size = build.rotation(frame.along, frame.normal), frame.size
    origin = build.scaled(frame.sum_of_corners, build.number(1 / 3))
    place = build.vector("ADD", origin, build.scaled(build.rotated(frame.position, turn), size))
    rotation = build.after(build.attribute(ROTATION, "QUATERNION"), turn)
    shown = build.stored(build.given[0], ROTATION, "QUATERNION", rotation)
    shown = build.stored(shown, SCALE, "FLOAT_VECTOR", build.scaled(build.attribute(SCALE, "FLOAT_VECTOR"), size))
    build.link(build.moved(shown, "Position", place), build.shown)  # last: what is before reads the triangles' frames
    tree: bpy.types.NodeTree = build.tree
    return tree


class Frame(NamedTuple):
    """Fields of each splat: its triangle's frame in the avatar's object, and its own ``position``."""

    along: Any
    normal: Any
    size: Any
    sum_of_corners: Any
    position: Any


def frame_in(build: GeometryNodes) -> Frame:
    """The frame of each splat's triangle, where nodes are given the head and the teeth, in that order."""
    surface, position = _surface(build), build.add("GeometryNodeInputPosition").outputs[0]
    corners = build.axes(build.attribute(CORNERS, "FLOAT_VECTOR"))
    first, second, third = (build.sampled(surface, position, corner) for corner in corners)
    edge, other = (build.vector("SUBTRACT", each, first) for each in (second, third))
    along = build.vector("NORMALIZE", edge)
    normal = build.vector("NORMALIZE", build.vector("CROSS_PRODUCT", edge, other))
    height = build.measured("DOT_PRODUCT", build.vector("CROSS_PRODUCT", along, normal), other)
    both = build.math("ADD", build.measured("LENGTH", edge), build.math("ABSOLUTE", height))
    size = build.math("MULTIPLY", both, build.number(0.5))
    return Frame(along, normal, size, build.vector("ADD", build.vector("ADD", first, second), third), position)


def _surface(build: GeometryNodes) -> Any:
    """Teeth and head, in the axes of the avatar's object."""
    join = build.add("GeometryNodeJoinGeometry")
    for given in (build.given[1], build.given[2]):  # what is linked last comes first
        info = build.add("GeometryNodeObjectInfo")
        info.transform_space = "RELATIVE"  # right too once a transform of the head was applied
        build.link(given, info.inputs[0])
        build.link(info.outputs["Geometry"], join.inputs[0])
    return join.outputs[0]
