from typing import Any

import bpy

from ..head import models
from ..head.active import require_active_head
from ..head.properties import flame_of
from ..languages import translated
from ..skin import following
from ..skin.installed import NONE_INSTALLED
from .pages import draw_pages
from .sidebar import HeadPanel, draw_alert, draw_hint


class FLAME_PT_skin(HeadPanel, bpy.types.Panel):
    """The skin of a texture model: which, and its coefficients."""

    bl_idname = "FLAME_PT_skin"
    bl_label = "Skin"
    bl_options = {"DEFAULT_CLOSED"}
    bl_order = 3
    resets = ("texture",)

    def draw(self, context):
        layout, obj = self.layout, require_active_head(context)
        head = flame_of(obj)
        if not models.textures() and not head.texture_model:
            draw_hint(layout, NONE_INSTALLED)
            layout.operator("flame.install_files", icon="IMPORT")
            return
        text = head.texture_name or translated("Choose Texture Model")
        layout.operator_menu_enum("flame.set_texture", "texture", text=text, icon="TEXTURE")
        if not head.texture_model:
            return
        trouble = following.trouble(obj)
        if trouble is not None:
            draw_alert(layout, trouble)
        row = layout.row(align=True)
        random: Any = row.operator("flame.randomise_params", icon="SHADERFX")
        random.identity = random.expression = random.hair = False
        random.texture = True
        reset: Any = row.operator("flame.reset_params", icon="LOOP_BACK")
        reset.identity = reset.expression = reset.pose = False
        draw_pages(layout, context, "texture")
        row = layout.row(align=True)
        row.operator("flame.fit_texture", icon="IMAGE_DATA")
        row.operator("flame.export_texture", text="Export", icon="EXPORT")
