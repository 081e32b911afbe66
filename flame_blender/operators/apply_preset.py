from typing import Annotated

import bpy
from bpy.props import BoolProperty, FloatProperty, StringProperty

from .. import api
from ..head.active import active_head, require_active_head
from ..languages import translated
from .on_head import OnHead, run
from .progress import InSteps


class FLAME_OT_apply_preset(InSteps, OnHead, bpy.types.Operator):
    """Show a named expression or mouth shape"""

    bl_idname = "flame.apply_preset"
    bl_label = "Apply Preset"

    preset: Annotated[
        str, StringProperty(name="Preset", description="Name of the expression or viseme", default="Neutral")
    ]
    strength: Annotated[
        float,
        FloatProperty(
            name="Strength",
            description="How much of it is shown, 1 being all of it",
            default=1.0,
            soft_min=0.0,
            soft_max=1.0,
            subtype="FACTOR",
        ),
    ]
    key: Annotated[
        bool,
        BoolProperty(
            name="Insert Keys",
            description="Key the named controls at the current frame, also where Auto Keying is off",
        ),
    ]

    @classmethod
    def description(cls, context, properties):
        head = active_head(context)
        if head is not None and api.missing_controls(head) is not None:
            return translated(f"Show {properties.preset}: takes 20 to 30 seconds, once for the head's model; Esc stops")
        return translated(f"Show {properties.preset}: sets the named controls, nothing else")

    def execute(self, context):
        if api.missing_controls(require_active_head(context)) is None:
            return run(self, self.work, context)
        return super().execute(context)

    def steps(self, context):
        head = require_active_head(context)
        frame = context.scene.frame_current_final if self.key else None
        yield from api.applying_preset(head, self.preset, self.strength, frame)

    def told(self, context, _result) -> str:
        if not self.key:
            api.auto_key(require_active_head(context), ("controls",))
        return ""
