import bpy

from .. import api
from ..head.active import require_active_head
from .on_head import OnHead


class FLAME_OT_take_off_body(OnHead, bpy.types.Operator):
    """Take the head off its body: it is where it was before, and the body shows its own head again"""

    bl_idname = "flame.take_off_body"
    bl_label = "Take off Body"

    @classmethod
    def why_not(cls, context):
        return None if api.is_on_body(require_active_head(context)) else "The head is on no body"

    def work(self, context) -> str:
        api.take_off_body(require_active_head(context))
        return ""
