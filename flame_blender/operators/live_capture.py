from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, ClassVar

import bpy
from bpy.props import BoolProperty, EnumProperty, IntProperty

from .. import api
from ..head.active import require_active_head
from ..languages import translated
from ..long_work import result_of
from .import_arkit import EYES, HEAD_MOTION
from .on_head import OnHead
from .options import options_of

TICK = 1 / 60  # seconds between two looks at the port


class FLAME_OT_live_capture(OnHead, bpy.types.Operator):
    """Let the head show what Live Link Face, or a program that speaks Open Sound Control, sends to a port; Esc ends"""

    bl_idname = "flame.live_capture"
    bl_label = "Live Capture"
    bl_options = {"REGISTER", "UNDO", "PRESET"}

    port: Annotated[
        int,
        IntProperty(name="Port", description="The port that is listened to (UDP)", default=11111, min=0, max=65535),
    ]
    everywhere: Annotated[
        bool,
        BoolProperty(
            name="From Anywhere",
            description="Listen to other computers and telephones in the network. Off: only to this computer",
        ),
    ]
    head_motion: Annotated[
        str,
        EnumProperty(
            name="Head Motion", description="What the rotation of the head turns", items=HEAD_MOTION, default="NECK"
        ),
    ]
    eyes: Annotated[str, EnumProperty(name="Gaze", description="What moves the eyes", items=EYES, default="SCORES")]

    @classmethod
    def why_not(cls, context) -> str | None:
        if api.live_capture_under_way() is not None:
            return "A face is captured already; stop that first."
        return api.missing_controls(require_active_head(context))

    def invoke(self, context, _event):
        return context.window_manager.invoke_props_dialog(self)

    def asked(self, _context) -> "api.LiveOptions":
        return options_of(self, api.LiveOptions)

    def execute(self, context):
        if bpy.app.background:
            self.report({"ERROR"}, "A face is captured in a window; scripts have api.begin_live_capture")
            return {"CANCELLED"}
        try:
            self.capture = result_of(api.beginning_live_capture(require_active_head(context), self.asked(context)))
        except api.FlameError as error:
            self.report({"ERROR"}, translated(str(error)))
            return {"CANCELLED"}
        self.timer = context.window_manager.event_timer_add(TICK, window=context.window)
        context.workspace.status_text_set(translated("Live capture: Esc ends it; record and stop in the FLAME tab"))
        context.window_manager.modal_handler_add(self)
        return {"RUNNING_MODAL"}

    def modal(self, context, event):
        if event.type == "ESC" and event.value == "PRESS":
            return self._end(context)
        if event.type != "TIMER":
            return {"PASS_THROUGH"}
        if not self.capture.receiver.is_open or self.capture.head is None:
            return self._end(context)  # stopped by its button, by another file, or for want of the head
        if self.capture.look():
            _redraw(context)
        return {"PASS_THROUGH"}

    def cancel(self, context):
        """Blender calls it when the window is closed or another file is opened."""
        self._leave(context)
        self.capture.receiver.close()

    def _end(self, context):
        self._leave(context)
        try:
            frames = self.capture.stop()
        except api.FlameError as error:
            self.report({"ERROR"}, translated(str(error)))
            return {"CANCELLED"}
        if frames:
            self.report({"INFO"}, translated(f"{frames} frames of the captured face are keyed"))
        _redraw(context)
        return {"FINISHED"}

    def _leave(self, context) -> None:
        context.window_manager.event_timer_remove(self.timer)
        context.workspace.status_text_set(None)


def _redraw(context) -> None:
    for window in context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == "VIEW_3D":
                area.tag_redraw()


class WhileCapturing:
    """Runs while a face is captured."""

    if TYPE_CHECKING:  # Blender's operator
        poll_message_set: ClassVar[Callable[..., None]]

    @classmethod
    def poll(cls, _context):
        if api.live_capture_under_way() is None:
            cls.poll_message_set(translated, "No face is captured")
            return False
        return True


class FLAME_OT_record_capture(WhileCapturing, bpy.types.Operator):
    """Keep what comes from here on, from the current frame; press again to keep no more. Keyed when the capture ends"""

    bl_idname = "flame.record_capture"
    bl_label = "Record"
    bl_options = {"INTERNAL"}

    def execute(self, _context):
        capture = api.live_capture_under_way()
        if capture is not None:
            capture.record(not capture.recording)
        return {"FINISHED"}


class FLAME_OT_stop_capture(WhileCapturing, bpy.types.Operator):
    """End the capture, and key what was recorded"""

    bl_idname = "flame.stop_capture"
    bl_label = "Stop"
    bl_options = {"INTERNAL"}

    def execute(self, _context):
        capture = api.live_capture_under_way()
        if capture is not None:
            capture.receiver.close()  # which the running operator sees, and keys what was recorded
        return {"FINISHED"}
