import bpy

from ..head.active import active_head, require_active_head
from ..head.properties import flame_of
from .sidebar import Sidebar

SKIN = ("skin_tone", "skin_undertone", "skin_age", "freckles", "stubble", "painted_brows")


class FLAME_PT_looks(Sidebar, bpy.types.Panel):
    bl_idname = "FLAME_PT_looks"
    bl_label = "Skin and Eyes"
    bl_parent_id = "FLAME_PT_head"
    bl_options = {"DEFAULT_CLOSED"}

    @classmethod
    def poll(cls, context):
        return active_head(context) is not None

    def draw(self, context):
        head = flame_of(require_active_head(context))
        layout = self.layout
        layout.use_property_split = True
        column = layout.column(align=True)
        for name in SKIN:
            column.prop(head, name, slider=name != "skin_age")
        layout.prop(head, "iris_colour")
