import bpy

from .. import api
from .on_head import run

KEPT = "Preferences have changed; Blender saves them when it quits, or by Save Preferences"


class FLAME_OT_show_face_library(bpy.types.Operator):
    """Have your saved faces in the Asset Browser: adds their folder to the asset libraries of Blender's preferences"""

    bl_idname = "flame.show_face_library"
    bl_label = "Show Mine in the Asset Browser"
    bl_options = {"REGISTER"}

    def invoke(self, context, event):
        return context.window_manager.invoke_confirm(self, event)

    def execute(self, context):
        return run(self, self._show, context)

    def _show(self, _context) -> str:
        api.show_face_library()
        return KEPT


class FLAME_OT_hide_face_library(bpy.types.Operator):
    """Take your saved faces out of the asset libraries of Blender's preferences. The faces stay"""

    bl_idname = "flame.hide_face_library"
    bl_label = "Take Mine out of the Asset Browser"
    bl_options = {"REGISTER"}

    def invoke(self, context, event):
        return context.window_manager.invoke_confirm(self, event)

    def execute(self, context):
        return run(self, self._hide, context)

    def _hide(self, _context) -> str:
        api.show_face_library(False)
        return KEPT
