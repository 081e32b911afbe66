import bpy

from .. import api
from ..languages import translated
from .on_head import run


class FLAME_OT_update_heads(bpy.types.Operator):
    """Give heads what was installed after they were made: UVs, regions, landmarks. What you made of them stays"""

    bl_idname = "flame.update_heads"
    bl_label = "Update Heads"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context):
        if context.mode != "OBJECT":
            cls.poll_message_set(translated, "Heads are updated in Object Mode")
            return False
        return True

    def execute(self, context):
        return run(self, self._update, context)

    def _update(self, _context) -> str:
        heads = [obj for obj in bpy.data.objects if api.missing_parts(obj)]
        told = [translated(f"{head.name}: {', '.join(api.update_head(head))} added") for head in heads]
        return "; ".join(told) or "All heads have what is installed"
