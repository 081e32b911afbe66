from pathlib import Path

import bpy

from ..bake import cache
from ..character import under_way
from ..head import deformation
from ..head.active import require_active_head
from ..head.templates import template_sequence
from ..languages import CONTEXT, translated
from ..life import layer
from .sidebar import HeadPanel, draw_alert, draw_hint


class FLAME_PT_animation(HeadPanel, bpy.types.Panel):
    bl_idname = "FLAME_PT_animation"
    bl_label = "Animation"
    bl_options = {"DEFAULT_CLOSED"}
    bl_order = 6

    def draw(self, context):
        layout, head = self.layout, require_active_head(context)
        layout.operator("flame.keyframe_params", icon="KEY_HLT")
        playing = cache.cache_of(head)
        if playing is not None:
            box = layout.box().column(align=True)
            box.label(text=translated(f"Plays {Path(playing.filepath.removeprefix('//')).name}"), icon="FILE_CACHE")
            box.operator("flame.free_cache", icon="X")
        _draw_template(layout, head)
        row = layout.row(align=True)
        row.operator("flame.bake_cache", icon="FILE_CACHE")
        row.operator("flame.make_rig", icon="ARMATURE_DATA")
        row = layout.row(align=True)
        row.operator("flame.import_animation", text="Import", icon="IMPORT")
        row.operator("flame.import_arkit", text="Face", icon="OUTLINER_DATA_CAMERA")
        row.operator("flame.import_meshes", text="Meshes", icon="MESH_DATA")
        row.menu("FLAME_MT_export", text="Export", text_ctxt=CONTEXT, icon="EXPORT")
        row = layout.row(align=True)
        row.operator("flame.import_speech", text="Speech", icon="SPEAKER")
        row.operator("flame.add_blinks", icon="HIDE_ON")
        _draw_life(layout, head)
        _draw_capture(layout)
        layout.operator("flame.retarget_arkit", icon="SHAPEKEY_DATA")
        data = head.animation_data
        action = data.action if data is not None else None
        if action is None:
            draw_hint(layout, "Not animated. Hover a slider and press I to key it")
        else:
            frames = action.frame_range
            layout.label(text=translated(f"{action.name}: frames {frames[0]:g} to {frames[1]:g}"), icon="ACTION")
        trouble = deformation.trouble(head)
        if trouble is not None:
            draw_alert(layout, trouble).operator("flame.restore_deformation", icon="MODIFIER")
        locked = context.scene.render.use_lock_interface
        layout.label(
            text="Rendering: interface locked" if locked else "Rendering: interface not locked",
            icon="LOCKED" if locked else "UNLOCKED",
        )


def _draw_life(layout, head) -> None:
    life = layer.layer_of(head)
    if life is None:
        layout.operator("flame.add_life", icon="RNDCURVE")
        return
    row = layout.row(align=True)
    row.operator("flame.add_life", text="Life Again", icon="RNDCURVE")
    icon = "HIDE_ON" if life.muted else "HIDE_OFF"
    row.operator("flame.mute_life", text="", icon=icon, depress=not life.muted).muted = not life.muted
    row.operator("flame.remove_life", text="", icon="X")


def _draw_capture(layout) -> None:
    capture = under_way.running()
    if capture is None:
        layout.operator("flame.live_capture", icon="OUTLINER_DATA_CAMERA")
        return
    box = layout.box().column(align=True)
    row = box.row(align=True)
    row.operator("flame.record_capture", icon="REC", depress=capture.recording)
    row.operator("flame.stop_capture", icon="SNAP_FACE")
    receiver, rows = capture.receiver, len(capture.take)
    box.label(text=translated(f"Port {receiver.port}: {receiver.taken} packets, {receiver.dropped} dropped"))
    if rows:
        box.label(text=translated(f"{rows} packets recorded"))


def _draw_template(layout, head) -> None:
    kept = template_sequence.modifier_of(head)
    if kept is None:
        return
    box = layout.box().column(align=True)
    box.label(text=translated(f"Rest shape: {Path(kept.filepath.removeprefix('//')).name}"), icon="MESH_DATA")
    box.prop(head.flame, "template_frame")
    box.operator("flame.remove_template", icon="X")
