import bpy
from bpy.props import BoolProperty, FloatProperty, StringProperty

from .. import api
from ..head.active import require_active_head
from ..languages import translated
from .on_head import OnHead


class FLAME_OT_apply_preset(OnHead, bpy.types.Operator):
    """Show a named expression or mouth shape"""

    bl_idname = "flame.apply_preset"
    bl_label = "Apply Preset"

    preset: StringProperty(name="Preset", description="Name of the expression or viseme", default="Neutral")
    strength: FloatProperty(
        name="Strength",
        description="How much of it is shown, 1 being all of it",
        default=1.0,
        soft_min=0.0,
        soft_max=1.0,
        subtype="FACTOR",
    )
    key: BoolProperty(
        name="Insert Keys",
        description="Key the named controls at the current frame, also where Auto Keying is off",
    )

    @classmethod
    def poll(cls, context):
        if not super().poll(context):
            return False
        if not api.presets(require_active_head(context)):
            cls.poll_message_set(
                translated, "The head's model has no named expressions; Add Named Expressions computes them"
            )
            return False
        return True

    @classmethod
    def description(cls, _context, properties):
        return translated(f"Show {properties.preset}: sets the named controls, nothing else")

    def work(self, context) -> str:
        head = require_active_head(context)
        frame = context.scene.frame_current_final if self.key else None
        api.apply_preset(head, self.preset, self.strength, frame)
        if not self.key:
            api.auto_key(head, ("controls",))
        return ""
