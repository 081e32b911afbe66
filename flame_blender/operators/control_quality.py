from typing import Annotated

import bpy
from bpy.props import StringProperty

from .. import api
from ..head.active import active_head, require_active_head
from ..languages import translated
from .on_head import OnHead


class FLAME_OT_control_quality(OnHead, bpy.types.Operator):
    """Tell how well the head's model can do a named control"""

    bl_idname = "flame.control_quality"
    bl_label = "How Well"
    bl_options = {"INTERNAL"}

    control: Annotated[
        str, StringProperty(name="Control", description="Which of the named controls", options={"SKIP_SAVE"})
    ]

    @classmethod
    def description(cls, context, properties):
        head = active_head(context)
        return "" if head is None else _told(head, properties.control)

    def work(self, context) -> str:
        return _told(require_active_head(context), self.control)


def _told(head, control: str) -> str:
    """How well the head's model can do a control, in a sentence for each number; "" where nobody knows."""
    quality = api.control_qualities(head.flame.fingerprint).get(control)
    if quality is None:
        return ""
    if quality.reach == "unreachable":
        return translated(f"{control}: unreachable. Nothing of the model can move so")
    reach, explained = translated(quality.reach), round(100 * quality.explained)
    found = f"{quality.mean_residual:.1f}", f"{quality.largest_residual:.1f}", f"{quality.largest_coefficient:.1f}"
    mean, largest, coefficient = found
    wrong_side, lips = round(100 * quality.wrong_side), f"{quality.lips_cross:.1f}"
    return translated(
        f"{control}: {reach}. By the model's own directions {explained} % of the movement, {mean} mm left in the mean "
        f"and {largest} at most, {wrong_side} % on the wrong side, coefficients of up to {coefficient}. "
        f"What is left is added, unless FLAME Only is on. Lips pass each other by {lips} mm at most"
    )
