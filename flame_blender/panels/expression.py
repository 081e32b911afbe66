import bpy

from .pages import draw_pages
from .sidebar import HeadPanel


class FLAME_PT_expression(HeadPanel, bpy.types.Panel):
    bl_idname = "FLAME_PT_expression"
    bl_label = "Expression"
    bl_order = 1

    def draw(self, context):
        draw_pages(self.layout, context, "expression")
