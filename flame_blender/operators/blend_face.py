from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import bpy
from bpy.props import BoolProperty, FloatProperty, StringProperty

from .. import api
from ..head.active import active_head, require_active_head
from ..languages import translated
from .on_head import OnHead, run
from .options import options_of
from .progress import InSteps

WIDTH = 300  # pixels at a resolution scale of 1: from nothing to all of the face
FINE = 0.1  # of the way, with Shift
LOOKING = {"MIDDLEMOUSE", "WHEELUPMOUSE", "WHEELDOWNMOUSE", "TRACKPADPAN", "TRACKPADZOOM", "MOUSEROTATE"}
STATUS = (
    "Drag: strength    Ctrl: beyond all of it    Shift: finely    A: on top    M: mirrored    "
    "Click, Enter: keep    Esc, right click: leave everything as it was"
)


class Blending(InSteps, OnHead):
    """Shows a face by a strength: that of its property, or one that is dragged with the mouse."""

    strength: Annotated[
        float,
        FloatProperty(
            name="Strength",
            description="How much of it is shown, 1 being all of it and 0 what the head showed before",
            default=1.0,
            min=-3.0,
            max=3.0,
            soft_min=0.0,
            soft_max=1.0,
            subtype="FACTOR",
        ),
    ]
    add: Annotated[
        bool,
        BoolProperty(name="On Top", description="Add the face to what the head shows, in place of showing it alone"),
    ]
    mirrored: Annotated[
        bool,
        BoolProperty(name="Mirrored", description="The other way round: what the left side does, the right one does"),
    ]
    key: Annotated[
        bool,
        BoolProperty(
            name="Insert Keys",
            description="Key the named controls at the current frame, also where Auto Keying is off",
        ),
    ]
    if TYPE_CHECKING:  # what subclasses give
        face_asked: Callable[[bpy.types.Context], Any]
        report: Callable[..., None]

    def invoke(self, context, event):
        head = require_active_head(context)
        if not self.is_dragged() or api.missing_controls(head) is not None:
            return self.execute(context)
        try:
            self.blend = api.begin_face_blend(head, self.face_asked(context))
        except api.FlameError as error:
            self.report({"ERROR"}, translated(str(error)))
            return {"CANCELLED"}
        self.way, self.last_x = 0.0, event.mouse_x
        self.is_held = self.begins_held(event)
        self._show(context, event)
        context.workspace.status_text_set(translated(STATUS))
        context.window.cursor_modal_set("SCROLL_X")
        context.window_manager.modal_handler_add(self)
        return {"RUNNING_MODAL"}

    def is_dragged(self) -> bool:
        return True

    def begins_held(self, _event) -> bool:
        """Whether the mouse button is down already, so that its release keeps the face."""
        return False

    def modal(self, context, event):
        if not hasattr(self, "blend"):
            return super().modal(context, event)
        if event.type in LOOKING or event.type.startswith("NDOF_"):
            return {"PASS_THROUGH"}
        kept = event.type in {"RET", "NUMPAD_ENTER"} and event.value == "PRESS"
        kept |= event.type == "LEFTMOUSE" and event.value == ("RELEASE" if self.is_held else "PRESS")
        if kept:
            return self._keep(context)
        if event.type in {"ESC", "RIGHTMOUSE"} and event.value == "PRESS":
            self._leave(context)
            run(self, lambda _context: self.blend.put_back(), context)  # type: ignore[arg-type]  # mixed into operators
            return {"CANCELLED"}
        if event.type == "MOUSEMOVE":
            step = (event.mouse_x - self.last_x) / (WIDTH * context.preferences.system.ui_scale)
            self.way, self.last_x = self.way + step * (FINE if event.shift else 1.0), event.mouse_x
        elif event.type == "A" and event.value == "PRESS":
            self.add = not self.add
        elif event.type == "M" and event.value == "PRESS":
            self.mirrored = not self.mirrored
        elif event.type not in {"LEFT_CTRL", "RIGHT_CTRL"}:
            return {"RUNNING_MODAL"}
        return self._show(context, event)

    def cancel(self, context):
        """Blender calls it when the window is closed or another file is opened."""
        if hasattr(self, "blend"):
            self._leave(context)
        else:
            super().cancel(context)

    def _show(self, context, event) -> set[str]:
        self.way = min(max(self.way, -2.0), 3.0)
        self.strength = self.way if event.ctrl else min(max(self.way, 0.0), 1.0)
        text = translated(f"{self.blend.face.name}: {100 * self.strength:.0f} %")
        marks = [translated(word) for word, on in (("On Top", self.add), ("Mirrored", self.mirrored)) if on]
        if context.area is not None:
            context.area.header_text_set("    ".join([text, *marks]))
        try:
            self.blend.show(self.strength, add=self.add, mirrored=self.mirrored)
        except api.FlameError as error:
            self._leave(context)
            self.report({"ERROR"}, translated(str(error)))
            return {"CANCELLED"}
        return {"RUNNING_MODAL"}

    def _keep(self, context) -> set[str]:
        self._leave(context)
        head, frame = self.blend.head, context.scene.frame_current_final
        if head is not None and self.key:
            api.keyframe(head, frame, self.blend.fields)
        elif head is not None:
            api.auto_key(head, self.blend.fields)
        return {"FINISHED"}

    def _leave(self, context) -> None:
        if context.area is not None:
            context.area.header_text_set(None)
        context.workspace.status_text_set(None)
        context.window.cursor_modal_restore()

    def execute(self, context):
        if api.missing_controls(require_active_head(context)) is None:
            return run(self, self.work, context)  # type: ignore[arg-type]
        return super().execute(context)

    def asked(self, context) -> "api.BlendOptions":
        return options_of(self, api.BlendOptions, frame=context.scene.frame_current_final if self.key else None)

    def steps(self, context):
        return api.blending_face(require_active_head(context), self.face_asked(context), self.asked(context))

    def told(self, context, blend) -> str:
        if not self.key:
            api.auto_key(require_active_head(context), blend.fields)
        if blend.left_out:
            return f"This head's model has no {', '.join(blend.left_out)}; the rest of the face is shown"
        return ""


class FLAME_OT_blend_face(Blending, bpy.types.Operator):
    """Blend a face in by dragging to the right"""

    bl_idname = "flame.blend_face"
    bl_label = "Blend Face"

    face: Annotated[
        str, StringProperty(name="Face", description="Name of a preset or of a saved face", default="Neutral")
    ]
    dragged: Annotated[bool, BoolProperty(default=True, options={"HIDDEN", "SKIP_SAVE"})]

    @classmethod
    def description(cls, context, properties):
        head = active_head(context)
        if head is not None and api.missing_controls(head) is not None:
            return translated(f"Show {properties.face}: takes 20 to 30 seconds, once for the head's model; Esc stops")
        if properties.dragged:
            return translated(f"Blend {properties.face} in by dragging to the right; Ctrl goes beyond all of it")
        return translated(f"Show {properties.face}: sets the named controls, nothing else")

    def is_dragged(self) -> bool:
        return self.dragged

    def face_asked(self, _context):
        return self.face
