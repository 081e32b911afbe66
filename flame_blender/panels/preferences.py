"""What the user prefers: a key for the pie menu, and which movements stand on top."""

from typing import Annotated, Any

import bpy
import rna_keymap_ui

from . import pie
from .pages import favourites_property


class FLAME_AP_preferences(bpy.types.AddonPreferences):  # noqa: N801
    bl_idname = __package__.rpartition(".")[0]

    favourites: Annotated[str, favourites_property()]

    def draw(self, context):
        layout: Any = self.layout
        layout.label(text="Pie menu of the active head: press the field and then a key, and tick the box")
        configuration = context.window_manager.keyconfigs.user
        keymap, item = pie.item_of(configuration)
        if keymap is not None:
            layout.context_pointer_set("keymap", keymap)
            rna_keymap_ui.draw_kmi([], configuration, keymap, item, layout, 0)
        layout.prop(self, "favourites")
