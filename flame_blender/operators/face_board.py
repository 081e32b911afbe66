from typing import Annotated

import bpy
from bpy.props import BoolProperty, IntProperty

from .. import api
from ..head.active import active_head, require_active_head, select_only
from .on_head import OnHead
from .options import options_of
from .progress import InSteps


class FLAME_OT_make_board(InSteps, OnHead, bpy.types.Operator):
    """Make sliders beside the head, handles on it and eye targets: bones to pose and key. Refits one that is there"""

    bl_idname = "flame.make_board"
    bl_label = "Face Board"

    @classmethod
    def why_not(cls, context):
        return None if context.mode in ("OBJECT", "POSE") else "Only in Object Mode and Pose Mode"

    def steps(self, context):
        return api.making_board(require_active_head(context))

    def told(self, context, board: bpy.types.Object) -> str:
        if context.mode != "OBJECT":
            bpy.ops.object.mode_set(mode="OBJECT")
        select_only([board])
        bpy.ops.object.mode_set(mode="POSE")
        return f"Made {board.name}: drag its knobs with G"


class OnBoard(OnHead):
    """Runs on a head that has a face board."""

    @classmethod
    def why_not(cls, context):
        head = active_head(context)
        return None if head is not None and api.board_of(head) is not None else "The head has no face board"


class FLAME_OT_remove_board(OnHead, bpy.types.Operator):
    """Remove the head's face board with its keys. The head keeps the face that it shows; Bake Face Board keeps all"""

    bl_idname = "flame.remove_board"
    bl_label = "Remove Face Board"

    def work(self, context) -> str:
        head = require_active_head(context)
        _leave_board(head)
        api.remove_board(head)
        select_only([head])
        return ""


class FLAME_OT_bake_board(InSteps, OnBoard, bpy.types.Operator):
    """Key the head at every frame as its face board moves it, and remove that. A new board takes the keys back"""

    bl_idname = "flame.bake_board"
    bl_label = "Bake Face Board"

    scene_range: Annotated[
        bool, BoolProperty(name="Scene's Frames", description="Bake the scene's frame range", default=True)
    ]
    frame_start: Annotated[int, IntProperty(name="Start", description="First frame to bake", default=1)]
    frame_end: Annotated[int, IntProperty(name="End", description="Last frame to bake", default=250)]

    def invoke(self, context, _event):
        self.frame_start, self.frame_end = context.scene.frame_start, context.scene.frame_end
        return context.window_manager.invoke_props_dialog(self)

    def asked(self, _context) -> "api.BoardBakeOptions":
        return options_of(
            self, api.BoardBakeOptions, frames=None if self.scene_range else (self.frame_start, self.frame_end)
        )

    def steps(self, context):
        head = require_active_head(context)
        _leave_board(head)
        return api.baking_board(head, self.asked(context))

    def told(self, context, count: int) -> str:
        select_only([require_active_head(context)])
        return f"Keyed {count} channels of the head"

    def draw(self, _context):
        layout = self.layout
        layout.use_property_split = True
        layout.prop(self, "scene_range")
        column = layout.column()
        column.active = not self.scene_range
        column.prop(self, "frame_start")
        column.prop(self, "frame_end")


class FLAME_OT_keys_to_board(OnBoard, bpy.types.Operator):
    """Move the head's own keys of what its face board drives to the board's bones, which overrule them"""

    bl_idname = "flame.keys_to_board"
    bl_label = "Keys to Face Board"

    def work(self, context) -> str:
        api.keys_to_board(require_active_head(context))
        return ""


def _leave_board(head: bpy.types.Object) -> None:
    """Make the head active in Object Mode, where its board was posed."""
    if bpy.context.mode != "OBJECT":
        bpy.ops.object.mode_set(mode="OBJECT")
    select_only([head])
