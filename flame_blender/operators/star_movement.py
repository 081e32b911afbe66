from typing import Annotated

import bpy
from bpy.props import BoolProperty, StringProperty

from ..head.active import favourites, own_preferences


class FLAME_OT_star_movement(bpy.types.Operator):
    """Put this movement among the favourites on top, or take it away; kept in the preferences, for all heads"""

    bl_idname = "flame.star_movement"
    bl_label = "Favourite"
    bl_options = {"INTERNAL"}

    movement: Annotated[
        str, StringProperty(name="Movement", description="Its name, without a side", options={"SKIP_SAVE"})
    ]
    starred: Annotated[
        bool, BoolProperty(name="Favourite", description="It is one", options={"SKIP_SAVE"}, default=True)
    ]

    def execute(self, context):
        names = [name for name in favourites() if name != self.movement]
        own_preferences().favourites = " ".join([*names, self.movement] if self.starred and self.movement else names)
        context.preferences.is_dirty = True  # so that Blender saves them, where it saves preferences by itself
        return {"FINISHED"}
