"""Blender's handlers for heads' pictures. Each only calls a function of this room."""

from __future__ import annotations

import bpy
from bpy.app.handlers import persistent

from ..head.handlers import Pairs, add, remove
from . import following


@persistent
def follow_frame(_scene: bpy.types.Scene, depsgraph: bpy.types.Depsgraph) -> None:
    """A new frame, in the viewport, in a script or in a render: the picture is there before the frame is rendered."""
    following.follow(depsgraph)


@persistent
def follow_edit(_scene: bpy.types.Scene, depsgraph: bpy.types.Depsgraph) -> None:
    """A slider, a driver, a script or a duplicate, between frames."""
    following.follow(depsgraph)


@persistent
def write_anew(*_ignored: object) -> None:
    """After undo and redo."""
    following.after_undo()


@persistent
def begin_anew(*_ignored: object) -> None:
    """A file was loaded."""
    following.after_loading()


@persistent
def keep_pictures(*_ignored: object) -> None:
    """A file is about to be saved."""
    following.keep_all()


@persistent
def begin_render(scene: bpy.types.Scene, *_ignored: object) -> None:
    """A render begins."""
    following.before_render(scene)


@persistent
def end_render(scene: bpy.types.Scene, *_ignored: object) -> None:
    """A render is done, or was cancelled."""
    following.after_render(scene)


HANDLERS: Pairs = (
    (bpy.app.handlers.frame_change_post, follow_frame),
    (bpy.app.handlers.depsgraph_update_post, follow_edit),
    (bpy.app.handlers.undo_post, write_anew),
    (bpy.app.handlers.redo_post, write_anew),
    (bpy.app.handlers.load_post, begin_anew),
    (bpy.app.handlers.save_pre, keep_pictures),
    (bpy.app.handlers.render_init, begin_render),
    (bpy.app.handlers.render_complete, end_render),
    (bpy.app.handlers.render_cancel, end_render),
)


def register() -> None:
    """Append them."""
    add(HANDLERS)


def unregister() -> None:
    """Remove them, and let go of what was mapped."""
    remove(HANDLERS)
    following.forget()
