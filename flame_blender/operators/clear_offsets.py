from typing import Any

import bpy

from .. import api
from ..head.active import require_active_head
from ..languages import translated
from .on_head import OnHead


class FLAME_OT_clear_offsets(OnHead, bpy.types.Operator):
    """Remove the offsets of the head: what was sculpted on it"""

    bl_idname = "flame.clear_offsets"
    bl_label = "Clear Offsets"

    @classmethod
    def poll(cls, context):
        if not super().poll(context):
            return False
        mesh: Any = require_active_head(context).data
        if "flame_offsets" not in mesh.attributes:
            cls.poll_message_set(translated, "This head has no offsets")
            return False
        return True

    def work(self, context) -> str:
        api.set_params(require_active_head(context), offsets=None)
        return ""
