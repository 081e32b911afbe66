from typing import Annotated

import bpy
from bpy.props import BoolProperty

from .. import api
from ..head.active import require_active_head
from ..languages import CONTEXT
from .on_head import OnHead


class FLAME_OT_reset_params(OnHead, bpy.types.Operator):
    """Set parameters of the head back to zero. Keyed where Auto Keying is on"""

    bl_idname = "flame.reset_params"
    bl_label = "Reset"

    identity: Annotated[bool, BoolProperty(name="Identity", description="Back to the mean head", default=True)]
    expression: Annotated[
        bool,
        BoolProperty(
            name="Expression", translation_context=CONTEXT, description="Back to the neutral expression", default=True
        ),
    ]
    pose: Annotated[bool, BoolProperty(name="Pose", description="Undo all rotations and the translation", default=True)]
    texture: Annotated[
        bool,
        BoolProperty(
            name="Texture",
            translation_context=CONTEXT,
            description="Back to the mean skin of the head's texture model",
            default=True,
        ),
    ]

    def work(self, context) -> str:
        head = require_active_head(context)
        was_reset = api.reset_params(
            head, identity=self.identity, expression=self.expression, pose=self.pose, texture=self.texture
        )
        api.auto_key(head, was_reset)
        return ""
