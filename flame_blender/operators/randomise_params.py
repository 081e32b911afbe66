import bpy
from bpy.props import BoolProperty, FloatProperty, IntProperty

from .. import api
from ..head.active import active_head
from .on_head import OnHead


class FLAME_OT_randomise_params(OnHead, bpy.types.Operator):
    """Draw random coefficients. The same seed gives the same head"""

    bl_idname = "flame.randomise_params"
    bl_label = "Randomise"

    seed: IntProperty(name="Seed", description="Number that the drawing starts from", default=1, min=0)
    strength: FloatProperty(
        name="Strength",
        description="Spread of the drawn coefficients, 1 being the spread of the population",
        default=1.0,
        min=0.0,
        soft_max=2.0,
    )
    identity: BoolProperty(name="Identity", description="Draw a new identity", default=True)
    expression: BoolProperty(name="Expression", description="Draw a new expression")

    def work(self, context) -> str:
        groups = [name for name in ("identity", "expression") if getattr(self, name)]
        api.randomise(active_head(context), self.seed, self.strength, groups)
        return ""
