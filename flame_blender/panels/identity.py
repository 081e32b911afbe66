import bpy

from ..head import models
from ..head.properties import head_of
from .pages import draw_pages
from .sidebar import HeadPanel


class FLAME_PT_identity(HeadPanel, bpy.types.Panel):
    bl_idname = "FLAME_PT_identity"
    bl_label = "Identity"
    bl_options = {"DEFAULT_CLOSED"}
    bl_order = 2

    def draw(self, context):
        head = head_of(context.object)
        evaluator = models.evaluator(head.fingerprint)
        if evaluator is None:
            self.layout.label(text="Model not installed", icon="ERROR")
            return
        draw_pages(self.layout, context, "identity", head.shape, evaluator.model.identity_directions)
