import bpy

from ...avatars import seen, splat_cloud
from ...head.active import require_active_head
from ..sidebar import ModelPanel, draw_hint


class FLAME_PT_avatar(ModelPanel, bpy.types.Panel):
    bl_idname = "FLAME_PT_avatar"
    bl_label = "Gaussian Avatar"
    bl_parent_id = "FLAME_PT_head"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context):
        layout, reason = self.layout, splat_cloud.why_not()
        if reason is not None:
            draw_hint(layout, reason)
            return
        head = require_active_head(context)
        avatars = seen.avatars_of(head)
        if avatars:
            layout.row(align=True).prop(seen.settings_of(head), "shown", expand=True)
            for avatar in avatars:
                count = splat_cloud.count_of(avatar)
                row = layout.row()
                row.label(text=f"{avatar.name}: {count:,}", icon="POINTCLOUD_DATA", translate=False)
                if splat_cloud.degree_of_cloud(avatar.data):
                    row.prop(seen.settings_of(avatar), "turned", text="", icon="ORIENTATION_NORMAL")
        row = layout.row(align=True)
        row.operator("flame.add_avatar", icon="IMPORT")
        if avatars:
            row.operator("flame.remove_avatar", text="", icon="X")
        column = layout.column(align=True)
        column.operator("flame.bind_avatar", icon="LINKED")
        column.operator("flame.make_avatar", icon="POINTCLOUD_POINT")
        if avatars:
            column.operator("flame.export_avatar", icon="EXPORT")
        column = layout.column(align=True)
        if avatars:
            row = column.row(align=True)
            row.operator("flame.crop_avatar", text="Crop", icon="SELECT_SUBTRACT")
            row.operator("flame.grade_avatar", text="Grade", icon="COLOR")
        row = column.row(align=True)
        row.operator("flame.merge_avatars", text="Merge", icon="SELECT_EXTEND")
        row.operator("flame.copy_avatar", icon="DUPLICATE")
