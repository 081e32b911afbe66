import bpy

from .. import api


class FLAME_OT_lock_interface(bpy.types.Operator):
    """Lock the interface while rendering, so that the viewport never reads a head while the render writes it"""

    bl_idname = "flame.lock_interface"
    bl_label = "Lock Interface"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, _context):
        api.lock_interface()
        return {"FINISHED"}
