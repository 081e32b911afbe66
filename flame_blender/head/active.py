"""The head that panels and operators work on: the pinned one, else the one that the active object belongs to."""

from __future__ import annotations

import secrets
from typing import Any

import bpy

from ..blender_pointers import named, there
from ..errors import ParameterError
from .properties import flame_of, head_of

_names: dict[str, str] = {}  # lineage -> the name under which its head was found last


def active_head(context: bpy.types.Context) -> bpy.types.Object | None:
    """The pinned head of the scene; else the active object, when it is a head, hangs on one or was made from one."""
    scene: Any = there(context.scene, "a scene")  # with our own property, which the stubs do not know
    pinned: bpy.types.Object | None = scene.flame_pinned_head
    if pinned is not None and head_of(pinned) is not None and scene.objects.get(pinned.name) == pinned:
        return pinned
    return owner_of(getattr(context, "object", None), scene)  # which an asset shelf that is being made lacks


def require_active_head(context: bpy.types.Context) -> bpy.types.Object:
    """The same, where there must be one: in what runs only on a head. Raises ParameterError."""
    head = active_head(context)
    if head is None:
        raise ParameterError("Select a FLAME head first")
    return head


def owner_of(obj: bpy.types.Object | None, scene: bpy.types.Scene) -> bpy.types.Object | None:
    """The head that an object is or belongs to: a landmark, a rig, what is parented to them, a fitted scan's marks."""
    while obj is not None:
        if head_of(obj) is not None:
            return obj
        lineage = flame_of(obj).lineage
        related = _of_lineage(lineage, scene) if lineage else None
        if related is not None:
            return related
        obj = obj.parent
    return None


def relate(made: bpy.types.Object, head: bpy.types.Object) -> None:
    """Note that ``made`` belongs to ``head``. By a token, because a pointer would go along when either is appended."""
    if head_of(made) is None and made.library is None and head.library is None:
        own = flame_of(head)
        own.lineage = own.lineage or secrets.token_hex(8)
        flame_of(made).lineage = own.lineage


def _of_lineage(lineage: str, scene: bpy.types.Scene) -> bpy.types.Object | None:
    """The scene's head of a lineage; found at once where it still has the name that it had the last time."""
    known = named(scene.objects, _names.get(lineage, ""))
    for obj in (known, *(() if _is_of(known, lineage) else scene.objects)):
        if obj is not None and _is_of(obj, lineage):
            _names[lineage] = obj.name
            return obj
    return None


def _is_of(obj: bpy.types.Object | None, lineage: str) -> bool:
    head = head_of(obj)
    return head is not None and head.lineage == lineage


def select_only(objects: list[bpy.types.Object]) -> None:
    """Make these the selection, and the first the active object."""
    layer: Any = bpy.context.view_layer
    layer.update()  # what was linked just now is not in the layer before
    for obj in layer.objects:
        obj.select_set(obj in objects)
    layer.objects.active = objects[0]


def own_preferences() -> Any:
    """What the user prefers of the add-on; of one that a script enabled, which has no preferences, the window's."""
    preferences = there(bpy.context.preferences, "preferences")
    add_on: Any = preferences.addons.get(__package__.rpartition(".")[0])
    manager: Any = bpy.context.window_manager
    return manager.flame if add_on is None or add_on.preferences is None else add_on.preferences


def favourites() -> tuple[str, ...]:
    """Names of the movements that stand on top, without a side, in the order in which they got their stars."""
    return tuple(own_preferences().favourites.split())
