from typing import Annotated

import bpy
from bpy.props import BoolProperty

from .. import api
from ..head.active import require_active_head
from .on_head import OnHead


class FLAME_OT_link_sides(OnHead, bpy.types.Operator):
    """Link left and right of all named controls, so that moving one moves both; or let them go"""

    bl_idname = "flame.link_sides"
    bl_label = "Both Sides"

    linked: Annotated[
        bool,
        BoolProperty(name="Linked", description="Left and right move together", options={"SKIP_SAVE"}, default=True),
    ]

    def work(self, context) -> str:
        api.link_sides(require_active_head(context), self.linked)
        return ""
