import bpy

from .. import api
from ..flame.clipboard import params_to_text
from ..head.active import active_head
from .on_head import OnHead


class FLAME_OT_copy_params(OnHead, bpy.types.Operator):
    """Copy the head's parameters as text"""

    bl_idname = "flame.copy_params"
    bl_label = "Copy Parameters"
    bl_options = {"REGISTER"}  # type: ignore[assignment]  # the mixin has more

    def work(self, context) -> str:
        head = active_head(context)
        text = params_to_text(api.get_params(head), head.flame.model_name)
        context.window_manager.clipboard = text
        return "Parameters copied"
