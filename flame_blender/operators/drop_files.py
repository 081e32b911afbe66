from pathlib import Path
from typing import Any

import bpy

from .. import api
from .dropped import Dropped
from .install_files import Installs


class FLAME_OT_drop_files(Dropped, Installs, bpy.types.Operator):
    """Key a head with dropped files of a tool, or install dropped FLAME files, told by what is in them"""

    bl_idname = "flame.drop_files"
    bl_label = "Drop FLAME Files"
    bl_options = {"INTERNAL"}

    def steps(self, _context):
        return api.installing(self.dropped())

    def drop(self, context, paths):
        if api.are_installable(paths):
            return Installs.execute(self, context)
        # several files are the frames of their folder
        clip = paths[0] if len(paths) == 1 else Path(self.directory)
        operators: Any = bpy.ops
        if api.is_saved_face(clip):
            return self.hand_on(operators.flame.bring_faces, "EXEC_DEFAULT", filepath=str(clip))
        goal = operators.flame.import_animation
        if api.holds_arkit(clip):
            goal = operators.flame.import_arkit
        elif api.holds_mouth_shapes(clip):
            goal = operators.flame.import_speech
        return self.hand_on(goal, "INVOKE_DEFAULT", filepath=str(clip))


class FLAME_FH_files(bpy.types.FileHandler):
    """Dropping a tool's file into the 3D view keys the active head, or a new one; a FLAME file is installed"""

    bl_idname = "FLAME_FH_files"
    bl_label = "FLAME"
    bl_import_operator = FLAME_OT_drop_files.bl_idname
    bl_file_extensions = ".npz;.npy;.pkl;.json;.frame;.pt;.pth;.csv;.tsv;.dat;.textgrid"

    @classmethod
    def poll_drop(cls, context):
        return context.area is not None and context.area.type == "VIEW_3D"
