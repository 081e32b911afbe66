import bpy

from ..head import models
from ..head.properties import head_of
from .pages import draw_pages
from .sidebar import HeadPanel


class FLAME_PT_expression(HeadPanel, bpy.types.Panel):
    bl_idname = "FLAME_PT_expression"
    bl_label = "Expression"
    bl_order = 1

    def draw(self, context):
        head = head_of(context.object)
        evaluator = models.evaluator(head.fingerprint)
        if evaluator is None:
            self.layout.label(text="Model not installed", icon="ERROR")
            return
        draw_pages(self.layout, context, "expression", head.expression, evaluator.model.expression_directions)
