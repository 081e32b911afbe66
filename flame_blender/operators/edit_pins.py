import time
from typing import Any

import bpy
import numpy as np

from .. import api
from ..head.active import require_active_head
from ..languages import translated
from .on_head import OnHead
from .picks_landmarks import GRAB
from .through_photo import ThroughPhoto

KEYS = (
    "Drag a pin: the head follows    Click the head: add a pin    X: remove the pin    Ctrl-Z, Shift-Ctrl-Z: undo, redo"
    "    N: next photo    W: head or wires    C: move cameras    L: find lenses    Enter: finish    "
    "Esc: leave everything as it was"
)
KEYED = {
    "BOTH": ("shape", "expression", "jaw"), "IDENTITY": ("shape",), "EXPRESSION": ("expression", "jaw"),
}  # fmt: skip
SWITCHES = {"C": "pins_move_camera", "L": "pins_find_focal"}
QUICK = 0.12  # seconds
MOVED = 0.5  # pixels of the region: less is no drag


class FLAME_OT_edit_pins(OnHead, bpy.types.Operator):
    """Drag the pins of the head's photos, add more anywhere on the head: it follows"""

    bl_idname = "flame.edit_pins"
    bl_label = "Edit Pins"

    @classmethod
    def poll(cls, context):
        if context.area is None or context.area.type != "VIEW_3D" or context.mode != "OBJECT":
            cls.poll_message_set(translated, "Pins are edited in a 3D view, in Object Mode")
            return False
        return super().poll(context)

    @classmethod
    def why_not(cls, context):
        return None if api.pinned_cameras(require_active_head(context)) else "Fit the head to a photo first"

    def invoke(self, context, _event):
        head, scene = require_active_head(context), context.scene
        try:
            self.session = api.begin_editing_pins(head, scene.camera)
        except api.FlameError as error:
            self.report({"ERROR"}, translated(str(error)))
            return {"CANCELLED"}
        self.pressed, self.offset, self.added = np.zeros(2), np.zeros(2), False
        self.is_quick = True
        self.through = ThroughPhoto(context, [head, *head.children_recursive])
        self.drawn = api.PinDrawing(self.session)
        space: Any = bpy.types.SpaceView3D
        self.drawing = space.draw_handler_add(self.drawn.draw, (), "WINDOW", "POST_PIXEL")
        context.workspace.status_text_set(translated(KEYS))
        context.window_manager.modal_handler_add(self)
        context.area.tag_redraw()
        return {"RUNNING_MODAL"}

    def execute(self, _context):
        self.report({"ERROR"}, "Pins are edited with the mouse: press the button in a 3D view")
        return {"CANCELLED"}

    def cancel(self, context):
        """Blender calls it when the window is closed or another file is opened."""
        self._end(context, keep=False)

    def modal(self, context, event):
        self.through.area.tag_redraw()
        self.drawn.pointer = self.through.pointer(event)
        looked = self.through.looked_around(event)
        if looked is not None:
            return looked
        if event.type in {"RET", "NUMPAD_ENTER"} and event.value == "PRESS":
            changed = self.session.changed
            self._end(context, keep=True)
            if changed:
                api.auto_key(self.session.head, KEYED[context.scene.flame_fit.pins_vary])
            return {"FINISHED"} if changed else {"CANCELLED"}
        if event.type == "ESC" and event.value == "PRESS":
            if self.drawn.dragged is None:
                self._end(context, keep=False)
                return {"CANCELLED"}
            self._call_off()
        elif event.type in {"LEFTMOUSE", "MOUSEMOVE"}:
            self._with_mouse(context, event)
        elif event.value == "PRESS":
            self._with_key(context, event)
        return {"RUNNING_MODAL"}

    def _with_mouse(self, context, event) -> None:
        view = self.drawn.view(self.through.region, self.through.space.region_3d)
        if view is None:
            return
        at, dragged = self.through.pointer(event), self.drawn.dragged
        if event.type == "MOUSEMOVE":
            if dragged is not None and np.abs(at - self.pressed).max() >= MOVED:
                self.session.drag(dragged, view.to_photo(at + self.offset))
                self._follow(context)
        elif event.value in {"PRESS", "DOUBLE_CLICK"} and dragged is None and self.through.is_over(event):
            self._press(context, event, view, at)
        elif event.value == "RELEASE" and dragged is not None:
            moved = np.abs(at - self.pressed).max() >= MOVED
            self.drawn.dragged = None
            if moved:
                self._refit(context, self.session.let_go)
            elif self.added:
                self.session.settle()
            else:
                self.session.call_off()

    def _press(self, context, event, view: Any, at: np.ndarray) -> None:
        row = self._near(context, view, at)
        if event.alt:
            if row is not None:
                self.session.remove(row)
            return
        self.added = row is None
        if row is None:
            row, self.offset = self.session.add(view.to_photo(at)), np.zeros(2)
        else:
            self.offset = view.to_region(self.session.shown[row].pixel) - at
        self.drawn.dragged, self.pressed, self.is_quick = row, at, True

    def _with_key(self, context, event) -> None:
        view = self.drawn.view(self.through.region, self.through.space.region_3d)
        if self.drawn.dragged is not None or view is None:
            return
        if event.type == "Z" and (event.ctrl or event.oskey):
            if not (self.session.redo() if event.shift else self.session.undo()):
                self.report({"INFO"}, "Nothing more to redo" if event.shift else "Nothing more to undo")
        elif event.type in {"X", "DEL", "BACK_SPACE"}:
            row = self._near(context, view, self.through.pointer(event))
            if row is not None:
                self.session.remove(row)
        elif event.type == "N":
            self.session.show(-1 if event.shift else 1)
            self.through.look(context)
        elif event.type == "W":
            self.drawn.wires_shown = not self.drawn.wires_shown
            self.through.hide(self.drawn.wires_shown)
        elif event.type in SWITCHES:
            settings, name = context.scene.flame_fit, SWITCHES[event.type]
            setattr(settings, name, not getattr(settings, name))

    def _near(self, context, view: Any, at: np.ndarray) -> int | None:
        """The row of the pin under the pointer."""
        pins = self.session.shown
        if not pins:
            return None
        away = np.abs(view.to_region(np.array([pin.pixel for pin in pins])) - at).max(1)
        return int(away.argmin()) if away.min() < GRAB * context.preferences.system.ui_scale else None

    def _follow(self, context) -> None:
        """While a pin is dragged, where a refit takes no time that a hand would feel."""
        if not self.is_quick:
            return
        begun = time.monotonic()
        self._refit(context, self.session.follow)
        self.is_quick = self.drawn.dragged is not None and time.monotonic() - begun < QUICK

    def _refit(self, context, do) -> None:
        settings = context.scene.flame_fit
        try:
            do(settings.pins_vary, move_cameras=settings.pins_move_camera, find_focal=settings.pins_find_focal)
        except api.FlameError as error:
            self.drawn.dragged = None
            self.report({"ERROR"}, translated(str(error)))

    def _call_off(self) -> None:
        self.drawn.dragged = None
        self.session.call_off()

    def _end(self, context, keep: bool) -> None:
        space: Any = bpy.types.SpaceView3D
        space.draw_handler_remove(self.drawing, "WINDOW")
        context.workspace.status_text_set(None)
        self.through.leave(keep=keep)
        if not keep:
            self.session.put_back()
