from typing import Annotated

import bpy
from bpy.props import BoolProperty, IntProperty

from .. import api
from ..head.active import require_active_head
from .on_head import OnHead
from .options import options_of
from .progress import InSteps


class FLAME_OT_make_avatar(InSteps, OnHead, bpy.types.Operator):
    """Make a Gaussian avatar of the head: splats strewn over its mesh with the colours of its materials"""

    bl_idname = "flame.make_avatar"
    bl_label = "Make Avatar"

    count: Annotated[
        int,
        IntProperty(
            name="Splats", description="How many there are", default=150_000, min=1000, max=2_000_000, soft_max=500_000
        ),
    ]
    hair: Annotated[
        int,
        IntProperty(
            name="Hair",
            description="How many at most of the head's grown hair, along its strands; 0 leaves it out",
            default=150_000,
            min=0,
            max=2_000_000,
            soft_max=500_000,
        ),
    ]
    lit: Annotated[
        bool,
        BoolProperty(
            name="Lit", description="Shade the colours as a large lamp in front of the head would", default=True
        ),
    ]
    seed: Annotated[int, IntProperty(name="Seed", description="Another number strews them elsewhere", min=0)]

    @classmethod
    def why_not(cls, _context):
        return api.missing_splats()

    def asked(self, _context) -> "api.MadeAvatarOptions":
        return options_of(self, api.MadeAvatarOptions)

    def steps(self, context):
        return api.making_avatar(require_active_head(context), self.asked(context))

    def told(self, _context, made: "api.AddedAvatar") -> str:
        return made.summary()[0]
