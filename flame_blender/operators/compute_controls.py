from typing import Any

import bpy

from .. import api
from ..head.active import require_active_head
from .on_head import OnHead
from .progress import InSteps


class FLAME_OT_compute_controls(InSteps, OnHead, bpy.types.Operator):
    """Work out ARKit's scores, named expressions and visemes for this head's model from its own numbers, once"""

    bl_idname = "flame.compute_controls"
    bl_label = "Add Named Expressions"

    @classmethod
    def why_not(cls, context):
        return (
            "The head's model has named expressions already"
            if api.missing_controls(require_active_head(context)) is None
            else None
        )

    def steps(self, context):
        head: Any = require_active_head(context)
        return api.computing_controls(head.flame.fingerprint)

    def told(self, _context, qualities) -> str:
        done = sum(quality.reach in ("good", "fair") for quality in qualities.values())
        return f"{done} of {len(qualities)} named controls added; the presets are in the Expression panel"
