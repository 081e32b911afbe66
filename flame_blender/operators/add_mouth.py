import bpy

from .. import api
from ..head.active import require_active_head
from .on_head import OnHead
from .progress import InSteps


class FLAME_OT_add_mouth(InSteps, OnHead, bpy.types.Operator):
    """Add teeth, gums, tongue and lashes, an object of their own that the head moves. The head's mesh stays FLAME's"""

    bl_idname = "flame.add_mouth"
    bl_label = "Add Mouth and Lashes"

    @classmethod
    def why_not(cls, context):
        return (
            "The built-in head has teeth and lashes already"
            if api.model(require_active_head(context)).release == "built-in"
            else None
        )

    def steps(self, context):
        return api.adding_mouth(require_active_head(context))

    def told(self, _context, made) -> str:
        return f"{made.name} added"
