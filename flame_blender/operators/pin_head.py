import bpy

from ..head.active import active_head
from ..languages import translated


class FLAME_OT_pin_head(bpy.types.Operator):
    """Keep the panels on this head, whatever is selected. Again: they follow the selection"""

    bl_idname = "flame.pin_head"
    bl_label = "Pin Head"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context):
        if active_head(context) is None:
            cls.poll_message_set(translated, "Select a FLAME head first")
            return False
        return True

    def execute(self, context):
        head = active_head(context)
        context.scene.flame_pinned_head = None if context.scene.flame_pinned_head == head else head
        return {"FINISHED"}
