from typing import Annotated

import bpy
from bpy.props import StringProperty

from .. import api
from .on_head import run


class FLAME_OT_rename_face(bpy.types.Operator):
    """Give this saved face another name"""

    bl_idname = "flame.rename_face"
    bl_label = "Rename Face"
    bl_options = {"REGISTER"}

    face: Annotated[
        str, StringProperty(name="Face", description="Name of the saved face", options={"HIDDEN", "SKIP_SAVE"})
    ]
    to: Annotated[
        str,
        StringProperty(
            name="Name", description="What it will be called; a number is added where that is taken", maxlen=63
        ),
    ]

    def invoke(self, context, _event):
        self.to = self.face
        return context.window_manager.invoke_props_dialog(self)

    def execute(self, context):
        return run(self, self._rename, context)

    def _rename(self, context) -> str:
        saved = api.rename_face(self.face, self.to)
        context.window_manager.flame_gallery.property_unset("mine")  # which counts the faces
        return f"Face {self.face!r} is called {saved.face.name!r} now"


class FLAME_OT_delete_face(bpy.types.Operator):
    """Delete this saved face, with its picture and its asset. Heads that show it stay as they are"""

    bl_idname = "flame.delete_face"
    bl_label = "Delete Face"
    bl_options = {"REGISTER"}

    face: Annotated[
        str, StringProperty(name="Face", description="Name of the saved face", options={"HIDDEN", "SKIP_SAVE"})
    ]

    def invoke(self, context, event):
        return context.window_manager.invoke_confirm(self, event)

    def execute(self, context):
        return run(self, self._delete, context)

    def _delete(self, context) -> str:
        api.delete_face(self.face)
        context.window_manager.flame_gallery.property_unset("mine")  # which counts the faces
        return f"Face {self.face!r} was deleted"
