from typing import Annotated

import bpy
from bpy.props import EnumProperty

from .. import api
from ..head.active import require_active_head
from .on_head import OnHead

PIGMENTS = (
    ("blue", "Blue", "Little melanin: light scattered by the fibres alone"),
    ("grey", "Grey", "As blue eyes, with larger fibres"),
    ("green", "Green", "A little melanin of the yellow kind, a golden ring round the pupil"),
    ("hazel", "Hazel", "Green and brown, a brown ring round the pupil"),
    ("brown", "Brown", "Much melanin"),
)


class FLAME_OT_set_eyes(OnHead, bpy.types.Operator):
    """Give this head eyes of one of five pigments"""

    bl_idname = "flame.set_eyes"
    bl_label = "Eyes"

    pigment: Annotated[
        str,
        EnumProperty(name="Pigment", description="What colours the iris", items=PIGMENTS, default="brown"),
    ]

    def work(self, context) -> str:
        api.set_eyes(require_active_head(context), self.pigment)
        return ""
