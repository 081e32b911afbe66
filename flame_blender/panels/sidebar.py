"""What every panel of the tab shares."""

from typing import TYPE_CHECKING, Any

from ..head import models
from ..head.active import active_head
from ..head.properties import flame_of
from ..languages import CONTEXT, translated
from ..languages.labels import wrapped

if TYPE_CHECKING:
    import bpy

RESETS = ("identity", "expression", "pose", "texture")


class Sidebar:
    """A panel of the FLAME tab."""

    bl_space_type: Any = "VIEW_3D"
    bl_region_type: Any = "UI"
    bl_category = "FLAME"
    bl_translation_context = CONTEXT
    if TYPE_CHECKING:
        layout: bpy.types.UILayout  # which a panel has while it draws


class HeadPanel(Sidebar):
    """A panel that shows the active head: see :mod:`..head.active`.

    ``resets`` are what a button in its header sets back to zero, of what :class:`FLAME_OT_reset_params` can.
    """

    resets: tuple[str, ...] = ()

    def draw_header_preset(self, _context):
        if self.resets:
            reset: Any = self.layout.operator("flame.reset_params", text="", icon="LOOP_BACK", emboss=False)
            for name in RESETS:
                setattr(reset, name, name in self.resets)

    @classmethod
    def poll(cls, context):
        return active_head(context) is not None


class ModelPanel(HeadPanel):
    """A panel of what only a head whose model is installed has."""

    @classmethod
    def poll(cls, context):
        head = active_head(context)
        return head is not None and models.evaluator(flame_of(head).fingerprint) is not None


def draw_new_heads(layout) -> None:
    """The model that a new head will be of, and a menu to choose another."""
    text = translated(f"New heads: {models.for_new_heads().name}")
    layout.operator_menu_enum("flame.choose_model", "model", text=text, icon="USER")


def draw_hint(layout, sentence: str) -> None:
    """A sentence, broken into lines."""
    column = layout.column(align=True)
    for number, line in enumerate(wrapped(sentence)):
        column.label(text=line, icon="INFO" if number == 0 else "BLANK1")


def draw_alert(layout, sentence: str):
    """A box in alert colours with the sentence, broken into lines; the box, to put a button into."""
    box = layout.box().column(align=True)
    box.alert = True
    for number, line in enumerate(wrapped(sentence)):
        box.label(text=line, icon="ERROR" if number == 0 else "BLANK1")
    return box
