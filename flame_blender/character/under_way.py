"""The face that is captured just now, if one is: what panels and the end of a file ask for, and no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy
from bpy.app.handlers import persistent

from ..head import handlers

if TYPE_CHECKING:
    from .live_capture import LiveCapture

_running: list[LiveCapture] = []  # at most one


def running() -> LiveCapture | None:
    """The capture that is under way."""
    return _running[0] if _running else None


def begin(capture: LiveCapture) -> None:
    """Have this one under way."""
    _running.append(capture)


def forget(capture: LiveCapture) -> None:
    """It is under way no more."""
    if running() is capture:
        _running.clear()


@persistent
def end(*_ignored: object) -> None:
    """Close the port of a capture that is under way, before another file is opened; nothing is keyed."""
    while _running:
        _running.pop().receiver.close()


HANDLERS: handlers.Pairs = ((bpy.app.handlers.load_pre, end),)


def register() -> None:
    """Append the handler."""
    handlers.add(HANDLERS)


def unregister() -> None:
    """Remove it, and end what is under way."""
    handlers.remove(HANDLERS)
    end()
