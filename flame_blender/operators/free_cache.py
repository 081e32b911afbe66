import bpy

from ..bake import cache


class FLAME_OT_free_cache(bpy.types.Operator):
    """Let the head follow its parameters again. The cache's file stays where it is"""

    bl_idname = "flame.free_cache"
    bl_label = "Free Cache"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context):
        if context.object is None or cache.cache_of(context.object) is None:
            cls.poll_message_set("The active object plays no cache")
            return False
        return True

    def execute(self, context):
        path = cache.detach(context.object)
        self.report({"INFO"}, f"{context.object.name} is live again; {path} stays")
        return {"FINISHED"}
