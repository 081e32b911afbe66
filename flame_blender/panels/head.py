from typing import Any

import bpy
from bl_ui.utils import PresetPanel

from ..bake import cache
from ..character import looks, quads
from ..head import live, models, up_to_date
from ..head.active import active_head, require_active_head
from ..head.mouth import mouth_object
from ..head.properties import coefficients, flame_of
from ..languages import translated
from ..languages.labels import wrapped
from ..looks.looks_file import SUFFIX
from ..skin import kept_looks
from .sidebar import HeadPanel, Sidebar, draw_alert, draw_new_heads

LICENCES = {
    "FLAME 2023 Open": "Licence: CC BY 4.0",
    "built-in": "Licence: GPL-3.0-or-later",
}
FLAME_LICENCE = "Licence: see flame.is.tue.mpg.de"
CITATIONS = (
    "Cite: Li et al. 2017 (FLAME)",
    "Cite: Sanyal et al. 2019 (RingNet)",
)


SKIN = ("skin_tone", "skin_undertone", "skin_age", "wrinkles", "freckles", "stubble", "painted_brows")


class FLAME_PT_head(Sidebar, bpy.types.Panel):
    bl_idname = "FLAME_PT_head"
    bl_label = "Head"
    bl_order = 0

    def draw(self, context):
        layout = self.layout
        head = active_head(context)
        layout.operator("flame.add_head", text="Add Head", icon="ADD")
        if head is None:
            layout.label(text="Select a head to see its parameters", icon="INFO")
            return
        row = layout.row()
        row.label(text=head.name, icon="OUTLINER_OB_MESH", translate=False)
        pinned = context.scene.flame_pinned_head == head
        row.operator("flame.pin_head", text="", icon="PINNED" if pinned else "UNPINNED", emboss=False)
        _draw_model(layout, flame_of(head))
        _draw_trouble(layout, context, head)
        _draw_quads(layout, head)
        row = layout.row(align=True)
        row.operator("flame.randomise_params", icon="SHADERFX")
        row.operator("flame.reset_params", icon="LOOP_BACK")
        row = layout.row(align=True)
        row.operator("flame.copy_params", text="Copy", icon="COPYDOWN")
        row.operator("flame.paste_params", text="Paste", icon="PASTEDOWN")
        row = layout.row(align=True)
        row.operator("flame.keep_sculpt", text="Keep Sculpt", icon="SCULPTMODE_HLT")
        row.operator("flame.clear_offsets", icon="X")
        _draw_mouth(layout, head)


def _draw_model(layout, head) -> None:
    entry = models.find(head.fingerprint)
    box = layout.box().column(align=True)
    box.label(text=head.model_name, icon="USER", translate=False)
    if entry is None:
        return
    box.label(text=translated(f"Release: {entry.release}"))
    box.label(text=translated(f"{entry.n_vertices} vertices"))
    counts = len(head.shape), len(coefficients(head, "expression"))
    box.label(text=translated(f"{counts[0]} identity, {counts[1]} expression"))
    box.label(text=LICENCES.get(entry.release, FLAME_LICENCE))
    if entry.release != "built-in":
        for citation in CITATIONS:
            box.label(text=citation)
    layout.prop(head, "live")
    if len(models.entries()) > 1:
        layout.operator("flame.convert_head", icon="FILE_REFRESH")


def _draw_mouth(layout, head) -> None:
    evaluator = models.evaluator(head.flame.fingerprint)
    if evaluator is None or evaluator.model.release == "built-in":
        return
    if mouth_object.object_of(head) is None:
        layout.operator("flame.add_mouth", icon="ADD")
        return
    row = layout.row(align=True)
    row.prop(head.flame, "show_mouth")
    row.operator("flame.remove_mouth", text="", icon="X")
    trouble = mouth_object.trouble(head)
    if trouble is not None:
        draw_alert(layout, trouble).operator("flame.add_mouth", icon="FILE_REFRESH")


def _draw_trouble(layout, context, head) -> None:
    trouble = live.trouble(head) if cache.cache_of(head) is None else cache.trouble(head)
    if trouble is not None:
        box = draw_alert(layout, trouble)
        if models.evaluator(head.flame.fingerprint) is None:
            box.operator("flame.locate_model", icon="FILE_FOLDER")
            if models.is_earlier_built_in(head.flame.fingerprint, head.flame.model_name):
                box.operator(
                    "flame.convert_head", text="Convert to Built-in Head", icon="FILE_REFRESH"
                ).model = models.BUILT_IN
    if looks.is_missing(head.flame.fingerprint):
        layout.operator("flame.compute_looks", icon="MATERIAL")
    lacking = up_to_date.lacking(head)
    if lacking:
        text = translated(f"Update Heads: {', '.join(lacking)}")
        layout.operator("flame.update_heads", text=text, icon="FILE_REFRESH")
    if not context.scene.render.use_lock_interface:
        box = layout.box().column(align=True)
        box.label(text="Rendering in a window may crash", icon="ERROR")
        box.operator("flame.lock_interface")


def _draw_quads(layout, head) -> None:
    evaluator = models.evaluator(head.flame.fingerprint)
    if evaluator is not None and quads.can_have_quads(evaluator.model):
        there = quads.has_quads(head)
        layout.operator("flame.show_quads", text="Triangles" if there else "Quads", icon="MESH_GRID").join = not there


class FLAME_PT_looks_presets(PresetPanel, bpy.types.Panel):
    bl_idname = "FLAME_PT_looks_presets"
    bl_label = "Looks"
    preset_subdir = kept_looks.SUBFOLDER
    preset_extensions = frozenset({SUFFIX})
    preset_operator = "flame.apply_looks"
    preset_add_operator = "flame.keep_looks"


class FLAME_PT_looks(HeadPanel, bpy.types.Panel):
    bl_idname = "FLAME_PT_looks"
    bl_label = "Skin and Eyes"
    bl_parent_id = "FLAME_PT_head"
    bl_options = {"DEFAULT_CLOSED"}

    def draw_header_preset(self, _context):
        FLAME_PT_looks_presets.draw_panel_header(self.layout)

    def draw(self, context):
        head = flame_of(require_active_head(context))
        layout = self.layout
        layout.use_property_split = True
        column = layout.column(align=True)
        for name in SKIN:
            column.prop(head, name, slider=name != "skin_age")
        column = layout.column(align=True)
        column.operator_menu_enum("flame.set_eyes", "pigment", text="Eyes", icon="HIDE_OFF")
        column.prop(head, "iris_colour")
        column.prop(head, "iris_centre_amount", slider=True)
        column.prop(head, "iris_centre")


class FLAME_PT_models(Sidebar, bpy.types.Panel):
    bl_idname = "FLAME_PT_models"
    bl_label = "Models"
    bl_parent_id = "FLAME_PT_head"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, _context):
        layout = self.layout
        layout.operator("flame.install_files", icon="IMPORT")
        draw_new_heads(layout)
        column = layout.column(align=True)
        for entry in models.entries():
            row = column.row()
            row.label(text=f"{entry.name} ({entry.release})", icon="CHECKMARK")
            if entry.name != models.BUILT_IN:
                remove: Any = row.operator("flame.remove_model", text="", icon="TRASH", emboss=False)
                remove.model = entry.name
        for texture in models.textures():
            row = column.row()
            row.label(text=f"{texture.name} ({texture.kind})", icon="CHECKMARK")
            remove = row.operator("flame.remove_texture", text="", icon="TRASH", emboss=False)
            remove.texture = texture.name
        for sentence in models.damaged():
            for line in wrapped(sentence):
                column.label(text=line, icon="ERROR")
        if len(models.entries()) == 1:
            _draw_absent(column, "FLAME model", "generic_model.pkl")
        for what, file, is_there in models.inventory():
            if is_there:
                column.label(text=what, icon="CHECKMARK")
            else:
                _draw_absent(column, what, file)


def _draw_absent(column, what: str, file: str) -> None:
    column.label(text=translated(f"Not installed: {what}"), icon="REMOVE")
    column.label(text=file, icon="BLANK1")
