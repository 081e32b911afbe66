"""Long work in a window: a progress bar at the pointer, Esc stops, and Blender stays responsive in between."""

import time
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import bpy

from ..errors import FlameError
from ..languages import translated
from ..long_work import result_of
from ..plain_text import one_line
from .on_head import run

TICK = 0.05  # seconds of work between two looks at the keyboard


class InSteps:
    """An operator whose ``steps(context)`` is a generator of shares, and ``told(context, result)`` a closing sentence.

    In a window it shows progress and stops on Esc; without one, and when its settings are changed in the redo panel,
    which cannot wait, it runs to the end at once.
    """

    stopped: ClassVar[str] = "Stopped; everything is as it was before"

    if TYPE_CHECKING:  # what subclasses give, and Blender's operator
        steps: Callable[[bpy.types.Context], Generator[float, None, Any]]
        told: Callable[[bpy.types.Context, Any], str]
        options: bpy.types.OperatorOptions
        layout: bpy.types.UILayout
        poll_message_set: ClassVar[Callable[..., None]]

    def execute(self, context):
        options = self.options
        if bpy.app.background or options.is_repeat or options.is_repeat_last:
            return run(self, self.work, context)  # type: ignore[arg-type]  # mixed into operators
        return run_with_progress(self, self.telling(context), context)

    def work(self, context) -> str:
        return self.told(context, result_of(self.steps(context)))

    def telling(self, context):
        return self.told(context, (yield from self.steps(context)))

    def modal(self, context, event):
        return advance(self, context, event)

    def cancel(self, context):
        """Blender calls it when the window is closed or another file is opened."""
        _end(self, context)


class Work(NamedTuple):
    """What a running operator keeps as its ``work_under_way``."""

    steps: Generator[float, None, str]
    timer: bpy.types.Timer


def run_with_progress(operator: Any, steps: Generator[float, None, str], context: bpy.types.Context) -> set[str]:
    """Start work that yields the share that is done and returns a sentence; ``modal`` must call :func:`advance`."""
    manager = _manager(context)
    operator.work_under_way = Work(steps, manager.event_timer_add(TICK, window=context.window))
    manager.progress_begin(0, 100)
    manager.modal_handler_add(operator)
    return {"RUNNING_MODAL"}


def advance(operator: Any, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
    """One slice of the work on each tick of its timer.

    However the work ends, timer and progress bar go; an error that is no FlameError is raised on, to be reported.
    """
    if event.type == "ESC":
        _end(operator, context)
        operator.report({"WARNING"}, operator.stopped)
        return {"CANCELLED"}
    if event.type != "TIMER":
        return {"RUNNING_MODAL"}
    until = time.monotonic() + TICK
    try:
        while time.monotonic() < until:
            _manager(context).progress_update(100 * next(operator.work_under_way.steps))
    except StopIteration as end:
        _end(operator, context)
        if end.value:
            operator.report({"INFO"}, translated(one_line(end.value)))
        return {"FINISHED"}
    except FlameError as error:
        _end(operator, context)
        operator.report({"ERROR"}, translated(str(error)))
        return {"CANCELLED"}
    except BaseException:
        _end(operator, context)
        raise
    return {"RUNNING_MODAL"}


def _manager(context: bpy.types.Context) -> Any:
    """The window manager, which is there wherever an operator runs."""
    return context.window_manager


def _end(operator: Any, context: bpy.types.Context) -> None:
    steps, timer = operator.work_under_way
    try:
        steps.close()  # which puts back what the work changed on the way
    finally:
        _manager(context).event_timer_remove(timer)
        _manager(context).progress_end()
