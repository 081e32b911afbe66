from typing import Any

import bpy

from ...poses import asset_library, keeping
from ..sidebar import HeadPanel, draw_alert, draw_hint
from . import gallery, thumbnails

PICTURE, IN_GALLERY = 7.0, 6.0  # in heights of a button


class FLAME_PT_faces(HeadPanel, bpy.types.Panel):
    """Presets and saved faces by their pictures; hidden where the head's model is not installed."""

    bl_idname = "FLAME_PT_faces"
    bl_label = "Faces"
    bl_parent_id = "FLAME_PT_expression"

    @classmethod
    def poll(cls, context):
        return bool(gallery.presets_of(context, gallery.GROUPS[gallery.EXPRESSIONS]))

    def draw(self, context):
        shown = context.window_manager.flame_gallery
        self.layout.row().prop(shown, "page", expand=True)
        faces = gallery.pictured(context, shown.page)
        if faces:
            self.layout.template_icon_view(shown, shown.page, show_labels=True, scale=PICTURE, scale_popup=IN_GALLERY)
            _draw_blending(self.layout, shown)
        elif shown.page == gallery.MINE:
            draw_hint(self.layout, "No face is saved yet: show one, and save it")
        row = self.layout.row(align=True)
        row.operator("flame.save_face", icon="FILE_TICK")
        row.menu("FLAME_MT_faces", text="", icon="DOWNARROW_HLT")
        if shown.page == gallery.MINE:
            _draw_saved(self.layout)
        else:
            _draw_by_name(self.layout, faces)


class FLAME_MT_faces(bpy.types.Menu):
    """Saved faces as files and as assets."""

    bl_idname = "FLAME_MT_faces"
    bl_label = "Files and Assets"

    def draw(self, _context):
        layout: Any = self.layout
        layout.operator("flame.bring_faces", icon="IMPORT")
        layout.operator("flame.write_face_assets", icon="ASSET_MANAGER")
        shown = asset_library.is_shown()
        layout.operator("flame.hide_face_library" if shown else "flame.show_face_library", icon="PREFERENCES")


def _draw_blending(layout: Any, shown: Any) -> None:
    """Blend the face of the large picture, by dragging; how faces are shown that are clicked on."""
    row = layout.row(align=True)
    blend: Any = row.operator("flame.blend_face", text="Blend by Dragging", icon="ARROW_LEFTRIGHT")
    blend.face, blend.add, blend.mirrored = getattr(shown, shown.page), shown.add, shown.mirrored
    row = layout.row(align=True)
    row.prop(shown, "add", toggle=True)
    row.prop(shown, "mirrored", toggle=True)


def _draw_saved(layout: Any) -> None:
    column = layout.column(align=True)
    for each in keeping.saved():
        row = column.row(align=True)
        shows = row.operator(
            "flame.blend_face", text=each.face.name, icon_value=thumbnails.icon_of(each.picture), translate=False
        )
        _at_once(shows, each.face.name)
        for name, icon in (("flame.rename_face", "GREASEPENCIL"), ("flame.delete_face", "TRASH")):
            row.operator(name, text="", icon=icon).face = each.face.name
    for sentence in keeping.damaged():
        draw_alert(layout, sentence)


def _draw_by_name(layout: Any, faces: list[tuple[str, int]]) -> None:
    header, body = layout.panel("FLAME_faces_by_name", default_closed=True)
    header.label(text="By Name")
    if body is None:
        return
    grid = body.grid_flow(row_major=True, columns=2, even_columns=True, align=True)
    for name, icon in faces:
        _at_once(grid.operator("flame.blend_face", text=name, icon_value=icon), name)


def _at_once(button: Any, name: str) -> None:
    button.face, button.dragged = name, False
