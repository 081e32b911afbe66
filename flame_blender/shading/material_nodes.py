"""Materials with nodes, in every version of Blender."""

from __future__ import annotations

from typing import Any

import bpy


def new_material(name: str) -> bpy.types.Material:
    """A material with nodes: a Principled shader and the output."""
    made = bpy.data.materials.new(name)
    if bpy.app.version < (5, 0):  # always on since
        made.use_nodes = True
    return made


def principled(material: bpy.types.Material) -> Any:
    """The Principled shader of a material that has one."""
    tree: Any = material.node_tree
    return next(node for node in tree.nodes if node.type == "BSDF_PRINCIPLED")
