"""What picking landmarks on a scan and on a photo have in common: keys, clicks, drags."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

import bpy

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


class PicksLandmarks:
    """A modal operator over a ``session``.

    Subclasses call :meth:`begin`, and give ``place_at`` (where a pixel of the region is, or None), ``seen_at`` (where
    a place is in the region, or None), ``finish`` and ``leave``.
    """

    session: Any
    no_suggestion: ClassVar[str]
    takes_suggestion: ClassVar[bool] = True  # a click near it is one on it
    if TYPE_CHECKING:
        place_at: Callable[[Any, tuple[float, float]], Any]
        seen_at: Callable[[Any, Any], tuple[float, float] | None]
        finish: Callable[[Any], set[str]]
        leave: Callable[[Any], None]
        poll_message_set: ClassVar[Callable[..., None]]

    def begin(self, context):
        """Start to listen and to draw."""
        self.dragged, self.typed, self.typed_at = None, "", 0.0
        self.region = next(region for region in context.area.regions if region.type == "WINDOW")
        space: Any = bpy.types.SpaceView3D
        self.drawing = space.draw_handler_add(self.session.draw, (), "WINDOW", "POST_PIXEL")
        context.workspace.status_text_set(translated(KEYS))
        context.window_manager.modal_handler_add(self)
        context.area.tag_redraw()
        return {"RUNNING_MODAL"}

    def end(self, context) -> None:
        """Listen and draw no more."""
        space: Any = bpy.types.SpaceView3D
        space.draw_handler_remove(self.drawing, "WINDOW")
        context.workspace.status_text_set(None)

    def cancel(self, context):
        """Blender calls it when the window is closed or another file is opened."""
        self.end(context)
        self.leave(context)

    def looked_around(self, event) -> set[str] | None:
        """What is returned for an event that only looks around; None for any other."""
        passed = event.type in LOOKING or event.type.startswith(("NUMPAD_", "NDOF_"))
        return {"PASS_THROUGH"} if passed and event.type != "NUMPAD_ENTER" else None

    def modal(self, context, event):
        if context.area is not None:
            context.area.tag_redraw()
        looked = self.looked_around(event)
        if looked is not None:
            return looked
        if event.type in {"RET", "NUMPAD_ENTER"} and event.value == "PRESS":
            return self.finish(context)
        if event.type == "ESC" and event.value == "PRESS":
            self.end(context)
            self.leave(context)
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
                self._with_place(context, at, lambda place: self.session.drag(self.dragged, place))
        elif event.value == "RELEASE":
            self.dragged = None
        elif event.value in {"PRESS", "DOUBLE_CLICK"} and self._over_the_view(context, event):
            self._press(context, at)

    def _press(self, context, at: tuple[float, float]) -> None:
        near = GRAB * context.preferences.system.ui_scale
        suggestion, placed = self.session.suggestion, self.session.picking.placed
        if self.takes_suggestion and suggestion is not None and self._distance(context, suggestion, at) < near:
            self.session.place(suggestion)
            return
        row = min(placed, key=lambda row: self._distance(context, placed[row], at), default=None)
        if row is not None and self._distance(context, placed[row], at) < near:
            self.dragged = row
            self.session.begin_drag(row)
            return
        self._with_place(context, at, self.session.place)

    def _with_key(self, event) -> None:
        session = self.session
        if event.type == "BACK_SPACE" or (event.type == "Z" and (event.ctrl or event.oskey)):
            session.take_back()
        elif event.type == "M":
            session.suggest()
            if session.suggestion is None:
                operator: Any = self
                operator.report({"INFO"}, translated(self.no_suggestion))
        elif event.type == "N":
            session.skip(-1 if event.shift else 1)
        elif event.type in DIGITS:
            now = time.monotonic()
            self.typed = (self.typed if now - self.typed_at < TYPING else "") + DIGITS[event.type]
            self.typed_at = now
            session.choose(int(self.typed))

    def _with_place(self, context, at: tuple[float, float], do) -> None:
        place = self.place_at(context, at)
        if place is not None:
            do(place)

    def _distance(self, context, place, at: tuple[float, float]) -> float:
        there = self.seen_at(context, place)
        return float("inf") if there is None else max(abs(there[0] - at[0]), abs(there[1] - at[1]))

    def _over_the_view(self, context, event) -> bool:
        """Whether the pointer is over the scene, and not over a bar or the sidebar."""
        over = [
            region.type
            for region in context.area.regions
            if 0 <= event.mouse_x - region.x < region.width and 0 <= event.mouse_y - region.y < region.height
        ]
        return over == ["WINDOW"]
