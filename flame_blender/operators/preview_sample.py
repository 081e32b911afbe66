from typing import Annotated

import bpy
from bpy.props import IntProperty, StringProperty

from .. import api
from .on_head import run


class FLAME_OT_preview_sample(bpy.types.Operator):
    """Show a sample of the recipe as its camera sees it, in a scene of its own; without a recipe, one of this scene"""

    bl_idname = "flame.preview_sample"
    bl_label = "Preview Sample"
    bl_options = {"REGISTER", "UNDO"}

    recipe: Annotated[
        str,
        StringProperty(name="Recipe", description="A recipe; none is one of this scene", subtype="FILE_PATH"),
    ]
    sample: Annotated[int, IntProperty(name="Sample", description="Which sample", default=0, min=0)]

    def execute(self, context):
        return run(self, self.work, context)

    def work(self, context) -> str:
        path = bpy.path.abspath(self.recipe) if self.recipe else None
        api.preview_sample(path, self.sample)
        look_through(context, "CAMERA")
        return ""


class FLAME_OT_remove_preview(bpy.types.Operator):
    """Remove the preview with all that came with it, and go back to the scene before"""

    bl_idname = "flame.remove_preview"
    bl_label = "Remove Preview"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context):
        return run(self, self.work, context)

    def work(self, context) -> str:
        api.remove_preview()
        look_through(context, "PERSP")
        return ""


def look_through(context, perspective: str) -> None:
    """Let the view that the button is in show what the camera sees, or no longer."""
    view = getattr(context.space_data, "region_3d", None)
    if view is not None:
        view.view_perspective = perspective
