"""Blender's handlers for fits. Each only calls ``reshape``."""

from __future__ import annotations

import bpy
from bpy.app.handlers import persistent

from ..head import handlers as head_handlers
from . import reshape


@persistent
def follow_drag(_scene: bpy.types.Scene, depsgraph: bpy.types.Depsgraph) -> None:
    """A landmark empty may be under way."""
    reshape.follow(depsgraph)


@persistent
def forget_drags(*_ignored: object) -> None:
    """Another file: nothing is dragged in it."""
    reshape.forget()


HANDLERS = (
    (bpy.app.handlers.depsgraph_update_post, follow_drag),
    (bpy.app.handlers.load_post, forget_drags),
)


def register() -> None:
    """Append every handler."""
    head_handlers.add(HANDLERS)


def unregister() -> None:
    """Remove every handler and forget what was dragged."""
    head_handlers.remove(HANDLERS)
    reshape.stop()
