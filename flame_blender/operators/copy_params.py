import bpy

from .. import api
from ..head.active import require_active_head
from .on_head import OnHead


class FLAME_OT_copy_params(OnHead, bpy.types.Operator):
    """Copy the head's parameters as text"""

    bl_idname = "flame.copy_params"
    bl_label = "Copy Parameters"
    bl_options = {"REGISTER"}

    def work(self, context) -> str:
        context.window_manager.clipboard = api.copy_params(require_active_head(context))
        return "Parameters copied"
