from pathlib import Path
from typing import Any

import bpy
from bpy.props import CollectionProperty, StringProperty

from .. import api
from ..languages import translated
from ..long_work import result_of
from ..plain_text import one_line
from .file_browser import browse, chosen
from .on_head import run


class FLAME_OT_install_files(bpy.types.Operator):
    """Install FLAME files, recognised by content: models, landmarks, masks, eyelids, a template .obj. A folder: all"""

    bl_idname = "flame.install_files"
    bl_label = "Install FLAME Files"
    bl_options = {"REGISTER"}

    directory: StringProperty(subtype="DIR_PATH", options={"SKIP_SAVE", "HIDDEN"})
    files: CollectionProperty(type=bpy.types.OperatorFileListElement, options={"SKIP_SAVE", "HIDDEN"})
    filepath: StringProperty(
        name="File", description="The file or the folder to install", subtype="FILE_PATH", options={"SKIP_SAVE"}
    )
    filter_glob: StringProperty(default="*.pkl;*.npz;*.npy;*.obj", options={"HIDDEN"})

    def invoke(self, context, _event):
        if self.files or self.filepath:  # dropped into the window
            return self.execute(context)
        return browse(self, context)

    def execute(self, context):
        return run(self, lambda context: install(self, context, chosen(self)), context)


def install(operator: bpy.types.Operator, context: bpy.types.Context, paths: list[Path]) -> str:
    """Install each, with progress at the pointer; what became of them. Raises FlameError where nothing did."""
    manager: Any = context.window_manager
    manager.progress_begin(0, 100)
    try:
        done = result_of(api.installing(paths), lambda share: manager.progress_update(100 * share))
    finally:
        manager.progress_end()
    if done.left_out:
        operator.report({"WARNING"}, translated(one_line(done.left_out)))
    behind = [obj.name for obj in bpy.data.objects if api.missing_parts(obj)]
    if behind:
        operator.report({"INFO"}, translated(f"{', '.join(behind)}: Update Heads in the Head panel adds what came"))
    return " ".join(map(translated, done.told))
