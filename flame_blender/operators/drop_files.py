from pathlib import Path
from typing import Annotated, Any

import bpy
from bpy.props import CollectionProperty, StringProperty

from .. import api
from .install_files import Installs


class FLAME_OT_drop_files(Installs, bpy.types.Operator):
    """Key a head with dropped files of a tool, or install dropped FLAME files, told by what is in them"""

    bl_idname = "flame.drop_files"
    bl_label = "Drop FLAME Files"
    bl_options = {"INTERNAL"}

    directory: Annotated[str, StringProperty(subtype="DIR_PATH", options={"SKIP_SAVE", "HIDDEN"})]
    files: Annotated[
        "bpy.types.bpy_prop_collection_idprop[bpy.types.OperatorFileListElement]",
        CollectionProperty(type=bpy.types.OperatorFileListElement, options={"SKIP_SAVE", "HIDDEN"}),
    ]

    def steps(self, _context):
        return api.installing(self._paths())

    def _paths(self) -> list[Path]:
        return [Path(self.directory) / file.name for file in self.files if file.name]

    def execute(self, context):
        paths = self._paths()
        if api.are_installable(paths):
            return super().execute(context)
        # several files are the frames of their folder
        clip = paths[0] if len(paths) == 1 else Path(self.directory)
        try:
            # True: a step of undo, with its own redo panel
            operators: Any = bpy.ops
            operators.flame.import_animation("INVOKE_DEFAULT", True, filepath=str(clip))
        except RuntimeError as error:  # how Blender hands on what the import reported
            self.report({"ERROR"}, str(error).removeprefix(f"{bpy.app.translations.pgettext_rpt('Error')}: ").strip())
            return {"CANCELLED"}
        return {"FINISHED"}


class FLAME_FH_files(bpy.types.FileHandler):
    """Dropping a tool's file into the 3D view keys the active head, or a new one; a FLAME file is installed"""

    bl_idname = "FLAME_FH_files"
    bl_label = "FLAME"
    bl_import_operator = FLAME_OT_drop_files.bl_idname
    bl_file_extensions = ".npz;.npy;.pkl;.json;.frame;.pt;.pth"

    @classmethod
    def poll_drop(cls, context):
        return context.area is not None and context.area.type == "VIEW_3D"
