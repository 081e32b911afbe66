from typing import Any

import bpy

from ..sample_renders.previews import previewed
from ..sample_renders.surroundings import is_blenders, picture_of
from .sidebar import Sidebar, draw_hint


class FLAME_PT_data_sets(Sidebar, bpy.types.Panel):
    """A recipe of the open scene, and samples of it to look at."""

    bl_idname = "FLAME_PT_data_sets"
    bl_label = "Data Sets"
    bl_options = {"DEFAULT_CLOSED"}
    bl_order = 9

    def draw(self, context):
        layout, window = self.layout, context.window_manager.flame
        shown = previewed(context.scene)
        if not shown:
            layout.operator("flame.write_recipe", icon="FILE_NEW")
            picture = picture_of(context.scene.world)
            if picture and not is_blenders(picture):
                draw_hint(layout, "The world's own picture is not taken: name its folder in the recipe, light.folder")
        layout.prop(window, "recipe")
        row = layout.row(align=True)
        row.prop(window, "sample")
        preview: Any = row.operator("flame.preview_sample", icon="HIDE_OFF")
        preview.recipe, preview.sample = window.recipe, window.sample
        if shown:
            layout.operator("flame.remove_preview", icon="X")
        else:
            draw_hint(layout, "Render the recipe by the command line: blender --command flame render")
