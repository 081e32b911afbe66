import secrets
from typing import Annotated

import bpy
from bpy.props import BoolProperty, FloatProperty, IntProperty

from .. import api
from ..head.active import require_active_head
from ..languages import CONTEXT
from .on_head import OnHead

LARGEST_SEED = 9999  # that a click draws: short enough to be noted down


class FLAME_OT_randomise_params(OnHead, bpy.types.Operator):
    """Draw random coefficients, others with each click. The same seed gives the same head"""

    bl_idname = "flame.randomise_params"
    bl_label = "Randomise"

    seed: Annotated[
        int,
        IntProperty(
            name="Seed",
            description="Number that the drawing starts from: the same seed gives the same head",
            default=1,
            min=0,
            options={"SKIP_SAVE"},
        ),
    ]
    strength: Annotated[
        float,
        FloatProperty(
            name="Strength",
            description="Spread of the drawn coefficients, 1 being the spread of the population",
            default=1.0,
            min=0.0,
            soft_max=2.0,
        ),
    ]
    identity: Annotated[bool, BoolProperty(name="Identity", description="Draw a new identity", default=True)]
    expression: Annotated[
        bool,
        BoolProperty(
            name="Expression",
            translation_context=CONTEXT,
            description="Draw a new expression",
        ),
    ]
    texture: Annotated[
        bool,
        BoolProperty(
            name="Texture", translation_context=CONTEXT, description="Draw a new skin from the head's texture model"
        ),
    ]

    def work(self, context) -> str:
        if not self.properties.is_property_set("seed"):  # a click, not the redo panel or a script
            self.seed = secrets.randbelow(LARGEST_SEED) + 1
        head = require_active_head(context)
        groups = [name for name in ("identity", "expression", "texture") if getattr(self, name)]
        api.randomise(head, self.seed, self.strength, groups)
        api.auto_key(head, groups)
        return ""
