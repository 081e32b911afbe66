import bpy

from ..head import deformation
from .on_head import OnHead


class FLAME_OT_restore_deformation(OnHead, bpy.types.Operator):
    """Put back the modifier by which renders see the face move, for motion blur and Alembic"""

    bl_idname = "flame.restore_deformation"
    bl_label = "Restore Motion Blur"

    def work(self, context) -> str:
        deformation.restore(context.object)
        return f"{context.object.name} shows motion blur again"
