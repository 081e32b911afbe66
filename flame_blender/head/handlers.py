"""Blender's handlers. Each only calls a function of this room."""

from __future__ import annotations

from collections.abc import Callable

import bpy
from bpy.app.handlers import persistent

from . import effective, live, up_to_date
from .templates import mapped


@persistent
def follow_frame(_scene: bpy.types.Scene, depsgraph: bpy.types.Depsgraph) -> None:
    """A new frame, in the viewport, in a script or in a render."""
    live.follow(depsgraph)


@persistent
def follow_edit(_scene: bpy.types.Scene, depsgraph: bpy.types.Depsgraph) -> None:
    """A slider, a driver, a script or a duplicate, between frames."""
    live.follow(depsgraph)


@persistent
def forget_states(*_ignored: object) -> None:
    """After undo and redo every reference and every remembered value is void."""
    live.forget()


@persistent
def refresh_loaded(*_ignored: object) -> None:
    """A file was loaded: linked and overridden heads keep values but not vertices, and Blender animates anew."""
    live.forget()
    mapped.forget()
    up_to_date.complete_all_controls()
    live.ask_for_evaluated()
    live.refresh_all()


Pairs = tuple[tuple[list, Callable], ...]  # one of Blender's lists, and what is called

HANDLERS: Pairs = (
    (bpy.app.handlers.frame_change_post, follow_frame),
    (bpy.app.handlers.depsgraph_update_post, follow_edit),
    (bpy.app.handlers.undo_post, forget_states),
    (bpy.app.handlers.redo_post, forget_states),
    (bpy.app.handlers.load_post, refresh_loaded),
)


def add(pairs: Pairs) -> None:
    """Append every handler of ``pairs``."""
    for handlers, function in pairs:
        handlers.append(function)


def remove(pairs: Pairs) -> None:
    """Remove every handler of ``pairs``."""
    for handlers, function in reversed(pairs):
        handlers.remove(function)


def register() -> None:
    """Append the handlers of heads."""
    add(HANDLERS)


def unregister() -> None:
    """Remove them, and forget what was evaluated."""
    remove(HANDLERS)
    live.forget()
    effective.forget()
    mapped.forget()
