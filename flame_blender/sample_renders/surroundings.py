"""Which picture the world of the open scene shows, and whether a recipe can name it."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from ..datasets.factors import STUDIO_LIGHTS


def picture_of(world: Any) -> str:
    """The name, without its ending, of the picture that a world shows around all; "" without one."""
    for node in getattr(getattr(world, "node_tree", None), "nodes", ()):
        if node.type == "TEX_ENVIRONMENT" and node.image:
            return PurePath(node.image.filepath.replace("\\", "/")).stem or node.image.name
    return ""


def is_blenders(name: str) -> bool:
    """Whether it is one that comes with Blender, which recipes take by name."""
    return name in STUDIO_LIGHTS
