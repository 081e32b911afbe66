"""The buttons that fit a head, one for each kind of fit. What is asked for is chosen in the Fit panel."""

from typing import Annotated, Any, ClassVar

import bpy
from bpy.props import StringProperty

from .. import api
from ..head.active import active_head, select_only
from ..languages import translated
from .progress import InSteps
from .through_photo import look_through_camera

FITTED = ("identity", "expression", "rotations", "translation")


class FitOperator(InSteps):
    """Fits the active head, or a new one, to what the panel names. Subclasses give ``kind``."""

    bl_options: Any = {"REGISTER", "UNDO"}
    kind: ClassVar[Any]  # one of api.FIT_KINDS
    was_there = False  # the head, before it was fitted
    found: Annotated[str, StringProperty(options={"HIDDEN", "SKIP_SAVE"})]

    @classmethod
    def poll(cls, context):
        if context.mode != "OBJECT":
            cls.poll_message_set(translated, "Heads are fitted in Object Mode")
            return False
        missing = cls.kind.missing(context.scene.flame_fit)
        if missing is not None:
            cls.poll_message_set(translated, missing)
            return False
        return True

    def steps(self, context):
        settings = context.scene.flame_fit
        head = None if settings.new_head or context.object == settings.scan else active_head(context)
        if head == settings.scan:
            head = None  # the scan stays as it is, even if it is a head
        self.was_there = head is not None
        return api.fitting_head(head, self.kind.from_settings(settings))

    def told(self, context, fitted: "api.FittedHead") -> str:
        select_only([fitted.head])
        if self.kind.KEY == "PHOTO" and fitted.cameras:
            look_through_camera(context)
        if self.was_there:
            api.auto_key(fitted.head, FITTED)
        lines = fitted.summary()
        self.found = "\n".join(lines)
        return " ".join(map(translated, (lines[0], *fitted.doubts()[:1])))

    def draw(self, _context):
        column = self.layout.column(align=True)
        for line in self.found.splitlines():
            column.label(text=translated(line))


def _operator(kind: Any) -> type:
    name = f"fit_{kind.KEY.lower()}"
    own = {"__doc__": kind.TOOLTIP, "bl_idname": f"flame.{name}", "bl_label": kind.BUTTON, "kind": kind}
    return type(f"FLAME_OT_{name}", (FitOperator, bpy.types.Operator), own)


FITTERS = tuple(map(_operator, api.FIT_KINDS))
