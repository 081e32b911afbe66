import bpy

from ..head.active import require_active_head
from ..head.properties import flame_of
from .sidebar import HeadPanel


class FLAME_PT_pose(HeadPanel, bpy.types.Panel):
    bl_idname = "FLAME_PT_pose"
    bl_label = "Pose"
    bl_options = {"DEFAULT_CLOSED"}
    bl_order = 4

    def draw(self, context):
        head = flame_of(require_active_head(context))
        layout = self.layout
        layout.use_property_split = True
        for name in ("global_rotation", "neck", "jaw", "left_eye"):
            layout.column(align=True).prop(head, name)
        right = layout.column(align=True)
        right.enabled = not head.symmetric_eyes
        right.prop(head, "right_eye")
        layout.prop(head, "symmetric_eyes")
        layout.column(align=True).prop(head, "translation")
