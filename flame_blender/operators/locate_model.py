from typing import Annotated, Any

import bpy
from bpy.props import StringProperty

from .. import api
from ..head.active import active_head, require_active_head
from ..languages import translated
from .file_browser import browse, chosen
from .on_head import run


class FLAME_OT_locate_model(bpy.types.Operator):
    """Choose the file of the model that this head was made with, so that it follows its parameters again"""

    bl_idname = "flame.locate_model"
    bl_label = "Locate Model"
    bl_options = {"REGISTER"}

    filepath: Annotated[
        str,
        StringProperty(name="File", description="The file of the model", subtype="FILE_PATH", options={"SKIP_SAVE"}),
    ]
    directory: Annotated[str, StringProperty(subtype="DIR_PATH", options={"SKIP_SAVE", "HIDDEN"})]
    filter_glob: Annotated[str, StringProperty(default="*.pkl;*.npz", options={"HIDDEN"})]

    @classmethod
    def poll(cls, context):
        head = active_head(context)
        if head is None or api.missing_model(head) is None:
            cls.poll_message_set(translated, "Only for a head whose model is not installed")
            return False
        return True

    def invoke(self, context, _event):
        return browse(self, context)

    def execute(self, context):
        return run(self, self._locate, context)

    def _locate(self, context) -> str:
        head: Any = require_active_head(context)
        api.locate_model(head, chosen(self)[0])
        return f"Model {head.flame.model_name!r} was found"
