from typing import Annotated

import bpy
from bpy.props import EnumProperty

from .. import api
from ..head.active import active_head, require_active_head
from .export_arkit import Scored
from .on_head import OnHead
from .options import options_of
from .progress import InSteps

EXISTING = (
    ("KEYS", "Replace Keys", "Keys of the same shape keys in these frames are replaced"),
    ("ACTION", "New Action", "The keys come into a new action, and the one of before stays in the file"),
    ("KEEP", "Keep", "Shape keys that are animated already are left as they are"),
)


class FLAME_OT_retarget_arkit(Scored, InSteps, OnHead, bpy.types.Operator):
    """Key the head's animation on the shape keys of the other selected objects that have ARKit's names"""

    bl_idname = "flame.retarget_arkit"
    bl_label = "Animate Selected Character"

    existing: Annotated[
        str, EnumProperty(name="Existing", description="What becomes of keys that are there", items=EXISTING)
    ]

    @classmethod
    def why_not(cls, context):
        return (
            None
            if cls.targets(context)
            else "Select a character whose shape keys have ARKit's names, such as jawOpen, and then the head"
        )

    @classmethod
    def targets(cls, context) -> list[bpy.types.Object]:
        """The selected objects that have such shape keys, without the head."""
        head = active_head(context)
        return [each for each in context.selected_objects if each != head and api.has_arkit_keys(each)]

    def invoke(self, context, _event):
        return context.window_manager.invoke_props_dialog(self)

    def asked(self, context) -> "api.RetargetOptions":
        return options_of(self, api.RetargetOptions, frames=self.frames(context))

    def steps(self, context):
        return api.retargeting_arkit(require_active_head(context), self.targets(context), self.asked(context))

    def told(self, _context, done: "api.Retargeted") -> str:
        return done.summary()
