from pathlib import Path
from typing import Annotated, Any

import bpy
from bpy.props import BoolProperty, StringProperty

from .. import api
from ..head.active import require_active_head
from .file_browser import browse, to_write
from .on_head import OnHead
from .options import options_of
from .progress import InSteps


class FLAME_OT_export_landmarks(InSteps, OnHead, bpy.types.Operator):
    """Write the landmarks to a file: 3D in world space, pixels of the active camera, and whether it sees them"""

    bl_idname = "flame.export_landmarks"
    bl_label = "Export Landmarks"
    bl_options = {"REGISTER"}

    filepath: Annotated[
        str,
        StringProperty(
            name="File",
            description="The file to write: .json, .csv or .npz",
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
    filter_glob: Annotated[str, StringProperty(default="*.json;*.csv;*.npz", options={"HIDDEN"})]
    all_frames: Annotated[
        bool, BoolProperty(name="All Frames", description="The scene's frame range, not only the current frame")
    ]

    @classmethod
    def why_not(cls, context):
        return "The scene needs an active camera for the pixels" if context.scene.camera is None else None

    def invoke(self, context, _event):
        return browse(self, context, self.default_name(context))

    def default_name(self, context) -> str:
        return f"{bpy.path.clean_name(require_active_head(context).name)} landmarks.json"

    def asked(self, context) -> "api.LandmarkFileOptions":
        scene = context.scene
        frames = range(scene.frame_start, scene.frame_end + 1) if self.all_frames else None
        return options_of(self, api.LandmarkFileOptions, frames=frames, landmark_set=None)

    def steps(self, context):
        path = to_write(self.filepath, self.default_name(context), api.LANDMARK_SUFFIXES)
        return api.exporting_landmarks(require_active_head(context), path, self.asked(context))

    def told(self, context, written: Path) -> str:
        head: Any = require_active_head(context)
        if (head.flame.landmark_set or "ibug") in api.model(head).carried_over:
            return f"Landmarks, carried over from the built-in head, written to {written}"
        return f"Landmarks written to {written}"
