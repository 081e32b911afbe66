import bpy
from bpy.props import StringProperty

from ..flame.clipboard import params_from_text
from ..flame.params import COEFFICIENT_FIELDS, VECTOR_FIELDS
from ..head.active import active_head
from .on_head import OnHead, set_and_key


class FLAME_OT_paste_params(OnHead, bpy.types.Operator):
    """Paste parameters that were copied from a head. Keyed where Auto Keying is on"""

    bl_idname = "flame.paste_params"
    bl_label = "Paste Parameters"

    text: StringProperty(
        name="Parameters", description="Parameters as text; empty takes the clipboard", options={"SKIP_SAVE", "HIDDEN"}
    )

    def invoke(self, context, _event):
        self.text = context.window_manager.clipboard
        return self.execute(context)

    def work(self, context) -> str:
        params = params_from_text(self.text or context.window_manager.clipboard)
        fields = (*COEFFICIENT_FIELDS, *VECTOR_FIELDS, "eyelids")
        set_and_key(context, active_head(context), {name: getattr(params, name) for name in fields})
        return ""
