"""A head or its mouth as a mesh that is nobody's head."""

from __future__ import annotations

from typing import Any

import bpy

from ..blender_pointers import there
from ..head.mesh import mesh_of
from ..head.properties import flame_of


def plain_copy(mesh: Any) -> Any:
    """A copy of a head's mesh without what the add-on keeps on it, which other programs would show as properties."""
    copy = mesh.copy()
    _strip(copy)
    return copy


def plain_copy_of(source: bpy.types.Object, collection: bpy.types.Collection) -> bpy.types.Object:
    """A copy of a head or its mouth where it stands, with its modifiers, shown in renders, and no head any more."""
    copy = there(source.copy(), "a copy")
    _strip(copy)
    copy.data = plain_copy(mesh_of(source))
    flame_of(copy).fingerprint = ""
    flame_of(copy).mouth = None
    copy.hide_render = False  # as a head is behind a detail mesh
    collection.objects.link(copy)
    return copy


def _strip(known: Any) -> None:
    for key in [key for key in known.keys() if key.startswith("flame_")]:  # noqa: SIM118  (no dict)
        del known[key]
