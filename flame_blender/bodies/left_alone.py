"""Bodies whose head was deleted instead of taken off: they show their own head again."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.app.handlers import persistent

from ..blender_pointers import named
from ..head.handlers import Pairs, add, remove
from . import masking
from .settings import body_of

GONE = "flame_head_gone"  # on a body whose head was deleted


def follow() -> None:
    """Bodies hide their own head while there is one on them: the modifier is switched off without one, and on again.

    It is not removed at once: undo brings the head back, but takes no notice of what was changed meanwhile.
    """
    for body, is_alone in _hiding():
        if is_alone != (GONE in body):
            modifier = body.modifiers[masking.NAME]
            modifier.show_viewport = modifier.show_render = not is_alone
            if is_alone:
                body[GONE] = True
            else:
                del body[GONE]


def clean_up() -> None:
    """Take off what hides the own head of bodies that carry none."""
    for body, is_alone in _hiding():
        if is_alone:
            masking.show(body)
            body.pop(GONE, None)


def _hiding() -> list[tuple[Any, bool]]:
    """The bodies of this file that hide their head, and whether they do it for none."""
    hiding = [obj for obj in bpy.data.objects if obj.type == "MESH" and named(obj.modifiers, masking.NAME) is not None]
    if not hiding:
        return []
    on = [(obj, body_of(obj).on) for obj in bpy.data.objects]
    carrying = {body for obj, body in on if body is not None and obj.users_collection}  # which looks at all collections
    return [(obj, obj not in carrying) for obj in hiding if obj.library is None and obj.override_library is None]


@persistent
def after_edit(_scene: bpy.types.Scene, depsgraph: bpy.types.Depsgraph) -> None:
    """Something was deleted, or perhaps but selected."""
    known: Any = depsgraph
    if known.id_type_updated("COLLECTION") or known.id_type_updated("SCENE"):
        follow()


@persistent
def after_undo(*_ignored: object) -> None:
    """After undo and redo."""
    follow()


@persistent
def after_loading(*_ignored: object) -> None:
    """A file was loaded."""
    clean_up()


HANDLERS: Pairs = (
    (bpy.app.handlers.depsgraph_update_post, after_edit),
    (bpy.app.handlers.undo_post, after_undo),
    (bpy.app.handlers.redo_post, after_undo),
    (bpy.app.handlers.load_post, after_loading),
)


def register() -> None:
    """Append the handlers."""
    add(HANDLERS)


def unregister() -> None:
    """Remove them."""
    remove(HANDLERS)
