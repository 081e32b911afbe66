import bpy

from .pages import draw_pages
from .sidebar import HeadPanel


class FLAME_PT_identity(HeadPanel, bpy.types.Panel):
    bl_idname = "FLAME_PT_identity"
    bl_label = "Identity"
    bl_options = {"DEFAULT_CLOSED"}
    bl_order = 2
    resets = ("identity",)

    def draw(self, context):
        draw_pages(self.layout, context, "identity")
