from typing import Annotated

import bpy
from bpy.props import StringProperty

from .. import api
from ..head.active import require_active_head
from .on_head import OnHead


class FLAME_OT_paste_params(OnHead, bpy.types.Operator):
    """Paste parameters that were copied from a head. Keyed where Auto Keying is on"""

    bl_idname = "flame.paste_params"
    bl_label = "Paste Parameters"

    text: Annotated[
        str,
        StringProperty(
            name="Parameters",
            description="Parameters as text; empty takes the clipboard",
            options={"SKIP_SAVE", "HIDDEN"},
        ),
    ]

    def invoke(self, context, _event):
        self.text = context.window_manager.clipboard
        return self.execute(context)

    def work(self, context) -> str:
        head = require_active_head(context)
        api.auto_key(head, api.paste_params(head, self.text or context.window_manager.clipboard))
        return ""
