import os
from pathlib import Path
from typing import Annotated

import bpy
from bpy.props import BoolProperty, EnumProperty, FloatProperty, StringProperty

from .. import api
from ..head.active import require_active_head
from .file_browser import browse, folder_or_file, to_write
from .on_head import OnHead
from .options import options_of
from .progress import InSteps

SMPLX = ("BEAT2", "AMASS")
LAYOUTS = (
    ("FLAME", "FLAME", "One .npz or .json with shape, expression, the five rotations and the translation"),
    ("GAUSSIAN_AVATARS", "GaussianAvatars", "A folder flame_param with an .npz for each frame, as VHAP exports them"),
    ("BEAT2", "SMPL-X (BEAT2)", "An .npz of SMPL-X's 165 pose numbers and 100 of expression, Y up, as BEAT2 and EMAGE"),
    ("AMASS", "SMPL-X (AMASS)", "The same under AMASS's names too, Z up, as SMPL-X add-ons read it"),
)


class FLAME_OT_export_parameters(InSteps, OnHead, bpy.types.Operator):
    """Write the head's coefficients, rotations and translation to a file that FLAME's tools read"""

    bl_idname = "flame.export_parameters"
    bl_label = "Export FLAME Parameters"
    bl_options = {"REGISTER"}

    filepath: Annotated[
        str,
        StringProperty(
            name="File",
            description="The .npz or .json to write; or a new folder",
            subtype="FILE_PATH",
            options={"SKIP_SAVE"},
        ),
    ]
    check_existing: Annotated[
        bool,
        BoolProperty(
            name="Check Existing", description="Ask before a file is written over", default=True, options={"HIDDEN"}
        ),
    ]
    filter_glob: Annotated[str, StringProperty(default="*.npz;*.json", options={"HIDDEN"})]
    layout_of_file: Annotated[
        str, EnumProperty(name="Layout", description="How the file is laid out", items=LAYOUTS, default="FLAME")
    ]
    copy_expression: Annotated[
        bool,
        BoolProperty(
            name="Copy Expression",
            description="For SMPL-X: FLAME's coefficients as they are. Off: converted by the face's vertices, which "
            "takes SMPL-X__FLAME_vertex_ids.npy and a SMPL-X model, both installed",
        ),
    ]
    split_neck: Annotated[
        bool,
        BoolProperty(
            name="Share the Turn",
            description="For SMPL-X: part the head's whole turn between its neck and its head. Off: its neck turns as "
            "Global, its head as Neck",
        ),
    ]
    neck_share: Annotated[
        float,
        FloatProperty(
            name="Neck's Share", description="What share of the turn the neck takes", default=0.5, min=0.0, max=1.0
        ),
    ]
    all_frames: Annotated[
        bool,
        BoolProperty(
            name="All Frames", description="The scene's frame range, not only the current frame", default=True
        ),
    ]

    def invoke(self, context, _event):
        return browse(self, context, self.default_name(context))

    def default_name(self, context) -> str:
        return f"{bpy.path.clean_name(require_active_head(context).name)} parameters.npz"

    def path(self, context) -> Path:
        """The file, or the folder of the layout that is one: new, or empty."""
        if self.layout_of_file in SMPLX:
            return to_write(self.filepath, self.default_name(context), (".npz",))
        if self.layout_of_file == "FLAME":
            return to_write(self.filepath, self.default_name(context), api.PARAMETER_SUFFIXES)
        folder = folder_or_file(self.filepath)
        if os.path.isdir(folder) and not api.empty_or_new(folder):
            folder /= self.default_name(context)
        return folder.with_suffix("") if folder.suffix in api.PARAMETER_SUFFIXES else folder

    def asked(self, context) -> "api.ParameterFileOptions":
        frames = None if self.all_frames else [context.scene.frame_current]
        share = self.neck_share if self.split_neck else None
        return options_of(self, api.ParameterFileOptions, frames=frames, layout=self.layout_of_file, neck_share=share)

    def steps(self, context):
        return api.exporting_parameters(require_active_head(context), self.path(context), self.asked(context))

    def told(self, _context, written: "api.WrittenParameters") -> str:
        return written.summary()
