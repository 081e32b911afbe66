from typing import Any

import bpy

from ..character.named_controls import quality_of
from ..character.scores import controls_of
from ..flame.value_layout import EYELIDS
from ..head import models, parameters
from ..head.active import require_active_head
from ..head.parameters import has_eyelids
from ..head.properties import flame_of
from .control_rows import draw_regions
from .pages import draw_pages
from .sidebar import HeadPanel, ModelPanel, draw_hint

MARKS = {"good": "INFO", "fair": "INFO", "poor": "ERROR", "unreachable": "CANCEL"}  # icons


class FLAME_PT_expression(HeadPanel, bpy.types.Panel):
    bl_idname = "FLAME_PT_expression"
    bl_label = "Expression"
    bl_order = 1

    def draw(self, context):
        head = flame_of(require_active_head(context))
        if models.evaluator(head.fingerprint) is None:
            self.layout.label(text="Model not installed", icon="ERROR")
            if parameters.scores_of(head).any():
                draw_hint(self.layout, "Scores of named controls are kept, and show when the model is back")
            return
        reset: Any = self.layout.operator("flame.reset_params", text="Neutral Face", icon="LOOP_BACK")
        reset.identity = reset.pose = reset.texture = False
        row = self.layout.row(align=True)
        row.operator("flame.mirror_face", text="Mirror", icon="MOD_MIRROR")
        copied: Any = row.operator("flame.copy_params", text="Copy", icon="COPYDOWN")
        copied.face_only = True
        row.operator("flame.paste_params", text="Paste", icon="PASTEDOWN")
        if has_eyelids(head):
            row = self.layout.row(align=True)
            for name in EYELIDS:
                row.prop(head, name, slider=True)
            self.layout.prop(head, "eyelids_unturned")


class FLAME_PT_controls(ModelPanel, bpy.types.Panel):
    """ARKit's scores, and how well the head's model can do each."""

    bl_idname = "FLAME_PT_controls"
    bl_label = "Named Controls"
    bl_parent_id = "FLAME_PT_expression"

    def draw(self, context):
        head = flame_of(require_active_head(context))
        controls = controls_of(head)
        if controls is None:
            draw_hint(self.layout, "Computed for the model by the first named expression, or at once")
            self.layout.operator("flame.compute_controls", icon="MONKEY")
            return
        if controls.correctives is not None:
            self.layout.prop(head, "flame_only")
        pages = context.window_manager.flame.controls
        if pages.text or pages.set_only:
            draw_pages(self.layout, context, "controls", _draw_quality)
        else:
            draw_regions(self.layout, head, pages, _draw_quality)


def _draw_quality(row, head, name: str) -> None:
    quality = quality_of(head.fingerprint, name)
    if quality is not None:
        tells: Any = row.operator("flame.control_quality", text="", icon=MARKS[quality.reach], emboss=False)
        tells.control = name


class FLAME_PT_coefficients(HeadPanel, bpy.types.Panel):
    """The expression directions of the head's model itself, which named controls are made of."""

    bl_idname = "FLAME_PT_coefficients"
    bl_label = "Own Coefficients"
    bl_parent_id = "FLAME_PT_expression"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context):
        draw_pages(self.layout, context, "expression")
