import bpy

from ..head import parameters
from ..head.active import require_active_head
from ..head.properties import flame_of
from .sidebar import HeadPanel


class FLAME_PT_pose(HeadPanel, bpy.types.Panel):
    bl_idname = "FLAME_PT_pose"
    bl_label = "Pose"
    bl_options = {"DEFAULT_CLOSED"}
    bl_order = 4
    resets = ("pose",)

    def draw(self, context):
        head = flame_of(require_active_head(context))
        layout = self.layout
        layout.use_property_split = True
        for name in ("global_rotation", "neck"):
            column = _joint(layout, head, name)
            column.prop(head, name, index=0, text="Nod")
            column.prop(head, name, index=1, text="Turn")
            column.prop(head, name, index=2, text="Tilt")
        column = _joint(layout, head, "jaw")
        column.prop(head, "jaw", index=0, text="Open")
        column.prop(head, "jaw", index=1, text="Side")
        forward = head.controls.get("jawForward")
        if forward is not None and parameters.has_controls(head):
            column.prop(forward, "value", text="Forward", slider=True)
        column.prop(head, "jaw", index=2, text="Roll")
        for name in ("left_eye", "right_eye"):
            column = _joint(layout, head, name)
            column.enabled = name == "left_eye" or not head.symmetric_eyes
            column.prop(head, name, index=0, text="Down")
            column.prop(head, name, index=1, text="Side")
            column.prop(head, name, index=2, text="Roll")
        layout.prop(head, "symmetric_eyes")
        layout.column(align=True).prop(head, "translation")


def _joint(layout, head, name: str):
    """A column under the name of a joint."""
    column = layout.column(align=True)
    column.label(text=head.bl_rna.properties[name].name)
    return column
