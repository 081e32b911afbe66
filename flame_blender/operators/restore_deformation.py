import bpy

from .. import api
from ..head.active import require_active_head
from .on_head import OnHead


class FLAME_OT_restore_deformation(OnHead, bpy.types.Operator):
    """Put back the modifier by which renders see the face move, for motion blur and Alembic"""

    bl_idname = "flame.restore_deformation"
    bl_label = "Restore Motion Blur"

    def work(self, context) -> str:
        head = require_active_head(context)
        api.restore_deformation(head)
        return f"{head.name} shows motion blur again"
