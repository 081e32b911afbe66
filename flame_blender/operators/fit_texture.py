from typing import Annotated

import bpy
from bpy.props import BoolProperty, StringProperty

from .. import api
from ..head.active import require_active_head
from .on_head import OnHead
from .options import options_of
from .progress import InSteps


class FLAME_OT_fit_texture(InSteps, OnHead, bpy.types.Operator):
    """Fit texture coefficients to the head's projected photo, or to an image in its UVs: a whole skin without seams"""

    bl_idname = "flame.fit_texture"
    bl_label = "Fit Skin"

    image: Annotated[
        str,
        StringProperty(
            name="Image", description="Image in the head's UVs; empty: its projected photo", options={"SKIP_SAVE"}
        ),
    ]
    lit: Annotated[
        bool,
        BoolProperty(
            name="Leave Out Light", description="The picture has light and shadow in it, as photos have", default=True
        ),
    ]

    def draw(self, _context):
        self.layout.prop_search(self, "image", bpy.data, "images")
        self.layout.prop(self, "lit")

    def steps(self, context):
        return api.fitting_texture(require_active_head(context), self.asked(context))

    def asked(self, _context) -> "api.TextureFitOptions":
        return options_of(self, api.TextureFitOptions, image=self.image or None, texture=None)

    def told(self, context, found: "api.FittedTexture") -> str:
        api.auto_key(require_active_head(context), ("texture",))
        return f"{100 * found.seen:.0f} % of the skin was seen; it is off by {100 * found.error:.1f} % of white"
