from pathlib import Path
from typing import Annotated

import bpy
from bpy.props import BoolProperty, StringProperty

from .. import api
from ..head.active import require_active_head
from ..languages import translated
from .on_head import OnHead


class FLAME_OT_apply_looks(OnHead, bpy.types.Operator):
    """Give the head skin and eyes of a preset; its shape, hair and painted brows stay"""

    bl_idname = "flame.apply_looks"
    bl_label = "Apply Looks"

    filepath: Annotated[
        str,
        StringProperty(name="File", description="The preset", subtype="FILE_PATH", options={"SKIP_SAVE", "HIDDEN"}),
    ]

    def work(self, context) -> str:
        api.apply_looks(require_active_head(context), Path(self.filepath))
        return ""


class FLAME_OT_keep_looks(OnHead, bpy.types.Operator):
    """Keep what the head's skin and eyes show as a preset, for heads of any file"""

    bl_idname = "flame.keep_looks"
    bl_label = "Keep Looks"
    bl_options = {"REGISTER"}

    name: Annotated[str, StringProperty(name="Name", description="Of the preset", maxlen=64, options={"SKIP_SAVE"})]
    remove_name: Annotated[
        bool,
        BoolProperty(
            name="Remove", description="Delete the preset of this name instead", options={"SKIP_SAVE", "HIDDEN"}
        ),
    ]

    @classmethod
    def description(cls, _context, properties):
        if properties.remove_name:
            return translated(f"Delete the preset {properties.name}")
        return ""

    def work(self, context) -> str:
        if self.remove_name:
            api.remove_looks_preset(self.name)
            return f"Preset {self.name} deleted"
        return f"Looks kept as {api.keep_looks(require_active_head(context), self.name).stem}"
