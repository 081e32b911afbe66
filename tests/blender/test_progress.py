"""A running operator leaves no timer and no progress bar, however its work ends."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from flame_blender.errors import FlameError
from flame_blender.operators import progress


class Window:
    """What an operator asks of Blender's window manager, which a Blender without windows cannot do."""

    def __init__(self) -> None:
        self.shown: list[float] = []
        self.timers = ["timer"]
        self.has_bar = True

    def progress_update(self, share: float) -> None:
        self.shown.append(share)

    def progress_end(self) -> None:
        self.has_bar = False

    def event_timer_remove(self, timer: str) -> None:
        self.timers.remove(timer)


class Running(progress.InSteps):
    """An operator whose work is under way."""

    def __init__(self, ending) -> None:
        self.put_back = False
        self.reports: list[tuple[set[str], str]] = []
        self.work_under_way = progress.Work(self.steps_to(ending), "timer")
        self.window = Window()
        self.context = SimpleNamespace(window_manager=self.window)

    def report(self, kind: set[str], sentence: str) -> None:
        self.reports.append((kind, sentence))

    def steps_to(self, ending):
        try:
            yield 0.5
            return ending()
        finally:
            self.put_back = True

    def event(self, kind: str):
        return self.modal(self.context, SimpleNamespace(type=kind))


def failing(error: BaseException):
    def ending():
        raise error

    return ending


def assert_all_gone(running: Running) -> None:
    assert running.put_back
    assert not running.window.timers
    assert not running.window.has_bar


def test_done():
    running = Running(lambda: "All done")
    assert running.event("MOUSEMOVE") == {"RUNNING_MODAL"}
    assert running.event("TIMER") == {"FINISHED"}
    assert running.reports == [({"INFO"}, "All done")]
    assert running.window.shown == [50]
    assert_all_gone(running)


def test_an_error_of_ours_is_reported():
    running = Running(failing(FlameError("The file is damaged.")))
    assert running.event("TIMER") == {"CANCELLED"}
    assert running.reports == [({"ERROR"}, "The file is damaged.")]
    assert_all_gone(running)


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), MemoryError(), KeyboardInterrupt()])
def test_any_other_error_goes_on_to_blender(error):
    running = Running(failing(error))
    with pytest.raises(type(error)):
        running.event("TIMER")
    assert_all_gone(running)


def test_esc_and_a_closed_window_stop_it():
    running = Running(lambda: "never said")
    next(running.work_under_way.steps)
    assert running.event("ESC") == {"CANCELLED"}
    assert [kind for kind, _ in running.reports] == [{"WARNING"}]
    assert_all_gone(running)
    closed = Running(lambda: "never said")
    next(closed.work_under_way.steps)
    closed.cancel(closed.context)
    assert_all_gone(closed)


def test_what_fails_while_it_is_put_back_leaves_nothing_either():
    running = Running(lambda: "never said")

    def steps():
        try:
            yield 0.1
        finally:
            raise OSError(5, "Input/output error")

    running.work_under_way = progress.Work(steps(), "timer")
    next(running.work_under_way.steps)
    with pytest.raises(OSError, match="Input/output"):
        running.event("ESC")
    assert not running.window.timers
    assert not running.window.has_bar
