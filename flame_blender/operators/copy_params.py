from typing import Annotated

import bpy
from bpy.props import BoolProperty

from .. import api
from ..head.active import require_active_head
from .on_head import OnHead


class FLAME_OT_copy_params(OnHead, bpy.types.Operator):
    """Copy the head's parameters as text"""

    bl_idname = "flame.copy_params"
    bl_label = "Copy Parameters"
    bl_options = {"REGISTER"}

    face_only: Annotated[
        bool,
        BoolProperty(
            name="Face Only",
            description="Expression, named controls, eyelids, jaw and eyes alone. A head of another model takes them "
            "without the coefficients",
            options={"SKIP_SAVE"},
        ),
    ]

    def work(self, context) -> str:
        head = require_active_head(context)
        context.window_manager.clipboard = api.copy_params(head, face_only=self.face_only)
        return "Face copied" if self.face_only else "Parameters copied"
