from typing import Annotated

import bpy
from bpy.props import StringProperty

from .. import api
from .on_head import run


class FLAME_OT_remove_texture(bpy.types.Operator):
    """Delete the installed copy of this texture model. Your own file and the pictures on heads stay"""

    bl_idname = "flame.remove_texture"
    bl_label = "Remove Texture Model"
    bl_options = {"REGISTER"}

    texture: Annotated[
        str,
        StringProperty(name="Texture Model", description="Name of the installed texture model", options={"SKIP_SAVE"}),
    ]

    def invoke(self, context, event):
        return context.window_manager.invoke_confirm(self, event)

    def execute(self, context):
        return run(self, self._remove, context)

    def _remove(self, _context) -> str:
        api.remove_texture(self.texture)
        return f"Texture model {self.texture!r} was removed"
