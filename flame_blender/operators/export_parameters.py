from collections.abc import Generator
from pathlib import Path

import bpy
from bpy.props import BoolProperty, EnumProperty, StringProperty

from ..export.parameters import FLAME, GAUSSIAN_AVATARS, exporting
from ..head.active import active_head
from .on_head import OnHead
from .progress import InSteps

LAYOUTS = (
    (FLAME, "FLAME", "One .npz or .json with shape, expression, the five rotations and the translation"),
    (GAUSSIAN_AVATARS, "GaussianAvatars", "A folder flame_param with an .npz for each frame, as VHAP exports them"),
)


class FLAME_OT_export_parameters(InSteps, OnHead, bpy.types.Operator):
    """Write the head's coefficients, rotations and translation to a file that FLAME's tools read"""

    bl_idname = "flame.export_parameters"
    bl_label = "Export FLAME Parameters"
    bl_options = {"REGISTER"}  # type: ignore[assignment]  # the mixin has more

    filepath: StringProperty(
        name="File",
        description="The .npz or .json to write; or a new folder",
        subtype="FILE_PATH",
        options={"SKIP_SAVE"},
    )
    filter_glob: StringProperty(default="*.npz;*.json", options={"HIDDEN"})
    layout_of_file: EnumProperty(name="Layout", description="How the file is laid out", items=LAYOUTS, default=FLAME)
    all_frames: BoolProperty(
        name="All Frames", description="The scene's frame range, not only the current frame", default=True
    )

    def invoke(self, context, _event):
        self.filepath = f"{active_head(context).name} parameters.npz"
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def steps(self, context) -> Generator[float, None, None]:
        frames = None if self.all_frames else [context.scene.frame_current]
        return exporting(context.scene, active_head(context), Path(self.filepath), frames, self.layout_of_file)

    def told(self, _context, _result: None) -> str:
        return f"Parameters written to {self.filepath}"
