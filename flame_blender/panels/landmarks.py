import bpy

from ..head.active import active_head
from ..languages import translated
from .sidebar import HeadPanel


class FLAME_PT_landmarks(HeadPanel, bpy.types.Panel):
    bl_idname = "FLAME_PT_landmarks"
    bl_label = "Landmarks"
    bl_options = {"DEFAULT_CLOSED"}
    bl_order = 4

    def draw(self, context):
        obj = active_head(context)
        head = obj.flame
        layout = self.layout
        row = layout.row(align=True)
        row.operator("flame.add_landmarks", text="Add", icon="EMPTY_AXIS")
        row.operator("flame.remove_landmarks", text="Remove", icon="X")
        if head.landmarks:
            layout.label(text=translated(f"{len(head.landmarks)} landmarks ({head.landmark_set})"))
            layout.prop(head, "edit_landmarks", toggle=True, icon="GREASEPENCIL")
            layout.prop(obj.flame_fit, "reshape", toggle=True, icon="MOD_SMOOTH")
            if obj.flame_fit.reshape:
                layout.prop(obj.flame_fit, "reshape_varies")
        layout.prop(head, "yaw_sign")
        layout.operator("flame.export_landmarks", icon="EXPORT")
