"""A pass-through modifier that makes Blender see the head's deformation.

Cycles' motion blur and Alembic look only at objects that Blender counts as deformed by modifiers; a head whose
vertices are written by a handler is none. An empty Geometry Nodes modifier, the cheapest that counts, makes it one.
"""

from __future__ import annotations

from typing import Any

import bpy

from ..blender_pointers import named
from ..shading.geometry_nodes import GeometryNodes

NAME = "FLAME Deformation"


def add_pass_through(obj: bpy.types.Object) -> None:
    """Put the pass-through modifier first on ``obj``; heads share its node group."""
    modifier: Any = obj.modifiers.new(NAME, "NODES")
    modifier.node_group = _node_group()
    modifier.show_expanded = False
    obj.modifiers.move(len(obj.modifiers) - 1, 0)


def trouble(obj: bpy.types.Object) -> str | None:
    """Why a moving head would render without motion blur, in one sentence; None when it would not."""
    if any(modifier.show_render and _deforms(modifier) for modifier in obj.modifiers):
        return None
    if NAME in obj.modifiers:
        return (
            f"The modifier {NAME!r} is switched off: renders show no motion blur of the face, and Alembic no movement."
        )
    return f"The modifier {NAME!r} is missing: renders show no motion blur of the face, and Alembic no movement."


def restore(obj: bpy.types.Object) -> None:
    """Put the pass-through modifier back, or on again."""
    modifier = named(obj.modifiers, NAME)
    if modifier is not None and modifier.type == "NODES":
        obj.modifiers.remove(modifier)
    add_pass_through(obj)


def _deforms(modifier: Any) -> bool:
    """Whether Blender counts an object with this modifier as deformed (measured: not with Cast, Smooth, Subsurf)."""
    if modifier.type == "NODES":
        return modifier.node_group is not None
    return modifier.type in {"ARMATURE", "MESH_CACHE", "SIMPLE_DEFORM", "WAVE"}


def _node_group() -> bpy.types.NodeTree:
    group = named(bpy.data.node_groups, NAME)
    if group is not None and group.library is None and group.bl_idname == "GeometryNodeTree":
        return group
    build = GeometryNodes(NAME)
    build.link(build.given[0], build.shown)
    tree: bpy.types.NodeTree = build.tree
    return tree
