from typing import Annotated, Any

import bpy
from bpy.props import BoolProperty, IntProperty

from .. import api
from ..head.active import require_active_head, select_only
from ..languages import translated
from .on_head import OnHead
from .options import options_of
from .progress import InSteps


class FLAME_OT_make_rig(InSteps, OnHead, bpy.types.Operator):
    """Make an armature with a skin and shape keys that moves as this head does and needs no add-on"""

    bl_idname = "flame.make_rig"
    bl_label = "Make Native Rig"

    animated: Annotated[
        bool,
        BoolProperty(
            name="Animation",
            description="Key the rig with the head's animation, in the scene's frame range",
            default=True,
        ),
    ]
    all_directions: Annotated[
        bool,
        BoolProperty(name="All Expressions", description="Make every expression direction a shape key", default=True),
    ]
    n_expression: Annotated[
        int,
        IntProperty(
            name="First Directions", description="How many expression directions become shape keys", default=50, min=0
        ),
    ]
    mouth_shapes: Annotated[
        bool,
        BoolProperty(
            name="Mouth Shapes",
            description="Add a shape key for each viseme, and an action for each of Rhubarb's mouth shapes, for "
            "lip-sync add-ons",
        ),
    ]
    hide_head: Annotated[
        bool, BoolProperty(name="Hide Head", description="Hide the head, which the rig would cover", default=True)
    ]

    @classmethod
    def why_not(cls, context):
        return "Only in Object Mode" if context.mode != "OBJECT" else None

    def invoke(self, context, _event):
        return context.window_manager.invoke_props_dialog(self)

    def steps(self, context):
        return api.making_rig(require_active_head(context), self.asked(context))

    def asked(self, _context) -> "api.RigOptions":
        count = None if self.all_directions else self.n_expression
        return options_of(self, api.RigOptions, n_expression=count, frames=None)

    def told(self, context, made: "api.NativeRig") -> str:
        if self.hide_head:
            require_active_head(context).hide_set(True)
        for note in made.notes:
            self.report({"WARNING"}, translated(note))
        select_only([made.armature])
        skin: Any = made.skin.data
        return f"Made {made.armature.name} with {len(skin.shape_keys.key_blocks) - 1} shape keys"

    def draw(self, _context):
        layout = self.layout
        layout.use_property_split = True
        layout.prop(self, "animated")
        layout.prop(self, "all_directions")
        row = layout.row()
        row.active = not self.all_directions
        row.prop(self, "n_expression")
        layout.prop(self, "mouth_shapes")
        layout.prop(self, "hide_head")
