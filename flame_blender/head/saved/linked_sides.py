"""Movements whose two sides are linked: one that is moved by hand moves the other along."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...model_controls.sides import other_side, side_of

# called with the object and the paths of what was moved and of what moved along: Auto Keying, of a later room
MOVED_ALONG: list[Callable[[Any, str, str], object]] = []


def partner_of(item: Any) -> Any:
    """The movement of the other side beside one, in its collection; None where it has no side, or no partner."""
    if not side_of(item.name):
        return None
    items = item.id_data.path_resolve(item.path_from_id().rpartition("[")[0])
    place = items.find(other_side(item.name))
    return items[place] if place >= 0 else None


def move_along(item: Any, context: Any) -> None:
    """Set the other side where the two are linked; a script's writes to single items too, but only hands are keyed."""
    partner = partner_of(item) if item.linked else None
    if partner is None or partner.value == item.value:
        return
    partner.value = item.value
    if context is not None and getattr(context, "area", None) is not None:
        for tell in MOVED_ALONG:
            tell(item.id_data, f"{item.path_from_id()}.value", f"{partner.path_from_id()}.value")


def link_along(item: Any, _context: Any) -> None:
    """A link is of both sides."""
    partner = partner_of(item)
    if partner is not None and partner.linked != item.linked:
        partner.linked = item.linked
