from typing import Annotated

import bpy
from bpy.props import EnumProperty, IntProperty

from .. import api
from ..head.active import require_active_head
from .on_head import OnHead
from .options import options_of
from .progress import InSteps


class FLAME_OT_project_photo(InSteps, OnHead, bpy.types.Operator):
    """Lay the photos that the head was fitted to into the head's texture, fill the rest, and show it"""

    bl_idname = "flame.project_photo"
    bl_label = "Project Photo"

    size: Annotated[int, IntProperty(name="Size", description="Texels on a side", default=1024, min=64, max=8192)]
    filling: Annotated[
        str,
        EnumProperty(
            name="Fill",
            description="Where the colours come from that the camera did not see",
            items=(
                ("MIRROR", "Mirror", "From the other side of the head, and around"),
                ("BLUR", "Blur", "From what was seen around it, ever smoother with the distance"),
            ),
            default="MIRROR",
        ),
    ]

    @classmethod
    def why_not(cls, context):
        return None if api.fitted_cameras(require_active_head(context)) else "Fit the head to a photo first"

    def steps(self, context):
        return api.projecting_photo(require_active_head(context), None, self.asked(context))

    def asked(self, _context) -> "api.PhotoTextureOptions":
        return options_of(self, api.PhotoTextureOptions)

    def told(self, _context, made: "api.PhotoTextured") -> str:
        return f"{made.image.name}: {100 * made.seen:.0f} % of the texture was seen"
