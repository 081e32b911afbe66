from typing import Annotated, Any

import bpy
from bpy.props import BoolProperty, FloatProperty

from .. import api
from ..head.active import require_active_head
from .on_head import OnHead
from .options import options_of
from .progress import InSteps


class FLAME_OT_paint_distances(InSteps, OnHead, bpy.types.Operator):
    """Colour scan and head by their distance, with a legend. Adds a colour attribute to both; no vertex moves"""

    bl_idname = "flame.paint_distances"
    bl_label = "Paint Distances"

    limit: Annotated[
        float,
        FloatProperty(
            name="Red From",
            description="Distance that is red, millimetres. 0: a round number that 95 of 100 points of the scan are "
            "under",
            default=0.0,
            min=0.0,
            soft_max=20.0,
            options={"SKIP_SAVE"},
        ),
    ]
    legend: Annotated[
        bool, BoolProperty(name="Legend", description="Make a legend beside the head, for renders too", default=True)
    ]
    in_viewport: Annotated[
        bool,
        BoolProperty(
            name="Show in Viewport", description="Let this 3D view's solid shading show the colours", default=True
        ),
    ]

    @classmethod
    def why_not(cls, context):
        head: Any = require_active_head(context)
        return "Fit the head to a scan in the scene first" if head.flame_fit.scan is None else None

    def steps(self, context):
        return api.painting_distances(require_active_head(context), None, self.asked(context))

    def asked(self, _context) -> "api.DistanceOptions":
        return options_of(self, api.DistanceOptions, limit_mm=self.limit or None)

    def told(self, context, painted: "api.Painted") -> str:
        space = context.space_data
        if self.in_viewport and space is not None and space.type == "VIEW_3D":
            space.shading.color_type = "VERTEX"
        return f"Red is {painted.limit_mm:g} mm and more"


class FLAME_OT_clear_distances(OnHead, bpy.types.Operator):
    """Take the colours of the distances off head and scan, and the legend away"""

    bl_idname = "flame.clear_distances"
    bl_label = "Clear Distances"

    @classmethod
    def why_not(cls, context):
        return (
            None if api.are_distances_painted(require_active_head(context)) else "No distances are painted on this head"
        )

    def work(self, context) -> str:
        api.clear_distances(require_active_head(context))
        return ""
