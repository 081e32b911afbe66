from typing import Any

import bpy

from .. import api
from .dropped import Dropped


class FLAME_OT_drop_meshes(Dropped, bpy.types.Operator):
    """Bring in dropped meshes in FLAME's topology with their looks, several as frames, or a Gaussian avatar's splats"""

    bl_idname = "flame.drop_meshes"
    bl_label = "Import FLAME Meshes"  # as the menu beside Blender's own importers calls it
    bl_options = {"INTERNAL"}

    def drop(self, _context, paths):
        operators: Any = bpy.ops
        if len(paths) == 1 and api.holds_splats(paths[0]):
            return self.hand_on(operators.flame.add_avatar, "INVOKE_DEFAULT", filepath=str(paths[0]))
        return self.hand_on(
            operators.flame.import_meshes, "EXEC_DEFAULT", filepath=str(paths[0]), whole_folder=len(paths) > 1
        )


class FLAME_FH_meshes(bpy.types.FileHandler):
    """Dropping a mesh in FLAME's topology, or DECA's .mat, into the 3D view puts it on the active head or a new one"""

    bl_idname = "FLAME_FH_meshes"
    bl_label = "FLAME Meshes"
    bl_import_operator = FLAME_OT_drop_meshes.bl_idname
    bl_file_extensions = ".obj;.ply;.mat"

    @classmethod
    def poll_drop(cls, context):
        return context.area is not None and context.area.type == "VIEW_3D"
