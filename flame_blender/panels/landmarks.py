import bpy

from ..head.properties import head_of
from .sidebar import HeadPanel


class FLAME_PT_landmarks(HeadPanel, bpy.types.Panel):
    bl_idname = "FLAME_PT_landmarks"
    bl_label = "Landmarks"
    bl_options = {"DEFAULT_CLOSED"}
    bl_order = 4

    def draw(self, context):
        head = head_of(context.object)
        layout = self.layout
        row = layout.row(align=True)
        row.operator("flame.add_landmarks", text="Add", icon="EMPTY_AXIS")
        row.operator("flame.remove_landmarks", text="Remove", icon="X")
        if head.landmarks:
            layout.label(text=f"{len(head.landmarks)} landmarks ({head.landmark_set})")
            layout.prop(head, "edit_landmarks", toggle=True, icon="GREASEPENCIL")
            layout.prop(context.object.flame_fit, "reshape", toggle=True, icon="MOD_SMOOTH")
            if context.object.flame_fit.reshape:
                layout.prop(context.object.flame_fit, "reshape_varies")
        layout.prop(head, "yaw_sign")
        layout.operator("flame.export_landmarks", icon="EXPORT")
