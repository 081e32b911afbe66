from typing import Any

import bpy

from .. import api
from ..head.active import require_active_head
from .on_head import OnHead
from .progress import InSteps


class FLAME_OT_compute_looks(InSteps, OnHead, bpy.types.Operator):
    """Give this head's model the built-in head's painted skin, with UVs where it has none. Once for each model"""

    bl_idname = "flame.compute_looks"
    bl_label = "Add Skin"

    @classmethod
    def why_not(cls, context):
        return None if api.lacks_looks(require_active_head(context)) else "The head's model has a painted skin already"

    def steps(self, context):
        head: Any = require_active_head(context)
        return api.computing_looks(head.flame.fingerprint)

    def told(self, _context, _nothing) -> str:
        return "The model has a painted skin; heads with materials of their own keep these"
