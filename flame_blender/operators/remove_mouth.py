import bpy

from .. import api
from ..head.active import require_active_head
from .on_head import OnHead


class FLAME_OT_remove_mouth(OnHead, bpy.types.Operator):
    """Delete the head's teeth, gums, tongue and lashes"""

    bl_idname = "flame.remove_mouth"
    bl_label = "Remove Mouth and Lashes"

    @classmethod
    def why_not(cls, context):
        return (
            "This head has no mouth and lashes of its own"
            if api.mouth_of(require_active_head(context)) is None
            else None
        )

    def work(self, context) -> str:
        api.remove_mouth(require_active_head(context))
        return ""
