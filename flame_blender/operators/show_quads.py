from typing import Annotated

import bpy
from bpy.props import BoolProperty

from .. import api
from ..head.active import require_active_head
from .on_head import OnHead


class FLAME_OT_show_quads(OnHead, bpy.types.Operator):
    """Join this head's triangles to quads where they make good ones, for Subdivision Surface. Vertices stay"""

    bl_idname = "flame.show_quads"
    bl_label = "Quads"

    join: Annotated[
        bool,
        BoolProperty(name="Quads", description="Quads where they are good; off: the model's triangles", default=True),
    ]

    @classmethod
    def why_not(cls, context):
        return "Polygons are joined in Object Mode" if context.mode != "OBJECT" else None

    def work(self, context) -> str:
        count = api.show_quads(require_active_head(context), self.join)
        return f"{count} quads" if self.join else "Triangles again"
