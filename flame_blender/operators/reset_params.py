from typing import Any

import bpy
from bpy.props import BoolProperty

from ..flame.params import POSE_FIELDS
from ..head.active import active_head
from ..languages import CONTEXT
from .on_head import OnHead, set_and_key


class FLAME_OT_reset_params(OnHead, bpy.types.Operator):
    """Set parameters of the head back to zero. Keyed where Auto Keying is on"""

    bl_idname = "flame.reset_params"
    bl_label = "Reset"

    identity: BoolProperty(name="Identity", description="Back to the mean head", default=True)
    expression: BoolProperty(
        name="Expression", translation_context=CONTEXT, description="Back to the neutral expression", default=True
    )
    pose: BoolProperty(name="Pose", description="Undo all rotations and the translation", default=True)

    def work(self, context) -> str:
        zeros: dict[str, Any] = {"shape": ()} if self.identity else {}
        zeros |= {"expression": (), "eyelids": None} if self.expression else {}
        zeros |= dict.fromkeys((*POSE_FIELDS, "translation"), (0.0, 0.0, 0.0)) if self.pose else {}
        set_and_key(context, active_head(context), zeros)
        return ""
