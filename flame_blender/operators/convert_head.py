from typing import Annotated, Any

import bpy
from bpy.props import BoolProperty, EnumProperty, IntProperty

from .. import api
from ..head.active import active_head, require_active_head, select_only
from ..languages import translated
from ..plain_text import one_line
from .on_head import OnHead
from .options import options_of
from .progress import InSteps

KEYS = (
    ("EVERY_FRAME", "Every Frame", "A key in each frame from the first to the last"),
    ("SOURCE_KEYS", "Source's Keys", "Keys where this head has some, with straight lines between"),
)
LEFT_OVER = (
    ("TOLD", "Tell", "What the other model cannot show is told in millimetres"),
    ("OFFSETS", "Offsets", "What it cannot show becomes offsets: of a still head all of it, of an animation its mean"),
)
SOURCE = (
    ("HIDE", "Hide", "This head is hidden"),
    ("KEEP", "Keep", "This head stays as it is"),
    ("REPLACE", "Replace", "The converted head takes this one's place, name and all that refers to it"),
)
_shown: list[tuple[str, str, str]] = []


def _models(_self, context) -> list[tuple[str, str, str]]:
    """Enum items, without the active head's own model; Blender needs them to be kept alive here."""
    head: Any = None if context is None else active_head(context)
    own = "" if head is None else head.flame.fingerprint
    _shown[:] = [
        (entry.name, entry.name, translated(f"{entry.release}: {entry.n_identity} + {entry.n_expression} coefficients"))
        for entry in api.installed_models()
        if entry.fingerprint != own
    ]
    return _shown


class FLAME_OT_convert_head(InSteps, OnHead, bpy.types.Operator):
    """Refit this head, its animation included, to another installed model: same person, same expressions, same pose"""

    bl_idname = "flame.convert_head"
    bl_label = "Convert to Another Model"

    model: Annotated[str, EnumProperty(name="Model", description="The model of the converted head", items=_models)]
    key_range: Annotated[
        bool, BoolProperty(name="All Keys", description="Convert from the head's first key to its last", default=True)
    ]
    frame_start: Annotated[int, IntProperty(name="Start", description="First frame to convert", default=1)]
    frame_end: Annotated[int, IntProperty(name="End", description="Last frame to convert", default=250)]
    keyed: Annotated[
        str,
        EnumProperty(name="Keys", description="Where the converted head is keyed", items=KEYS, default="EVERY_FRAME"),
    ]
    left_over: Annotated[
        str,
        EnumProperty(
            name="Left Over",
            description="What becomes of what the other model cannot show",
            items=LEFT_OVER,
            default="TOLD",
        ),
    ]
    within_range: Annotated[
        bool,
        BoolProperty(
            name="Within Range",
            description="Movements of the built-in head stay between 0 and 1",
            default=True,
        ),
    ]
    source: Annotated[
        str, EnumProperty(name="This Head", description="What becomes of this head", items=SOURCE, default="HIDE")
    ]

    @classmethod
    def poll(cls, context):
        head = active_head(context)  # one of an earlier built-in head is converted without its model
        return (head is not None and api.is_of_earlier_head(head)) or super().poll(context)

    @classmethod
    def why_not(cls, _context):
        return "Install another model first" if len(api.installed_models()) < 2 else None

    def invoke(self, context, _event):
        self.frame_start, self.frame_end = context.scene.frame_start, context.scene.frame_end
        return context.window_manager.invoke_props_dialog(self)

    def asked(self, _context) -> "api.ConvertOptions":
        frames = None if self.key_range else (self.frame_start, self.frame_end)
        return options_of(self, api.ConvertOptions, frames=frames, keys=self.keyed, from_model=None)

    def steps(self, context):
        return api.converting(require_active_head(context), self.model, self.asked(context))

    def told(self, _context, converted: "api.Converted") -> str:
        if converted.head is not None:
            select_only([converted.head])
        for warning in converted.warnings:
            self.report({"WARNING"}, translated(one_line(warning)))
        return converted.summary()[0]

    def draw(self, _context):
        layout = self.layout
        layout.use_property_split = True
        layout.prop(self, "model")
        layout.prop(self, "key_range")
        column = layout.column(align=True)
        column.active = not self.key_range
        column.prop(self, "frame_start")
        column.prop(self, "frame_end")
        for name in ("keyed", "left_over", "within_range", "source"):
            layout.prop(self, name)
