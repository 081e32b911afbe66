import bpy

from ...hair import hair_object
from ...hair.settings import PIECES, settings_of
from ...head.active import require_active_head
from ..sidebar import ModelPanel


class FLAME_PT_hair(ModelPanel, bpy.types.Panel):
    bl_idname = "FLAME_PT_hair"
    bl_label = "Hair"
    bl_parent_id = "FLAME_PT_head"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context):
        head = require_active_head(context)
        settings, layout = settings_of(head), self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        column = layout.column(align=True)
        for name in PIECES.values():
            column.prop(settings, name)
        column = layout.column(align=True)
        for name in ("density", "length", "recession", "seed"):
            column.prop(settings, name)
        row = layout.row(align=True)
        row.operator("flame.grow_hair", icon="CURVES")
        if hair_object.objects_of(head):
            row.operator("flame.remove_hair", text="", icon="X")
        column = layout.column(align=True)
        column.use_property_decorate = True
        for name in ("melanin", "redness", "greyness"):
            column.prop(settings, name)
