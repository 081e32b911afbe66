from pathlib import Path
from typing import Annotated

import bpy
from bpy.props import BoolProperty, IntProperty, StringProperty

from .. import api
from ..head.active import require_active_head
from .file_browser import to_write
from .on_head import OnHead
from .options import options_of
from .progress import InSteps


class FLAME_OT_bake_cache(InSteps, OnHead, bpy.types.Operator):
    """Write the head's animation to a cache that plays and renders without the add-on. Free Cache puts it back"""

    bl_idname = "flame.bake_cache"
    bl_label = "Bake to Cache"

    filepath: Annotated[
        str,
        StringProperty(
            name="File",
            description="The .pc2 to write. Empty: in flame_cache beside the .blend",
            subtype="FILE_PATH",
            options={"SKIP_SAVE"},
        ),
    ]
    scene_range: Annotated[
        bool, BoolProperty(name="Scene's Frames", description="Bake the scene's frame range", default=True)
    ]
    frame_start: Annotated[int, IntProperty(name="Start", description="First frame to bake", default=1)]
    frame_end: Annotated[int, IntProperty(name="End", description="Last frame to bake", default=250)]
    samples_per_frame: Annotated[
        int,
        IntProperty(
            name="Samples per Frame",
            description="Evaluations from one frame to the next: more make motion blur follow curved paths",
            default=1,
            min=1,
            soft_max=8,
        ),
    ]

    def invoke(self, context, _event):
        self.frame_start, self.frame_end = context.scene.frame_start, context.scene.frame_end
        return context.window_manager.invoke_props_dialog(self)

    def asked(self, context) -> "api.BakeOptions":
        frames = None if self.scene_range else (self.frame_start, self.frame_end)
        name = f"{bpy.path.clean_name(require_active_head(context).name)}.pc2"
        path = to_write(self.filepath, name, (".pc2",)) if self.filepath else None
        return options_of(self, api.BakeOptions, path=path, frames=frames)

    def steps(self, context):
        return api.baking_cache(require_active_head(context), self.asked(context))

    def told(self, _context, path: Path) -> str:
        return f"Baked to {path}"

    def draw(self, _context):
        layout = self.layout
        layout.use_property_split = True
        layout.prop(self, "scene_range")
        column = layout.column(align=True)
        column.active = not self.scene_range
        column.prop(self, "frame_start")
        column.prop(self, "frame_end")
        layout.prop(self, "samples_per_frame")
        layout.prop(self, "filepath")
