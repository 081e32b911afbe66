from typing import Annotated, Any

import bpy
from bpy.props import EnumProperty, FloatProperty, IntProperty

from .. import api
from ..head.active import require_active_head
from .on_head import OnHead
from .options import options_of
from .progress import InSteps

COLOUR, AMOUNT = ("melanin", "redness", "greyness"), ("density", "length", "recession", "seed")


def _style(piece: str, name: str) -> Any:
    described = "How this piece of hair grows; None grows none"
    return EnumProperty(name=name, description=described, items=api.HAIR_STYLES[piece], default="NONE")


def _number(name: str, described: str, default: float, most: float, soft: float = 1.0) -> Any:
    return FloatProperty(
        name=name, description=described, default=default, min=0.0, max=most, soft_max=soft, precision=2
    )


class FLAME_OT_grow_hair(InSteps, OnHead, bpy.types.Operator):
    """Grow the head's hair anew, as curves that follow its mesh. What it had is replaced"""

    bl_idname = "flame.grow_hair"
    bl_label = "Grow Hair"

    scalp: Annotated[str, _style("scalp", "Hair")]
    brows: Annotated[str, _style("brows", "Brows")]
    lashes: Annotated[str, _style("lashes", "Lashes")]
    beard: Annotated[str, _style("beard", "Beard")]
    moustache: Annotated[str, _style("moustache", "Moustache")]
    melanin: Annotated[float, _number("Melanin", "How dark the hair is: 0 white, 0.2 blond, 1 black", 0.75, 1.0)]
    redness: Annotated[float, _number("Redness", "How red the hair is", 0.25, 1.0)]
    greyness: Annotated[float, _number("Grey", "Share of the strands that are white", 0.0, 1.0)]
    density: Annotated[float, _number("Density", "How many strands there are, times as many as usual", 1.0, 4.0, 1.5)]
    length: Annotated[
        float, _number("Length", "How long the strands are, times as long as the style has them", 1.0, 3.0, 1.5)
    ]
    recession: Annotated[float, _number("Recession", "How far the hairline has gone back", 0.0, 1.0)]
    seed: Annotated[int, IntProperty(name="Seed", description="Another number grows other strands")]

    def invoke(self, context, _event):
        """What the panel has; called by a script it is what the script says."""
        kept = api.hair_options(require_active_head(context))
        for name in kept.__dataclass_fields__:
            if not self.properties.is_property_set(name):
                setattr(self, name, getattr(kept, name))
        return self.execute(context)

    def asked(self, _context) -> "api.HairOptions":
        return options_of(self, api.HairOptions)

    def steps(self, context):
        return api.growing_hair(require_active_head(context), self.asked(context))

    def told(self, _context, made: dict[str, bpy.types.Object]) -> str:
        if not made:
            return "No hair was asked for: choose a style"
        grown = [obj.data for obj in made.values()]
        count = sum(len(each.curves) for each in grown if isinstance(each, bpy.types.Curves))
        return f"{count} strands grown"

    def draw(self, _context):
        layout = self.layout
        layout.use_property_split = True
        for names in (("scalp", "brows", "lashes", "beard", "moustache"), COLOUR, AMOUNT):
            column = layout.column(align=True)
            for name in names:
                column.prop(self, name)


class FLAME_OT_remove_hair(OnHead, bpy.types.Operator):
    """Delete the head's hair"""

    bl_idname = "flame.remove_hair"
    bl_label = "Remove Hair"

    @classmethod
    def why_not(cls, context):
        return None if api.hair_of(require_active_head(context)) else "This head has no hair"

    def work(self, context) -> str:
        api.remove_hair(require_active_head(context))
        return ""
