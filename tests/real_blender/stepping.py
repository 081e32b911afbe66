"""The steps of a test in a window: a timer takes one after the other, and Blender draws and listens in between."""

from __future__ import annotations

from collections.abc import Iterator

import bpy

BEFORE_THE_FIRST = 2.0  # seconds, until the window stands


def take(steps: Iterator[None], tick: float) -> None:
    """Take a step every ``tick`` seconds. An error ends them, and Blender prints its traceback."""

    def advance() -> float | None:
        try:
            next(steps)
        except StopIteration:
            return None
        return tick

    bpy.context.preferences.view.show_splash = False  # it would cover the window; this runs before it opens
    bpy.context.preferences.view.smooth_view = 0  # or a click meets the view on its way
    bpy.app.timers.register(advance, first_interval=BEFORE_THE_FIRST, persistent=True)
