import bpy

from ..head.active import active_head
from ..head.controls import controls_of
from ..head.properties import head_of
from . import thumbnails
from .sidebar import HeadPanel

PICTURE = 4.0  # in heights of a button


class PresetPanel(HeadPanel):
    """Buttons of one group of presets, hidden for models that have none."""

    bl_parent_id = "FLAME_PT_expression"
    bl_options = {"DEFAULT_CLOSED"}
    group: str

    @classmethod
    def poll(cls, context):
        head = head_of(active_head(context))
        controls = None if head is None else controls_of(head)
        return controls is not None and any(preset.group == cls.group for preset in controls.presets)

    def draw(self, context):
        grid = self.layout.grid_flow(row_major=True, even_columns=True, even_rows=True, align=True)
        for preset in controls_of(head_of(active_head(context))).presets:
            if preset.group == self.group:
                cell = grid.column(align=True)
                picture = thumbnails.icon(preset.name)
                if picture:
                    cell.template_icon(picture, scale=PICTURE)
                cell.operator("flame.apply_preset", text=preset.name).preset = preset.name


class FLAME_PT_expressions(PresetPanel, bpy.types.Panel):
    bl_idname = "FLAME_PT_expressions"
    bl_label = "Named Expressions"
    group = "Expressions"


class FLAME_PT_visemes(PresetPanel, bpy.types.Panel):
    bl_idname = "FLAME_PT_visemes"
    bl_label = "Visemes"
    group = "Visemes"
