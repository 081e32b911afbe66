import bpy

from ..head import create


class FLAME_OT_lock_interface(bpy.types.Operator):
    """Lock the interface while rendering, so that the viewport never reads a head while the render writes it"""

    bl_idname = "flame.lock_interface"
    bl_label = "Lock Interface"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context):
        create.lock_interface(context.scene)
        return {"FINISHED"}
