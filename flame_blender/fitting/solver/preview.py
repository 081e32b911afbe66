"""How a fit shows itself while it runs."""

from __future__ import annotations

from collections.abc import Callable

from ...flame.params import FlameParams

Preview = Callable[[FlameParams], None]


def no_preview(_params: FlameParams) -> None:
    """Where nobody looks on."""
