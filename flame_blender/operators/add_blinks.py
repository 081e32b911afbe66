from typing import Annotated

import bpy
from bpy.props import BoolProperty, IntProperty

from .. import api
from ..head.active import require_active_head
from .on_head import OnHead
from .options import options_of
from .progress import InSteps


class FLAME_OT_add_blinks(InSteps, OnHead, bpy.types.Operator):
    """Key blinks on the head, spread evenly over the frames; keys outside them stay"""

    bl_idname = "flame.add_blinks"
    bl_label = "Add Blinks"

    count: Annotated[int, IntProperty(name="Count", description="How many blinks", default=1, min=1, soft_max=20)]
    duration: Annotated[
        int,
        IntProperty(
            name="Duration",
            description="Frames of one blink: a third to shut, a third shut, a third to open. 0: a quarter of a second",
            default=0,
            min=0,
            soft_max=60,
        ),
    ]
    scene_range: Annotated[
        bool, BoolProperty(name="Scene's Frames", description="Spread over the scene's frame range", default=True)
    ]
    frame_start: Annotated[int, IntProperty(name="Start", description="First of the frames", default=1)]
    frame_end: Annotated[int, IntProperty(name="End", description="Last of the frames", default=250)]

    def invoke(self, context, _event):
        self.frame_start, self.frame_end = context.scene.frame_start, context.scene.frame_end
        return context.window_manager.invoke_props_dialog(self)

    def asked(self, _context) -> "api.BlinkOptions":
        frames = None if self.scene_range else (self.frame_start, self.frame_end)
        return options_of(self, api.BlinkOptions, duration=self.duration or None, frames=frames, at=None)

    def steps(self, context):
        return api.adding_blinks(require_active_head(context), self.asked(context))

    def told(self, _context, middles: tuple[float, ...]) -> str:
        return f"Blinks keyed at frames {', '.join(f'{middle:g}' for middle in middles)}"

    def draw(self, _context):
        layout = self.layout
        layout.use_property_split = True
        layout.prop(self, "count")
        layout.prop(self, "duration")
        layout.prop(self, "scene_range")
        column = layout.column(align=True)
        column.active = not self.scene_range
        column.prop(self, "frame_start")
        column.prop(self, "frame_end")
