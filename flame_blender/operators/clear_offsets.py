from typing import Any

import bpy

from .. import api
from ..head.active import require_active_head
from .on_head import OnHead


class FLAME_OT_clear_offsets(OnHead, bpy.types.Operator):
    """Remove the offsets of the head: what was sculpted on it"""

    bl_idname = "flame.clear_offsets"
    bl_label = "Clear Offsets"

    @classmethod
    def why_not(cls, context):
        mesh: Any = require_active_head(context).data
        return "This head has no offsets" if "flame_offsets" not in mesh.attributes else None

    def work(self, context) -> str:
        api.set_params(require_active_head(context), offsets=None)
        return ""
