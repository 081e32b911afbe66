import bpy

from ..character.scores import controls_of
from ..flame.value_layout import EYELIDS
from ..head.active import require_active_head
from ..head.parameters import has_eyelids
from ..head.properties import flame_of
from .pages import draw_pages
from .sidebar import HeadPanel


class FLAME_PT_expression(HeadPanel, bpy.types.Panel):
    bl_idname = "FLAME_PT_expression"
    bl_label = "Expression"
    bl_order = 1

    def draw(self, context):
        head = flame_of(require_active_head(context))
        if has_eyelids(head):
            row = self.layout.row(align=True)
            for name in EYELIDS:
                row.prop(head, name, slider=True)
            self.layout.prop(head, "eyelids_unturned")
        if controls_of(head) is None:
            self.layout.operator("flame.compute_controls", icon="MONKEY")
        draw_pages(self.layout, context, "expression")
