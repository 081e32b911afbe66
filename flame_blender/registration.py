"""What Blender is told when the add-on is enabled, and taken back in mirror order when it is disabled.

A failure raises: a half-registered add-on is worse than none.
"""

from __future__ import annotations

import bpy

from . import operators, panels
from .fits import handlers as fit_handlers
from .fits import properties as fit_properties
from .head import handlers, models, properties
from .operators import import_animation, import_meshes
from .operators.add_head import draw_menu
from .operators.export_files import draw_export_menu
from .panels import pages, presets, thumbnails

CLASSES = (*properties.CLASSES, *fit_properties.CLASSES, *operators.CLASSES, *panels.CLASSES)


def register() -> None:
    """Register classes, properties, the menu entry and the handlers."""
    for cls in CLASSES:
        bpy.utils.register_class(cls)
    properties.register()
    fit_properties.register()
    pages.register()
    presets.register()
    bpy.types.VIEW3D_MT_mesh_add.append(draw_menu)  # type: ignore[arg-type]  # called as a method
    for menu in (import_animation.draw_import_menu, import_meshes.draw_import_menu):
        bpy.types.TOPBAR_MT_file_import.append(menu)  # type: ignore[arg-type]  # the same
    bpy.types.TOPBAR_MT_file_export.append(draw_export_menu)  # type: ignore[arg-type]  # the same
    handlers.register()
    fit_handlers.register()


def unregister() -> None:
    """Take everything back. Heads keep their meshes and their saved parameters."""
    fit_handlers.unregister()
    handlers.unregister()
    bpy.types.TOPBAR_MT_file_export.remove(draw_export_menu)  # type: ignore[arg-type]  # the same
    for menu in (import_meshes.draw_import_menu, import_animation.draw_import_menu):
        bpy.types.TOPBAR_MT_file_import.remove(menu)  # type: ignore[arg-type]  # the same
    bpy.types.VIEW3D_MT_mesh_add.remove(draw_menu)  # type: ignore[arg-type]  # the same
    presets.unregister()
    pages.unregister()
    thumbnails.forget()
    fit_properties.unregister()
    properties.unregister()
    for cls in reversed(CLASSES):
        bpy.utils.unregister_class(cls)
    models.forget()
