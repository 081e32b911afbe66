import bpy

from .. import api
from ..head.active import require_active_head
from .on_head import OnHead


class FLAME_OT_remove_pins(OnHead, bpy.types.Operator):
    """Take the pins off the head's photos; the head, the cameras and the photos stay"""

    bl_idname = "flame.remove_pins"
    bl_label = "Remove Pins"

    @classmethod
    def why_not(cls, context):
        return None if api.pinned_cameras(require_active_head(context)) else "No photo has pins of this head"

    def work(self, context) -> str:
        api.remove_pins(require_active_head(context))
        return ""
