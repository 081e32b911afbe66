from typing import Annotated

import bpy
from bpy.props import StringProperty

from .. import api
from ..head.active import require_active_head
from .file_browser import browse, chosen
from .on_head import OnHead
from .progress import InSteps


class FLAME_OT_add_detail_mesh(InSteps, OnHead, bpy.types.Operator):
    """Give the head a finer mesh that follows it, as DECA's _detail.obj, with the coarse .obj beside it"""

    bl_idname = "flame.add_detail_mesh"
    bl_label = "Add Detail Mesh"

    filter_glob: Annotated[str, StringProperty(default="*.obj;*.ply", options={"HIDDEN"})]
    filepath: Annotated[
        str,
        StringProperty(name="File", description="The finer mesh", subtype="FILE_PATH", options={"SKIP_SAVE", "HIDDEN"}),
    ]
    directory: Annotated[str, StringProperty(subtype="DIR_PATH", options={"SKIP_SAVE", "HIDDEN"})]

    def invoke(self, context, _event):
        return browse(self, context)

    def asked(self, _context) -> "api.DetailMeshOptions":
        return api.DetailMeshOptions()

    def steps(self, context):
        return api.adding_detail_mesh(require_active_head(context), chosen(self)[0], self.asked(context))

    def told(self, _context, made: "api.DetailMesh") -> str:
        return f"{made.obj.name} follows the head, {1000 * made.distance:.2g} mm off its surface on average"


class FLAME_OT_remove_detail_mesh(OnHead, bpy.types.Operator):
    """Delete the head's detail mesh and show the head again"""

    bl_idname = "flame.remove_detail_mesh"
    bl_label = "Remove Detail Mesh"

    @classmethod
    def why_not(cls, context):
        return None if api.has_detail_mesh(require_active_head(context)) else "This head has no detail mesh"

    def work(self, context) -> str:
        api.remove_detail_mesh(require_active_head(context))
        return ""
