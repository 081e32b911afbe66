"""What of a head with avatars is seen: these, or its mesh with mouth and hair."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import bpy

from ..hair import hair_object
from ..head.mouth import mouth_object
from . import following_nodes
from .splat_cloud import is_cloud


def settings_of(obj: bpy.types.Object) -> Any:
    """What an object says of its avatars, or an avatar of itself: :class:`.avatar_settings.FLAME_PG_avatars`."""
    known: Any = obj  # the stubs know Blender's own properties alone
    return known.flame_avatars


def avatars_of(head: bpy.types.Object) -> list[bpy.types.Object]:
    """The head's avatars: its children that follow it."""
    return [each for each in head.children if is_avatar(each) and followed(each) == head]


def is_avatar(obj: bpy.types.Object | None) -> bool:
    """Whether an object is a cloud of splats that follows a head."""
    return obj is not None and is_cloud(obj) and following_nodes.modifier_of(obj) is not None


def followed(avatar: bpy.types.Object) -> bpy.types.Object | None:
    """The head that an avatar follows."""
    found: bpy.types.Object | None = following_nodes.given(following_nodes.modifier_of(avatar), following_nodes.HEAD)
    return found


def show(head: bpy.types.Object, avatars: bool, mesh: bool) -> None:
    """Show or hide, in views and in renders alike. What is hidden goes on: it is what avatars follow."""
    for each in avatars_of(head):
        _hide(each, not avatars)
    for each in _of_mesh(head):
        _hide(each, not mesh)


def _of_mesh(head: bpy.types.Object) -> Iterator[bpy.types.Object]:
    yield head
    mouth = mouth_object.object_of(head)
    if mouth is not None:
        yield mouth
    yield from hair_object.objects_of(head).values()


def _hide(obj: bpy.types.Object, hidden: bool) -> None:
    obj.hide_viewport = obj.hide_render = hidden
