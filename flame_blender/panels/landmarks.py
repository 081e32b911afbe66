import bpy

from ..head import models
from ..head.active import require_active_head
from ..head.properties import flame_of
from ..languages import translated
from ..scene_fits.properties import fitted_of
from .sidebar import HeadPanel


class FLAME_PT_landmarks(HeadPanel, bpy.types.Panel):
    bl_idname = "FLAME_PT_landmarks"
    bl_label = "Landmarks"
    bl_options = {"DEFAULT_CLOSED"}
    bl_order = 5

    def draw(self, context):
        obj = require_active_head(context)
        head, fitted = flame_of(obj), fitted_of(obj)
        layout = self.layout
        row = layout.row(align=True)
        row.operator("flame.add_landmarks", text="Add", icon="EMPTY_AXIS")
        row.operator("flame.remove_landmarks", text="Remove", icon="X")
        if head.landmarks:
            layout.label(text=translated(f"{len(head.landmarks)} landmarks ({head.landmark_set})"))
            evaluator = models.evaluator(head.fingerprint)
            if evaluator is not None and head.landmark_set in evaluator.model.carried_over:
                layout.label(text="Carried over from the built-in head")
            layout.prop(head, "edit_landmarks", toggle=True, icon="GREASEPENCIL")
            layout.prop(fitted, "reshape", toggle=True, icon="MOD_SMOOTH")
            if fitted.reshape:
                layout.prop(fitted, "reshape_varies")
        layout.prop(head, "yaw_sign")
        layout.operator("flame.export_landmarks", icon="EXPORT")
