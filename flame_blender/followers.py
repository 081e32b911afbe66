"""Who moves a head by drivers and takes what is set of it, as a face board does: else the drivers would overwrite it.

Rooms above this one tell it here when the add-on is enabled.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple, Protocol

import bpy


class Channels(NamedTuple):
    """What is keyed in a head's place: an object, and path, index, group and present value of its channels."""

    obj: bpy.types.Object
    channels: list[tuple[str, int, str, float]]


class Follower(Protocol):
    """One kind of such things."""

    def take(self, head: bpy.types.Object, fields: Collection[str]) -> None:
        """Show what was set of these fields of the parameters, "controls" among them."""

    def driven(self, head: bpy.types.Object) -> Collection[str]:
        """The data paths that it moves."""

    def channels(self, head: bpy.types.Object, field: str) -> Channels | None:
        """What is keyed for a field that it moves; None where it does not."""

    def give_keys(self, head: bpy.types.Object, paths: Collection[str]) -> None:
        """Turn its own keys of what lies at these paths into keys of the head's, before these are changed."""

    def take_keys(self, head: bpy.types.Object) -> None:
        """Turn the head's keys of what it moves into its own."""


FOLLOWERS: list[Follower] = []


def take(head: bpy.types.Object, fields: Collection[str]) -> None:
    """Have them show what was set."""
    for each in FOLLOWERS:
        each.take(head, fields)


def channels(head: bpy.types.Object, fields: Iterable[str]) -> list[Channels]:
    """What is keyed in the head's place for these fields."""
    found = [each.channels(head, field) for each in FOLLOWERS for field in fields]
    return [each for each in found if each is not None]


def driven(head: bpy.types.Object) -> set[str]:
    """The data paths of a head that they move."""
    return {path for each in FOLLOWERS for path in each.driven(head)}


def give_keys(head: bpy.types.Object, paths: Collection[str]) -> None:
    """Have the head's own curves at these paths, before they are changed; :func:`take_keys` afterwards."""
    for each in FOLLOWERS:
        each.give_keys(head, paths)


def take_keys(head: bpy.types.Object) -> None:
    """Have them take the keys that were written on a head."""
    for each in FOLLOWERS:
        each.take_keys(head)
