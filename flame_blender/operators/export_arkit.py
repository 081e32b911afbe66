from typing import Annotated

import bpy
from bpy.props import BoolProperty, FloatProperty, StringProperty

from .. import api
from ..head.active import require_active_head
from .export_files import ExportFile
from .options import options_of


class Scored:
    """How scores are found, and of which frames."""

    smoothing: Annotated[
        float,
        FloatProperty(
            name="Smoothing",
            description="Holds each score to those of the frames beside it: 1 is best for most tracked clips, 10 "
            "halves their jitter, 0 takes each frame for itself",
            default=1.0,
            min=0.0,
            max=100.0,
            soft_max=10.0,
        ),
    ]
    largest: Annotated[
        float,
        FloatProperty(
            name="Largest",
            description="The largest score. Above 1 faces are told that are stronger than a full movement",
            default=1.0,
            min=1.0,
            max=3.0,
        ),
    ]
    correctives: Annotated[
        bool,
        BoolProperty(
            name="Correctives",
            description="A score stands for all of its movement. Off: for what FLAME's own directions do of it",
            default=True,
        ),
    ]
    all_frames: Annotated[
        bool,
        BoolProperty(
            name="All Frames", description="The scene's frame range, not only the current frame", default=True
        ),
    ]

    def frames(self, context) -> tuple[int, int] | None:
        now = context.scene.frame_current
        return None if self.all_frames else (now, now)


class FLAME_OT_export_arkit(Scored, ExportFile, bpy.types.Operator):
    """Write the head's animation as ARKit's 52 scores, as Live Link Face's CSV or as JSON"""

    bl_idname = "flame.export_arkit"
    bl_label = "Export ARKit Scores"
    suffix, also = ".csv", (".json",)
    filter_glob: Annotated[str, StringProperty(default="*.csv;*.json", options={"HIDDEN"})]
    fps: Annotated[
        float,
        FloatProperty(
            name="Rate",
            description="Rows a second. 0: one for each frame of the scene",
            default=0.0,
            min=0.0,
            max=1000.0,
        ),
    ]

    def asked(self, context) -> "api.ArkitOptions":
        return options_of(self, api.ArkitOptions, frames=self.frames(context), fps=self.fps or None)

    def steps(self, context):
        return api.exporting_arkit(require_active_head(context), self.path(context), self.asked(context))

    def told(self, context, scores) -> str:
        return f"Scores written to {self.path(context)}: {scores.summary()}"
