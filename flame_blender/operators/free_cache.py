import bpy

from .. import api
from ..head.active import active_head
from ..languages import translated
from ..plain_text import one_line


class FLAME_OT_free_cache(bpy.types.Operator):
    """Let the head follow its parameters again. The cache's file stays where it is"""

    bl_idname = "flame.free_cache"
    bl_label = "Free Cache"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context):
        if _playing(context) is None:
            cls.poll_message_set(translated, "The active object plays no cache")
            return False
        return True

    def execute(self, context):
        playing = _playing(context)
        if playing is None:  # of which poll has told
            return {"CANCELLED"}
        path = api.played_cache(playing)
        api.free_cache(playing)
        self.report({"INFO"}, translated(one_line(f"{playing.name} is live again; {path} stays")))
        return {"FINISHED"}


def _playing(context) -> bpy.types.Object | None:
    """The active head or, of meshes without a model, the active object, where it plays a cache."""
    obj = active_head(context) or context.object
    return None if obj is None or api.played_cache(obj) is None else obj
