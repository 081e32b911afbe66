from typing import Annotated

import bpy
from bpy.props import StringProperty

from .. import api
from .on_head import run


class FLAME_OT_remove_model(bpy.types.Operator):
    """Delete the installed copy of this model. Your own file and the heads made from it stay"""

    bl_idname = "flame.remove_model"
    bl_label = "Remove Model"
    bl_options = {"REGISTER"}

    model: Annotated[
        str, StringProperty(name="Model", description="Name of the installed model", options={"SKIP_SAVE"})
    ]

    def invoke(self, context, event):
        return context.window_manager.invoke_confirm(self, event)

    def execute(self, context):
        return run(self, self._remove, context)

    def _remove(self, _context) -> str:
        api.remove_model(self.model)
        return f"Model {self.model!r} was removed"
