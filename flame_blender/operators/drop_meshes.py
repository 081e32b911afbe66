from pathlib import Path
from typing import Annotated, Any

import bpy
from bpy.props import CollectionProperty, StringProperty


class FLAME_OT_drop_meshes(bpy.types.Operator):
    """Bring in dropped meshes in FLAME's topology with their looks; several are the frames of their folder"""

    bl_idname = "flame.drop_meshes"
    bl_label = "Import FLAME Meshes"  # as the menu beside Blender's own importers calls it
    bl_options = {"INTERNAL"}

    directory: Annotated[str, StringProperty(subtype="DIR_PATH", options={"SKIP_SAVE", "HIDDEN"})]
    files: Annotated[
        "bpy.types.bpy_prop_collection_idprop[bpy.types.OperatorFileListElement]",
        CollectionProperty(type=bpy.types.OperatorFileListElement, options={"SKIP_SAVE", "HIDDEN"}),
    ]

    def execute(self, _context):
        paths = [Path(self.directory) / file.name for file in self.files if file.name]
        operators: Any = bpy.ops
        try:
            operators.flame.import_meshes(
                "EXEC_DEFAULT", True, filepath=str(paths[0]), whole_folder=len(paths) > 1
            )  # True: a step of undo, with its own redo panel
        except RuntimeError as error:  # how Blender hands on what the import reported
            self.report({"ERROR"}, str(error).removeprefix(f"{bpy.app.translations.pgettext_rpt('Error')}: ").strip())
            return {"CANCELLED"}
        return {"FINISHED"}


class FLAME_FH_meshes(bpy.types.FileHandler):
    """Dropping a mesh in FLAME's topology, or DECA's .mat, into the 3D view puts it on the active head or a new one"""

    bl_idname = "FLAME_FH_meshes"
    bl_label = "FLAME Meshes"
    bl_import_operator = FLAME_OT_drop_meshes.bl_idname
    bl_file_extensions = ".obj;.ply;.mat"

    @classmethod
    def poll_drop(cls, context):
        return context.area is not None and context.area.type == "VIEW_3D"
