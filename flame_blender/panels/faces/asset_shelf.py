from typing import Any

import bpy

from ...head.active import active_head
from ...poses.face_assets import text_of

APPLY, BLEND, KEEP = "flame.apply_face_asset", "flame.blend_face_asset", "flame.keep_face_asset"
# where a double click applies an asset: the Asset Browser's own keymap since 5.0, the file browser's before
KEYMAP = " ".join(("File" if bpy.app.version < (5, 0) else "Asset", "Browser", "Main"))

_keys: list[tuple[Any, Any]] = []


class FLAME_AST_faces(bpy.types.AssetShelf):
    """Faces at the lower edge of a 3D view: a click shows one, a drag blends it in (Blender 5 and newer)."""

    bl_idname = "FLAME_AST_faces"
    bl_space_type = "VIEW_3D"
    bl_activate_operator = "FLAME_OT_apply_face_asset"
    bl_drag_operator = "FLAME_OT_blend_face_asset"
    bl_default_preview_size = 96
    bl_options = {"NO_ASSET_DRAG"} if bpy.app.version < (5, 0) else set()
    filter_action = True

    @classmethod
    def poll(cls, context):
        return context.mode == "OBJECT" and active_head(context) is not None

    @classmethod
    def asset_poll(cls, asset):
        return asset.id_type == "ACTION" and text_of(asset.metadata) is not None

    @classmethod
    def draw_context_menu(cls, _context, _asset, layout):
        draw_asset(layout)
        layout.separator()
        layout.operator("asset.open_containing_blend_file")


def draw_asset(layout: Any) -> None:
    """What can be done with the face of an asset."""
    layout.operator(APPLY)
    mirrored = layout.operator(APPLY, text="Show Face Mirrored")
    mirrored.mirrored = True
    layout.operator_context = "INVOKE_DEFAULT"
    layout.operator(BLEND)
    layout.operator(KEEP)


def draw_menu(menu: Any, context: Any) -> None:
    """First in the Asset Browser's menu of a right click on an asset of ours."""
    asset = getattr(context, "asset", None)
    if asset is not None and text_of(asset.metadata) is not None:
        draw_asset(menu.layout)
        menu.layout.separator()


def register() -> None:
    """The menu's entries, and a double click in the Asset Browser."""
    menus: Any = bpy.types
    menus.ASSETBROWSER_MT_context_menu.prepend(draw_menu)
    manager: Any = bpy.context.window_manager
    config = None if manager is None else manager.keyconfigs.addon
    if config is not None:  # a window's
        keymap = config.keymaps.new(name=KEYMAP, space_type="FILE_BROWSER")
        _keys.append((keymap, keymap.keymap_items.new(APPLY, "LEFTMOUSE", "DOUBLE_CLICK")))


def unregister() -> None:
    """Take them back."""
    while _keys:
        keymap, key = _keys.pop()
        keymap.keymap_items.remove(key)
    menus: Any = bpy.types
    menus.ASSETBROWSER_MT_context_menu.remove(draw_menu)
