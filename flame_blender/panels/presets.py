from typing import Annotated, Any

import bpy
from bpy.props import EnumProperty, PointerProperty

from ..character.scores import described
from ..head import models
from ..head.active import active_head
from ..head.properties import flame_of
from ..languages import translated
from . import thumbnails
from .sidebar import HeadPanel

PICTURE, IN_GALLERY = 6.0, 4.0  # in heights of a button
GROUPS = {"expressions": "Expressions", "visemes": "Visemes"}  # property of the gallery: group of presets

_shown: dict[str, list[Any]] = {}


def presets_of(context: bpy.types.Context, group: str) -> list[str]:
    """Names of the active head's presets of a group, computed or not; none without a head, or without its model."""
    head = active_head(context)
    if head is None or models.missing(flame_of(head).fingerprint, flame_of(head).model_name) is not None:
        return []
    return [preset.name for preset in described(flame_of(head)).presets if preset.group == group]


def _gallery(key: str):
    """Pictures to click on: choosing one shows its face."""

    def items(_gallery: Any, context: Any) -> list[Any]:
        # Blender needs them to be kept alive here
        _shown[key] = [
            (name, name, translated(f"Show {name}"), thumbnails.icon(name), number)
            for number, name in enumerate(presets_of(context, GROUPS[key]))
        ]
        return _shown[key]

    def show(gallery, _context) -> None:
        # True: a step of undo, with its own redo panel
        operators: Any = bpy.ops
        operators.flame.apply_preset("EXEC_DEFAULT", True, preset=getattr(gallery, key))

    return EnumProperty(
        name="Gallery",
        description="Click for all pictures, and then on one to show its face",
        items=items,
        update=show,
        options={"SKIP_SAVE"},
    )


class FLAME_PG_gallery(bpy.types.PropertyGroup):
    """What was chosen last by its picture: the window's own business."""

    expressions: Annotated[str, _gallery("expressions")]
    visemes: Annotated[str, _gallery("visemes")]


def register() -> None:
    """Attach the window manager's group; the class is registered before."""
    managers: Any = bpy.types.WindowManager
    managers.flame_gallery = PointerProperty(type=FLAME_PG_gallery)


def unregister() -> None:
    """Take it away."""
    managers: Any = bpy.types.WindowManager
    del managers.flame_gallery


class PresetPanel(HeadPanel):
    """One group of presets, by picture and by name; hidden where the head's model is not installed."""

    bl_parent_id = "FLAME_PT_expression"
    bl_options: Any = {"DEFAULT_CLOSED"}
    key: str

    @classmethod
    def poll(cls, context):
        return bool(presets_of(context, GROUPS[cls.key]))

    def draw(self, context):
        gallery = context.window_manager.flame_gallery
        self.layout.template_icon_view(gallery, self.key, show_labels=True, scale=PICTURE, scale_popup=IN_GALLERY)
        grid = self.layout.grid_flow(row_major=True, columns=2, even_columns=True, align=True)
        for name in presets_of(context, GROUPS[self.key]):
            button: Any = grid.operator("flame.apply_preset", text=name, icon_value=thumbnails.icon(name))
            button.preset = name


class FLAME_PT_expressions(PresetPanel, bpy.types.Panel):
    bl_idname = "FLAME_PT_expressions"
    bl_label = "Named Expressions"
    bl_options: Any = set()  # open: what a head can do is seen at once
    key = "expressions"


class FLAME_PT_visemes(PresetPanel, bpy.types.Panel):
    bl_idname = "FLAME_PT_visemes"
    bl_label = "Visemes"
    key = "visemes"
