import bpy

from .. import api
from ..head.active import active_head, require_active_head
from ..languages import translated
from ..plain_text import one_line


class FLAME_OT_remove_template(bpy.types.Operator):
    """Let the head's rest shape be its model's again. The file of the meshes stays where it is"""

    bl_idname = "flame.remove_template"
    bl_label = "Remove Template"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context):
        head = active_head(context)
        if head is None or api.template_of(head) is None:
            cls.poll_message_set(translated, "The active head takes its rest shape from no meshes")
            return False
        return True

    def execute(self, context):
        head = require_active_head(context)
        path = api.remove_template(head)
        self.report({"INFO"}, translated(one_line(f"{head.name} has its model's template again; {path} stays")))
        return {"FINISHED"}
