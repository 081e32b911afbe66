from typing import Annotated

import bpy
from bpy.props import IntProperty, StringProperty


class FLAME_OT_turn_page(bpy.types.Operator):
    """Show the previous or the next page of coefficients"""

    bl_idname = "flame.turn_page"
    bl_label = "Turn Page"
    bl_options = {"INTERNAL"}

    pages: Annotated[str, StringProperty(description="Which list of coefficients", options={"SKIP_SAVE"})]
    step: Annotated[int, IntProperty(description="-1 back, 1 on", default=1, options={"SKIP_SAVE"})]

    def execute(self, context):
        pages = getattr(context.window_manager.flame, self.pages)
        pages.page = max(0, pages.page + self.step)
        return {"FINISHED"}
