import bpy

from ..bodies import hanging, on_body
from ..bodies.settings import AUTO, LANDMARKS, VERTICES, body_of
from ..head.active import require_active_head
from ..languages import translated
from .sidebar import HeadPanel, draw_alert, draw_hint


class FLAME_PT_body(HeadPanel, bpy.types.Panel):
    bl_idname = "FLAME_PT_body"
    bl_label = "Body"
    bl_options = {"DEFAULT_CLOSED"}
    bl_order = 7

    def draw(self, context):
        layout, head = self.layout, require_active_head(context)
        asked = body_of(head)
        layout.use_property_split = True
        layout.use_property_decorate = False
        if on_body.is_on_body(head):
            _draw_state(layout, head, asked)
        layout.prop(asked, "chosen")
        armature = None if asked.chosen is None else hanging.armature_of(asked.chosen)
        if armature is not None:
            layout.prop_search(asked, "bone", armature.data, "bones")
        layout.prop(asked, "place")
        if asked.place in (AUTO, VERTICES):
            layout.prop(asked, "vertex_ids")
        if asked.place == LANDMARKS:
            draw_hint(layout, "Landmarks: choose the body as the scan of a fit, and pick three or more on it")
        layout.prop(asked, "blend")
        layout.operator("flame.put_on_body", icon="LINKED")


def _draw_state(layout, head, asked) -> None:
    trouble = on_body.trouble(head)
    if trouble is not None:
        draw_alert(layout, trouble)
    else:
        layout.label(text=translated(f"On {asked.on.name}"), icon="CHECKMARK")
    layout.operator("flame.take_off_body", icon="UNLINKED")
