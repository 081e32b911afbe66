import secrets
from typing import Annotated

import bpy
from bpy.props import BoolProperty, EnumProperty, FloatProperty, IntProperty

from .. import api
from ..head.active import require_active_head
from ..languages import CONTEXT
from .on_head import OnHead
from .options import options_of
from .progress import InSteps
from .randomise_params import LARGEST_SEED

MANNERS = (
    ("TALKING", "Talking", "The eyes leave the one who is looked at every three seconds"),
    ("LISTENING", "Listening", "The eyes leave the one who is looked at every eight seconds"),
)
SHOWN = ("seed", "blinks", "variation", "manner", "glances", "drift", "breaths", "scene_range")


class FLAME_OT_add_life(InSteps, OnHead, bpy.types.Operator):
    """Let the head blink, look about and sway, in a layer of its own beside its keys. Again: another life"""

    bl_idname = "flame.add_life"
    bl_label = "Add Life"

    seed: Annotated[
        int,
        IntProperty(
            name="Seed",
            description="Number that the drawing starts from: the same seed gives the same life",
            default=1,
            min=0,
            options={"SKIP_SAVE"},
        ),
    ]
    blinks: Annotated[
        float,
        FloatProperty(
            name="Blinks",
            description="A minute. People blink 17 times at rest, 26 in conversation, 4.5 while they read",
            default=17.0,
            min=0.0,
            max=60.0,
        ),
    ]
    variation: Annotated[
        float,
        FloatProperty(
            name="Variation",
            description="How uneven the times between blinks are: their standard deviation by their mean",
            default=0.625,
            min=0.0,
            max=2.0,
        ),
    ]
    manner: Annotated[
        str,
        EnumProperty(name="Manner", description="How often the eyes look away", items=MANNERS, default="TALKING"),
    ]
    glances: Annotated[
        float,
        FloatProperty(
            name="Glances",
            description="What the sizes of all jumps of the eyes are multiplied by",
            default=1.0,
            min=0.0,
            max=2.0,
        ),
    ]
    drift: Annotated[
        float,
        FloatProperty(
            name="Drift",
            description="How much the head sways: at 1 by half a degree to a degree",
            default=1.0,
            min=0.0,
            max=5.0,
        ),
    ]
    breaths: Annotated[
        float,
        FloatProperty(
            name="Breaths",
            description="A minute. People at rest take 12 to 20. 0: none",
            default=0.0,
            min=0.0,
            max=60.0,
        ),
    ]
    scene_range: Annotated[
        bool, BoolProperty(name="Scene's Frames", description="In the scene's frame range", default=True)
    ]
    frame_start: Annotated[int, IntProperty(name="Start", description="First of the frames", default=1)]
    frame_end: Annotated[int, IntProperty(name="End", description="Last of the frames", default=250)]

    def invoke(self, context, _event):
        self.frame_start, self.frame_end = context.scene.frame_start, context.scene.frame_end
        before = api.life_options(require_active_head(context))
        if before is not None:  # made again as it was made, but for the seed
            for name in SHOWN[1:-1]:
                setattr(self, name, getattr(before, name))
            self.scene_range = before.frames is None
            if before.frames is not None:
                self.frame_start, self.frame_end = before.frames
        self.seed = secrets.randbelow(LARGEST_SEED) + 1
        return self.execute(context)

    def asked(self, _context) -> "api.LifeOptions":
        frames = None if self.scene_range else (self.frame_start, self.frame_end)
        return options_of(self, api.LifeOptions, frames=frames)

    def steps(self, context):
        return api.adding_life(require_active_head(context), self.asked(context))

    def told(self, _context, added: "api.AddedLife") -> str:
        return added.summary()

    def draw(self, _context):
        layout = self.layout
        layout.use_property_split = True
        for name in SHOWN:
            layout.prop(self, name)
        column = layout.column(align=True)
        column.active = not self.scene_range
        column.prop(self, "frame_start")
        column.prop(self, "frame_end")


class OnLife(OnHead):
    """Runs on a head that has life."""

    @classmethod
    def why_not(cls, context) -> str | None:
        return None if api.life_options(require_active_head(context)) is not None else "The head has no life yet"


class FLAME_OT_mute_life(OnLife, bpy.types.Operator):
    """Show what the head does by itself, or do not"""

    bl_idname = "flame.mute_life"
    bl_label = "Mute Life"

    muted: Annotated[
        bool,
        BoolProperty(
            name="Muted", translation_context=CONTEXT, description="Do not show it", options={"SKIP_SAVE"}, default=True
        ),
    ]

    def work(self, context) -> str:
        api.mute_life(require_active_head(context), self.muted)
        return ""


class FLAME_OT_remove_life(OnLife, bpy.types.Operator):
    """Take away what the head does by itself, and leave all else"""

    bl_idname = "flame.remove_life"
    bl_label = "Remove Life"

    def work(self, context) -> str:
        api.remove_life(require_active_head(context))
        return ""
