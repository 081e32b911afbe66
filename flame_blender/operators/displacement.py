from typing import Annotated

import bpy
from bpy.props import IntProperty, StringProperty

from .. import api
from ..head.active import require_active_head
from .file_browser import browse, chosen
from .on_head import OnHead


class FLAME_OT_add_displacement(OnHead, bpy.types.Operator):
    """Displace the subdivided head by the map in DECA's .mat. The head needs FLAME's own UVs"""

    bl_idname = "flame.add_displacement"
    bl_label = "Add Displacement"

    filter_glob: Annotated[str, StringProperty(default="*.mat", options={"HIDDEN"})]
    filepath: Annotated[
        str,
        StringProperty(name="File", description="DECA's .mat", subtype="FILE_PATH", options={"SKIP_SAVE", "HIDDEN"}),
    ]
    directory: Annotated[str, StringProperty(subtype="DIR_PATH", options={"SKIP_SAVE", "HIDDEN"})]
    levels: Annotated[
        int,
        IntProperty(
            name="Subdivision", description="Levels of subdivision, where the head has none", default=2, min=1, max=6
        ),
    ]

    def invoke(self, context, _event):
        return browse(self, context)

    def work(self, context) -> str:
        made = api.add_displacement(require_active_head(context), chosen(self)[0], levels=self.levels)
        return f"Displaced by up to {1000 * made.largest:.2g} mm"


class FLAME_OT_remove_displacement(OnHead, bpy.types.Operator):
    """Take the head's displacement off, with the subdivision that came with it"""

    bl_idname = "flame.remove_displacement"
    bl_label = "Remove Displacement"

    @classmethod
    def why_not(cls, context):
        return None if api.has_displacement(require_active_head(context)) else "This head has no displacement"

    def work(self, context) -> str:
        api.remove_displacement(require_active_head(context))
        return ""
