"""The nodes that let a detail mesh follow its head: plain Geometry Nodes, which need no add-on.

Each vertex has the corners of a triangle of the head, the weights of its place and of its normal there, and a height
along that normal. The head's vertices keep their numbers whatever quads, subdivision or cache it has.
"""

from __future__ import annotations

from typing import Any

import bpy

from ..blender_pointers import named
from ..shading.geometry_nodes import GeometryNodes

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
    build = GeometryNodes(NAME, (HEAD, "NodeSocketObject"))
    head = build.add("GeometryNodeObjectInfo")
    head.transform_space = "ORIGINAL"
    build.link(build.given[1], head.inputs[0])
    surface = head.outputs["Geometry"]
    corners = [build.attribute(name, "INT") for name in CORNERS]
    place, along = (build.add(f"GeometryNodeInput{what}").outputs[0] for what in ("Position", "Normal"))
    foot = build.weighed(surface, place, corners, build.attribute(WEIGHTS, "FLOAT_VECTOR"))
    normal = build.weighed(surface, along, corners, build.attribute(NORMALS, "FLOAT_VECTOR"))
    height = build.scaled(build.vector("NORMALIZE", normal), build.attribute(HEIGHT, "FLOAT"))
    return build.show_moved("Position", build.vector("ADD", foot, height))
