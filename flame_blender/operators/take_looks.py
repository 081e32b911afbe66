from pathlib import Path
from typing import Annotated

import bpy
from bpy.props import StringProperty

from .. import api
from ..head.active import require_active_head
from .file_browser import browse, chosen
from .on_head import OnHead


class FLAME_OT_take_looks(OnHead, bpy.types.Operator):
    """Take over UVs, texture, normal map and colours of a mesh file (.obj, .ply); the head's shape stays"""

    bl_idname = "flame.take_looks"
    bl_label = "Take Looks of Mesh"

    filter_glob: Annotated[str, StringProperty(default="*.obj;*.ply", options={"HIDDEN"})]
    filepath: Annotated[
        str,
        StringProperty(
            name="File",
            description="The mesh whose looks to take",
            subtype="FILE_PATH",
            options={"SKIP_SAVE", "HIDDEN"},
        ),
    ]
    directory: Annotated[str, StringProperty(subtype="DIR_PATH", options={"SKIP_SAVE", "HIDDEN"})]

    def invoke(self, context, _event):
        return browse(self, context)

    def work(self, context) -> str:
        path: Path = chosen(self)[0]
        shown = api.take_looks(require_active_head(context), path)
        return " ".join(shown.notes) or f"Looks of {path.name} taken over"


class FLAME_OT_remove_looks(OnHead, bpy.types.Operator):
    """Let the head look as it did before: its own materials, UVs and colours"""

    bl_idname = "flame.remove_looks"
    bl_label = "Remove Looks of Mesh"

    @classmethod
    def why_not(cls, context):
        return None if api.has_looks(require_active_head(context)) else "This head has no looks of a mesh"

    def work(self, context) -> str:
        api.remove_looks(require_active_head(context))
        return ""
