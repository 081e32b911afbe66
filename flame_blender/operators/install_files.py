from collections.abc import Generator
from typing import Annotated, Any, ClassVar

import bpy
from bpy.props import CollectionProperty, StringProperty

from .. import api
from ..languages import translated
from ..plain_text import one_line
from .file_browser import browse, chosen
from .progress import InSteps


class Installs(InSteps):
    """What the operators that install share: Esc stops before the next file, and in the midst of a texture model."""

    stopped: ClassVar[str] = "Stopped; what was installed before stays"

    def told(self, _context, done) -> str:
        operator: Any = self
        if done.left_out:
            operator.report({"WARNING"}, translated(one_line(done.left_out)))
        behind = [obj.name for obj in bpy.data.objects if api.missing_parts(obj)]
        if behind:
            operator.report({"INFO"}, translated(f"{', '.join(behind)}: Update Heads in the Head panel adds what came"))
        return " ".join(map(translated, done.told))


class FLAME_OT_install_files(Installs, bpy.types.Operator):
    """Install FLAME files, told by content: models, landmarks, masks, eyelids, .obj, texture models. A folder: all"""

    bl_idname = "flame.install_files"
    bl_label = "Install FLAME Files"
    bl_options = {"REGISTER"}

    directory: Annotated[str, StringProperty(subtype="DIR_PATH", options={"SKIP_SAVE", "HIDDEN"})]
    files: Annotated[
        "bpy.types.bpy_prop_collection_idprop[bpy.types.OperatorFileListElement]",
        CollectionProperty(type=bpy.types.OperatorFileListElement, options={"SKIP_SAVE", "HIDDEN"}),
    ]
    filepath: Annotated[
        str,
        StringProperty(
            name="File", description="The file or the folder to install", subtype="FILE_PATH", options={"SKIP_SAVE"}
        ),
    ]
    filter_glob: Annotated[str, StringProperty(default="*.pkl;*.npz;*.npy;*.obj", options={"HIDDEN"})]

    def invoke(self, context, _event):
        if self.files or self.filepath:  # dropped into the window
            return self.execute(context)
        return browse(self, context)

    def steps(self, _context) -> Generator[float, None, Any]:
        return (yield from api.installing(chosen(self)))
