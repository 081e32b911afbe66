"""A pie menu of what an animator does with a face, on a key that the user chooses: none at first."""

from typing import Any

import bpy

from ..head.active import active_head, favourites, require_active_head
from ..head.properties import coefficients, flame_of, names_of_controls
from ..languages import CONTEXT, translated
from .control_rows import regions_of

MENU, CALL = "FLAME_MT_face_pie", "wm.call_menu_pie"
KEYMAP = "3D View"
SLIDERS = 8  # favourites that find room
FACES = ("Smile", "Surprise", "Sadness", "Anger")


class FLAME_MT_face_pie(bpy.types.Menu):
    bl_idname = MENU
    bl_label = "FLAME Face"
    bl_translation_context = CONTEXT

    @classmethod
    def poll(cls, context):
        return active_head(context) is not None

    def draw(self, context):
        layout: Any = self.layout
        pie = layout.menu_pie()
        pie.operator("flame.copy_params", text="Copy", icon="COPYDOWN").face_only = True  # left
        pie.operator("flame.paste_params", text="Paste", icon="PASTEDOWN")  # right
        reset: Any = pie.operator("flame.reset_params", text="Neutral Face", icon="LOOP_BACK")  # below
        reset.identity = reset.pose = reset.texture = False
        faces = pie.row(align=True)  # above
        for name in FACES:
            faces.operator("flame.apply_preset", text=name).preset = name
        pie.operator("flame.mirror_face", text="Mirror", icon="MOD_MIRROR")
        key: Any = pie.operator("flame.keyframe_params", text="Key Face", icon="KEY_HLT")
        key.identity = key.rotations = key.translation = key.texture = False
        pie.operator("flame.add_blinks", icon="HIDE_ON")
        _draw_sliders(pie.column(align=True), context)


def _draw_sliders(column, context) -> None:
    """The favourites of the head: left and right in a row."""
    head = flame_of(require_active_head(context))
    items, stars = coefficients(head, "controls"), favourites()[:SLIDERS]
    rows = {each.name: each for group in regions_of(names_of_controls(head)).values() for each in group}
    found = [rows[name] for name in stars if name in rows]
    column.ui_units_x = 14
    for movement in found:
        row = column.row(align=True)
        row.label(text=movement.name, translate=False)
        for place in movement.places:
            row.prop(items[place], "value", text="", slider=True)
    if not found:
        column.label(text=translated("Favourites: click a star"), icon="SOLO_OFF")


_added: list[tuple[bpy.types.KeyMap, bpy.types.KeyMapItem]] = []


def register() -> None:
    """Offer the menu to Blender's key maps, on no key and turned off."""
    manager: Any = bpy.context.window_manager
    configuration = manager.keyconfigs.addon
    if configuration is None:  # without a window
        return
    keymap = configuration.keymaps.new(name=KEYMAP, space_type="VIEW_3D")
    item = keymap.keymap_items.new(CALL, type="NONE", value="PRESS")
    item.properties.name = MENU
    item.active = False
    _added.append((keymap, item))


def unregister() -> None:
    """Take it back."""
    while _added:
        keymap, item = _added.pop()
        keymap.keymap_items.remove(item)


def item_of(configuration: bpy.types.KeyConfig) -> tuple[Any, Any]:
    """The key map and the item that call the menu; nothing where there is none."""
    for keymap in configuration.keymaps:
        for item in keymap.keymap_items:
            if item.idname == CALL and item.properties is not None and item.properties.name == MENU:
                return keymap, item
    return None, None
