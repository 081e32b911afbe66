import bpy

from ..head.active import active_head, require_active_head
from ..mesh_looks import before_looks, detail_mesh, displacement
from .sidebar import Sidebar


class FLAME_PT_mesh_looks(Sidebar, bpy.types.Panel):
    bl_idname = "FLAME_PT_mesh_looks"
    bl_label = "Looks of Meshes"
    bl_parent_id = "FLAME_PT_head"
    bl_options = {"DEFAULT_CLOSED"}

    @classmethod
    def poll(cls, context):
        return active_head(context) is not None

    def draw(self, context):
        head = require_active_head(context)
        column = self.layout.column(align=True)
        row = column.row(align=True)
        row.operator("flame.take_looks", icon="TEXTURE")
        if before_looks.has_looks(head):
            row.operator("flame.remove_looks", text="", icon="X")
        row = column.row(align=True)
        row.operator("flame.add_detail_mesh", icon="MOD_MESHDEFORM")
        if detail_mesh.details_of(head):
            row.operator("flame.remove_detail_mesh", text="", icon="X")
        row = column.row(align=True)
        row.operator("flame.add_displacement", icon="MOD_DISPLACE")
        if displacement.displacement_of(head) is not None:
            row.operator("flame.remove_displacement", text="", icon="X")
