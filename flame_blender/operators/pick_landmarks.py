import time
from typing import Any

import bpy
import mathutils
from bpy_extras.view3d_utils import location_3d_to_region_2d, region_2d_to_origin_3d, region_2d_to_vector_3d

from .. import api
from ..head.active import active_head
from ..languages import translated

KEYS = (
    "Click: place    Drag: move    Backspace: take back    M: mirror the other side    N: skip    Number: go to    "
    "Enter: finish    Esc: leave everything as it was"
)
DIGITS = {name: str(number) for number, name in enumerate(
    ("ZERO", "ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE")
)}  # fmt: skip
LOOKING = {"MIDDLEMOUSE", "WHEELUPMOUSE", "WHEELDOWNMOUSE", "TRACKPADPAN", "TRACKPADZOOM", "MOUSEROTATE", "HOME"}
GRAB = 12  # pixels at a resolution scale of 1
TYPING = 1.2  # seconds between the digits of a number


class FLAME_OT_pick_landmarks(bpy.types.Operator):
    """Click the landmarks of a face on the scan, one after the other, as the picture in the corner shows"""

    bl_idname = "flame.pick_landmarks"
    bl_label = "Pick Landmarks"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context):
        if context.area is None or context.area.type != "VIEW_3D":
            cls.poll_message_set(translated, "Landmarks are picked in a 3D view")
            return False
        if not api.is_scan(context.scene.flame_fit.scan):
            cls.poll_message_set(translated, "Choose a scan first")
            return False
        if context.mode != "OBJECT":
            cls.poll_message_set(translated, "Landmarks are picked in Object Mode")
            return False
        return True

    def invoke(self, context, _event):
        try:
            self.session = api.begin_picking(context.scene.flame_fit.scan, active_head(context))
        except api.FlameError as error:
            self.report({"ERROR"}, translated(str(error)))
            return {"CANCELLED"}
        self.dragged, self.typed, self.typed_at = None, "", 0.0
        self.region = next(region for region in context.area.regions if region.type == "WINDOW")
        space: Any = bpy.types.SpaceView3D
        self.drawing = space.draw_handler_add(self.session.draw, (), "WINDOW", "POST_PIXEL")
        self.overlay = context.space_data.overlay
        self.showed_lines = self.overlay.show_relationship_lines
        self.overlay.show_relationship_lines = False  # from the scan to each empty, over the face
        context.workspace.status_text_set(translated(KEYS))
        context.window_manager.modal_handler_add(self)
        context.area.tag_redraw()
        return {"RUNNING_MODAL"}

    def execute(self, _context):
        self.report({"ERROR"}, "Landmarks are picked with the mouse: press the button in a 3D view")
        return {"CANCELLED"}

    def cancel(self, context):
        self._leave(context, keep=False)

    def modal(self, context, event):
        if context.area is not None:
            context.area.tag_redraw()
        if event.type in LOOKING or (event.type.startswith(("NUMPAD_", "NDOF_")) and event.type != "NUMPAD_ENTER"):
            return {"PASS_THROUGH"}
        if event.type in {"RET", "NUMPAD_ENTER"} and event.value == "PRESS":
            placed = len(self.session.picking.placed)
            self._leave(context, keep=True)
            self.report({"INFO"}, translated(f"{placed} landmarks on {self.session.scan.name}"))
            return {"FINISHED"}
        if event.type == "ESC" and event.value == "PRESS":
            self._leave(context, keep=False)
            return {"CANCELLED"}
        if event.type in {"LEFTMOUSE", "MOUSEMOVE"}:
            self._with_mouse(context, event)
        elif event.value == "PRESS":
            self._with_key(event)
        return {"RUNNING_MODAL"}

    def _with_mouse(self, context, event) -> None:
        at = (event.mouse_x - self.region.x, event.mouse_y - self.region.y)
        if event.type == "MOUSEMOVE":
            if self.dragged is not None:
                self._with_hit(context, at, lambda place: self.session.drag(self.dragged, place))
        elif event.value == "RELEASE":
            self.dragged = None
        elif event.value in {"PRESS", "DOUBLE_CLICK"} and self._over_the_view(context, event):
            near = GRAB * context.preferences.system.ui_scale
            suggestion = self.session.suggestion
            if suggestion is not None and self._distance(context, suggestion, at) < near:
                self.session.place(mathutils.Vector(suggestion.tolist()))
                return
            placed = self.session.picking.placed
            row = min(placed, key=lambda row: self._distance(context, placed[row], at), default=None)
            if row is not None and self._distance(context, placed[row], at) < near:
                self.dragged = row
                self.session.begin_drag(row)
                return
            self._with_hit(context, at, self.session.place)

    def _with_key(self, event) -> None:
        session = self.session
        if event.type == "BACK_SPACE" or (event.type == "Z" and (event.ctrl or event.oskey)):
            session.take_back()
        elif event.type == "M":
            session.suggest()
            if session.suggestion is None:
                self.report({"INFO"}, "Place the point's other side first, and three points in all")
        elif event.type == "N":
            session.skip(-1 if event.shift else 1)
        elif event.type in DIGITS:
            now = time.monotonic()
            self.typed = (self.typed if now - self.typed_at < TYPING else "") + DIGITS[event.type]
            self.typed_at = now
            session.choose(int(self.typed))

    def _with_hit(self, context, at: tuple[float, float], do) -> None:
        view = context.space_data.region_3d
        origin = region_2d_to_origin_3d(self.region, view, at)
        place = self.session.under(origin, region_2d_to_vector_3d(self.region, view, at))
        if place is not None:
            do(place)

    def _distance(self, context, place, at: tuple[float, float]) -> float:
        there = location_3d_to_region_2d(self.region, context.space_data.region_3d, tuple(map(float, place)))
        return float("inf") if there is None else max(abs(there.x - at[0]), abs(there.y - at[1]))

    def _over_the_view(self, context, event) -> bool:
        """Whether the pointer is over the scene, and not over a bar or the sidebar."""
        over = [
            region.type
            for region in context.area.regions
            if 0 <= event.mouse_x - region.x < region.width and 0 <= event.mouse_y - region.y < region.height
        ]
        return over == ["WINDOW"]

    def _leave(self, context, keep: bool) -> None:
        space: Any = bpy.types.SpaceView3D
        space.draw_handler_remove(self.drawing, "WINDOW")
        self.overlay.show_relationship_lines = self.showed_lines
        context.workspace.status_text_set(None)
        if keep:
            context.scene.flame_fit.landmarks = self.session.collection
        else:
            self.session.put_back()
