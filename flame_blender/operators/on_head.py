"""What the operators on a head share: when they can run, and how errors become reports."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

import bpy

from .. import api
from ..errors import FlameError
from ..head.active import active_head
from ..languages import translated
from ..plain_text import one_line


class OnHead:
    """Runs on the active object, which must be a FLAME head whose model is installed.

    Subclasses give ``work``, which returns a sentence to report, or "", and may give ``why_not``. A FlameError becomes
    the report of an error, and Blender then leaves everything as it was.
    """

    bl_options: Any = {"REGISTER", "UNDO"}
    if TYPE_CHECKING:  # what subclasses give, and Blender's operator
        work: Callable[[bpy.types.Context], str]
        layout: bpy.types.UILayout
        poll_message_set: ClassVar[Callable[..., None]]

    @classmethod
    def poll(cls, context):
        head = active_head(context)
        if head is None:
            cls.poll_message_set(translated, "Select a FLAME head first")
            return False
        reason = api.missing_model(head) or cls.why_not(context)
        if reason is not None:
            cls.poll_message_set(translated, reason)
            return False
        return True

    @classmethod
    def why_not(cls, _context) -> str | None:
        """Why it cannot run on this head."""
        return None

    def execute(self, context):
        return run(self, self.work, context)  # type: ignore[arg-type]  # mixed into operators


def run(operator: bpy.types.Operator, work, context: bpy.types.Context) -> set[str]:
    """Call ``work(context)`` and report its sentence, or its FlameError."""
    try:
        said = work(context)
    except FlameError as error:
        operator.report({"ERROR"}, translated(str(error)))
        return {"CANCELLED"}
    if said:
        operator.report({"INFO"}, translated(one_line(said)))
    return {"FINISHED"}
