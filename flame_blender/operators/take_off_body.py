import bpy

from .. import api
from ..head.active import require_active_head
from ..languages import translated
from .on_head import OnHead


class FLAME_OT_take_off_body(OnHead, bpy.types.Operator):
    """Take the head off its body: it is where it was before, and the body shows its own head again"""

    bl_idname = "flame.take_off_body"
    bl_label = "Take off Body"

    @classmethod
    def poll(cls, context):
        if not super().poll(context):
            return False
        if not api.is_on_body(require_active_head(context)):
            cls.poll_message_set(translated, "The head is on no body")
            return False
        return True

    def work(self, context) -> str:
        api.take_off_body(require_active_head(context))
        return ""
