import bpy

from .. import api
from ..head.active import require_active_head
from .on_head import OnHead


class FLAME_OT_mirror_face(OnHead, bpy.types.Operator):
    """Show the face the other way round: what the left side does, the right one does. Keyed where Auto Keying is on"""

    bl_idname = "flame.mirror_face"
    bl_label = "Mirror Face"

    def work(self, context) -> str:
        head = require_active_head(context)
        api.auto_key(head, api.mirror_face(head))
        return ""
