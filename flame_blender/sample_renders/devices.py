"""What renders samples: the processor, or graphics cards of one kind, for as long as they are rendered."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import bpy

from ..datasets.recipe import CPU
from ..errors import DatasetError


@contextmanager
def used_device(kind: str, preferences: Any = None) -> Iterator[None]:
    """Have Cycles take all cards of a kind, and afterwards what the user had chosen.

    ``preferences`` are Cycles' own, of this Blender where they are None. Raises DatasetError where there is no card.
    """
    if kind == CPU:
        yield
        return
    found: Any = preferences or _preferences()
    cards = list(found.get_devices_for_type(kind)) if found is not None else []
    cards = [each for each in cards if each.type == kind]
    if not cards:
        raise DatasetError(
            f"image.device: expected a graphics card that Cycles can use by {kind}, found none on this machine; write "
            f"'{CPU}', or render where there is one."
        )
    before = found.compute_device_type, [each.use for each in cards]
    try:
        found.compute_device_type = kind
        for card in cards:
            card.use = True
        yield
    finally:
        found.compute_device_type = before[0]
        for card, used in zip(cards, before[1], strict=True):
            card.use = used


def _preferences() -> Any:
    context: Any = bpy.context
    addon = context.preferences.addons.get("cycles")
    return None if addon is None else addon.preferences
