from typing import Any

import bpy

from .. import api
from ..head.active import require_active_head
from .on_head import OnHead


class FLAME_OT_put_on_body(OnHead, bpy.types.Operator):
    """Put the head on the chosen body, which carries it. Their necks are joined; the body's own head is hidden"""

    bl_idname = "flame.put_on_body"
    bl_label = "Put on Body"

    @classmethod
    def why_not(cls, context):
        head: Any = require_active_head(context)
        return "Choose the body's mesh first" if head.flame_body.chosen is None else None

    def work(self, context) -> str:
        head: Any = require_active_head(context)
        asked = head.flame_body
        done = api.put_on_body(
            head,
            asked.chosen,
            place=asked.place,
            bone=asked.bone,
            vertex_ids=asked.vertex_ids or None,
            blend=asked.blend,
        )
        return done.summary()
