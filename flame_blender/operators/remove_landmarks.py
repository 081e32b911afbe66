from typing import Any

import bpy

from .. import api
from ..head.active import require_active_head
from .on_head import OnHead


class FLAME_OT_remove_landmarks(OnHead, bpy.types.Operator):
    """Delete the landmark empties of the head"""

    bl_idname = "flame.remove_landmarks"
    bl_label = "Remove Landmarks"

    @classmethod
    def why_not(cls, context):
        head: Any = require_active_head(context)
        return None if head.flame.landmarks else "This head has no landmarks"

    def work(self, context) -> str:
        api.remove_landmarks(require_active_head(context))
        return ""
