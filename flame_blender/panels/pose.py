from typing import Any

import bpy

from ..face_board.bones import CONVERGE, EYES, FACE, FOLLOW
from ..face_board.found import board_of, has_lost_board
from ..face_board.keys import lies_on_head
from ..head import parameters
from ..head.active import require_active_head
from ..head.properties import flame_of
from .sidebar import HeadPanel, ModelPanel, draw_alert, draw_hint


class FLAME_PT_pose(HeadPanel, bpy.types.Panel):
    bl_idname = "FLAME_PT_pose"
    bl_label = "Pose"
    bl_options = {"DEFAULT_CLOSED"}
    bl_order = 4
    resets = ("pose",)

    def draw(self, context):
        head = flame_of(require_active_head(context))
        layout = self.layout
        layout.use_property_split = True
        for name in ("global_rotation", "neck"):
            column = _joint(layout, head, name)
            column.prop(head, name, index=0, text="Nod")
            column.prop(head, name, index=1, text="Turn")
            column.prop(head, name, index=2, text="Tilt")
        column = _joint(layout, head, "jaw")
        column.prop(head, "jaw", index=0, text="Open")
        column.prop(head, "jaw", index=1, text="Side")
        forward = head.controls.get("jawForward")
        if forward is not None and parameters.has_controls(head):
            column.prop(forward, "value", text="Forward", slider=True)
        column.prop(head, "jaw", index=2, text="Roll")
        for name in ("left_eye", "right_eye"):
            column = _joint(layout, head, name)
            column.enabled = name == "left_eye" or not head.symmetric_eyes
            column.prop(head, name, index=0, text="Down")
            column.prop(head, name, index=1, text="Side")
            column.prop(head, name, index=2, text="Roll")
        layout.prop(head, "symmetric_eyes")
        layout.column(align=True).prop(head, "translation")


def _joint(layout, head, name: str):
    """A column under the name of a joint."""
    column = layout.column(align=True)
    column.label(text=head.bl_rna.properties[name].name)
    return column


class FLAME_PT_board(ModelPanel, bpy.types.Panel):
    """A head's face board: made, what its eyes follow, baked, removed."""

    bl_idname = "FLAME_PT_board"
    bl_label = "Face Board"
    bl_parent_id = "FLAME_PT_expression"

    def draw(self, context):
        layout, head = self.layout, require_active_head(context)
        board: Any = board_of(head)
        if board is None:
            if has_lost_board(head):
                draw_alert(layout, "The face board was deleted: its drivers tell nothing any more").operator(
                    "flame.remove_board", text="Remove Drivers", icon="X"
                )
            layout.operator("flame.make_board", icon="ARMATURE_DATA")
            return
        if context.object != board or context.mode != "POSE":
            draw_hint(layout, "Select the board, and go to Pose Mode")
        eyes = board.pose.bones.get(EYES)
        if eyes is not None and FOLLOW in eyes:
            column = layout.column(align=True)
            column.prop(eyes, f'["{FOLLOW}"]', text="Follow Targets", slider=True)
            column.prop(eyes, f'["{CONVERGE}"]', text="Converge", slider=True)
        face = board.data.collections.get(FACE)
        if face is not None:
            layout.prop(face, "is_visible", text="Handles on the Face")
        if lies_on_head(head):
            draw_alert(layout, "The head has keys that its board overrules").operator(
                "flame.keys_to_board", icon="KEY_HLT"
            )
        row = layout.row(align=True)
        row.operator("flame.make_board", text="Refit", icon="FILE_REFRESH")
        row.operator("flame.bake_board", text="Bake", icon="KEY_HLT")
        row.operator("flame.remove_board", text="Remove", icon="X")
