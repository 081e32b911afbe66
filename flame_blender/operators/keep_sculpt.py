import bpy

from .. import api
from ..head.active import require_active_head
from .on_head import OnHead


class FLAME_OT_keep_sculpt(OnHead, bpy.types.Operator):
    """Turn what was sculpted on the mesh into offsets of the head, so that it moves with every parameter"""

    bl_idname = "flame.keep_sculpt"
    bl_label = "Keep Sculpt as Offsets"

    def work(self, context) -> str:
        kept = api.keep_sculpt(require_active_head(context))
        return "Sculpt kept as offsets" if kept else "Nothing was sculpted since the last time"
