"""What Blender is told when the add-on is enabled, and taken back in mirror order when it is disabled.

A failure raises: a half-registered add-on is worse than none.
"""

from __future__ import annotations

import inspect
from typing import Any

import bpy

from . import command_line, languages, operators, panels
from .avatars import avatar_settings, teeth_object
from .bodies import left_alone
from .bodies import settings as body_settings
from .character import under_way
from .dragging import handlers as fit_handlers
from .face_board import follower as board_follower
from .hair import settings as hair_settings
from .head import handlers, models, properties
from .head.mouth import riders
from .head.saved import linked_sides
from .keyframes import auto_keying
from .panels import pages, pie
from .panels.faces import asset_shelf, gallery, thumbnails
from .scene_fits import pinned_photos
from .scene_fits import properties as fit_properties
from .skin import frame_handlers as skin_handlers
from .skin import kept_looks

_commands: list[Any] = []  # what Blender gave for them
CLASSES = (
    *properties.CLASSES, *fit_properties.CLASSES, *pinned_photos.CLASSES, *body_settings.CLASSES,
    *hair_settings.CLASSES, *avatar_settings.CLASSES, *operators.CLASSES, *panels.CLASSES,
)  # fmt: skip


def register() -> None:
    """Register texts, classes, properties, the menu entry and the handlers."""
    languages.register()
    for cls in CLASSES:
        show_properties(cls)
        bpy.utils.register_class(cls)
    properties.register()
    fit_properties.register()
    pinned_photos.register()
    body_settings.register()
    hair_settings.register()
    avatar_settings.register()
    pages.register()
    gallery.register()
    asset_shelf.register()
    pie.register()
    for menu, draw in operators.MENU_ENTRIES:
        getattr(bpy.types, menu).append(draw)
    riders.RIDERS.append(teeth_object.RIDER)
    handlers.register()
    linked_sides.MOVED_ALONG.append(auto_keying.key_along)
    skin_handlers.register()
    kept_looks.register()
    left_alone.register()
    fit_handlers.register()
    under_way.register()
    board_follower.register()
    _commands.append(bpy.utils.register_cli_command(command_line.NAME, command_line.run))


def unregister() -> None:
    """Take everything back. Heads keep their meshes and their saved parameters."""
    while _commands:
        bpy.utils.unregister_cli_command(_commands.pop())
    board_follower.unregister()
    under_way.unregister()
    fit_handlers.unregister()
    left_alone.unregister()
    kept_looks.unregister()
    skin_handlers.unregister()
    linked_sides.MOVED_ALONG.clear()
    handlers.unregister()
    riders.RIDERS.clear()
    for menu, draw in reversed(operators.MENU_ENTRIES):
        getattr(bpy.types, menu).remove(draw)
    pie.unregister()
    asset_shelf.unregister()
    gallery.unregister()
    pages.unregister()
    thumbnails.forget()
    avatar_settings.unregister()
    hair_settings.unregister()
    body_settings.unregister()
    pinned_photos.unregister()
    fit_properties.unregister()
    properties.unregister()
    for cls in reversed(CLASSES):
        bpy.utils.unregister_class(cls)
    languages.unregister()
    models.forget()


def show_properties(cls: type) -> None:
    """Turn ``value: Annotated[float, FloatProperty(...)]`` into ``value: FloatProperty(...)``, which Blender looks for.

    So in the class and in what it is mixed from, before it is registered; what has been turned stays as it is.
    """
    for base in cls.__mro__:
        own = inspect.get_annotations(base)
        calls = {name: each.__metadata__[0] for name, each in own.items() if hasattr(each, "__metadata__")}
        if calls:
            base.__annotations__ = own | calls
