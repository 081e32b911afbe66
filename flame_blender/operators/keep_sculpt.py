import bpy

from .. import api
from .on_head import OnHead


class FLAME_OT_keep_sculpt(OnHead, bpy.types.Operator):
    """Turn what was sculpted on the mesh into offsets of the head, so that it moves with every parameter"""

    bl_idname = "flame.keep_sculpt"
    bl_label = "Keep Sculpt as Offsets"

    def work(self, context) -> str:
        return (
            "Sculpt kept as offsets" if api.keep_sculpt(context.object) else "Nothing was sculpted since the last time"
        )
