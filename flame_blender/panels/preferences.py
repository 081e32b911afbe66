"""What the user prefers: a key for the pie menu, and which movements stand on top."""

from typing import Annotated, Any

import bpy

from . import pie
from .pages import favourites_property


class FLAME_AP_preferences(bpy.types.AddonPreferences):  # noqa: N801
    bl_idname = __package__.rpartition(".")[0]

    favourites: Annotated[str, favourites_property()]

    def draw(self, context):
        layout: Any = self.layout
        layout.label(text="Pie menu of the active head: press the field and then a key, and tick the box")
        _, item = pie.item_of(context.window_manager.keyconfigs.user)
        if item is not None:
            row = layout.row()
            row.prop(item, "active", text="")
            row.prop(item, "type", text="", full_event=True)
        layout.prop(self, "favourites")
