from typing import Any

import bpy

from .. import api
from ..head.active import require_active_head
from ..languages import translated
from .on_head import OnHead


class FLAME_OT_remove_landmarks(OnHead, bpy.types.Operator):
    """Delete the landmark empties of the head"""

    bl_idname = "flame.remove_landmarks"
    bl_label = "Remove Landmarks"

    @classmethod
    def poll(cls, context):
        if not super().poll(context):
            return False
        head: Any = require_active_head(context)
        if not head.flame.landmarks:
            cls.poll_message_set(translated, "This head has no landmarks")
            return False
        return True

    def work(self, context) -> str:
        api.remove_landmarks(require_active_head(context))
        return ""
