from pathlib import Path
from typing import Annotated

import bpy
from bpy.props import BoolProperty, StringProperty

from .. import api
from .file_browser import browse, chosen, folder_or_file
from .on_head import run
from .options import options_of
from .progress import InSteps


class FLAME_OT_bring_faces(bpy.types.Operator):
    """Save faces that came from elsewhere among your own: a .json of a saved face, or a .blend with faces as assets"""

    bl_idname = "flame.bring_faces"
    bl_label = "Bring Faces from a File"
    bl_options = {"REGISTER"}

    filepath: Annotated[str, StringProperty(subtype="FILE_PATH", options={"HIDDEN", "SKIP_SAVE"})]
    directory: Annotated[str, StringProperty(subtype="DIR_PATH", options={"HIDDEN", "SKIP_SAVE"})]
    filter_glob: Annotated[str, StringProperty(default="*.json;*.blend", options={"HIDDEN"})]

    def invoke(self, context, _event):
        return browse(self, context)

    def execute(self, context):
        return run(self, self._bring, context)

    def _bring(self, context) -> str:
        brought = [each.face.name for path in self._paths() for each in api.bring_faces(path)]
        context.window_manager.flame_gallery.page = "mine"  # where they are seen
        return f"Saved among yours: {', '.join(brought)}"

    def _paths(self) -> list[Path]:
        path = Path(bpy.path.abspath(self.filepath))
        return [path] if path.is_file() else chosen(self)


class FLAME_OT_write_face_assets(InSteps, bpy.types.Operator):
    """Write the named expressions and visemes, and your saved faces, to a folder as assets for the Asset Browser"""

    bl_idname = "flame.write_face_assets"
    bl_label = "Write Faces as Assets"
    bl_options = {"REGISTER"}

    directory: Annotated[str, StringProperty(subtype="DIR_PATH", options={"HIDDEN", "SKIP_SAVE"})]
    filepath: Annotated[str, StringProperty(subtype="FILE_PATH", options={"HIDDEN", "SKIP_SAVE"})]
    filter_folder: Annotated[bool, BoolProperty(default=True, options={"HIDDEN"})]
    presets: Annotated[
        bool,
        BoolProperty(name="Presets", description="The named expressions and visemes that every head has", default=True),
    ]
    faces: Annotated[bool, BoolProperty(name="Saved Faces", description="The faces that you saved", default=True)]
    replace: Annotated[
        bool,
        BoolProperty(name="Replace", description="Write such files anew that are there already", options={"SKIP_SAVE"}),
    ]

    def invoke(self, context, _event):
        return browse(self, context)

    def asked(self, _context) -> "api.FaceAssetOptions":
        return options_of(self, api.FaceAssetOptions)

    def steps(self, context):
        folder = folder_or_file(self.directory or self.filepath)
        return api.writing_face_assets(folder, self.asked(context))

    def told(self, _context, written) -> str:
        return f"Wrote {', '.join(path.name for path in written)} to {written[0].parent}"
