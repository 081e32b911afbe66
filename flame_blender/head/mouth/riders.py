"""What else rides on a head's joints, as the teeth of avatars do; told by rooms above when the add-on is enabled.

They are written with the head's vertices, and only then.
"""

from __future__ import annotations

from typing import Protocol

import bpy
import numpy as np

from ...flame.model import FlameModel


class Rider(Protocol):
    """One kind of such things."""

    def state(self, head: bpy.types.Object) -> tuple[int, ...]:
        """What to compare to tell whether it has to be written though the head has not changed; () for none."""

    def follow(self, head: bpy.types.Object, model: FlameModel, shape: np.ndarray, carried: np.ndarray) -> None:
        """Write it: for an identity (S,), with ``carried`` (J, 3, 4) from FLAME's axes at rest to the object's."""

    def stand_as_added(self, head: bpy.types.Object) -> None:
        """Stand where the head does: applying the head's transforms gives its children what was applied."""


RIDERS: list[Rider] = []


def state(head: bpy.types.Object) -> tuple[tuple[int, ...], ...]:
    """That of all of them."""
    return tuple(each.state(head) for each in RIDERS)


def riding(head: bpy.types.Object) -> list[Rider]:
    """Those that this head has."""
    return [each for each in RIDERS if each.state(head)]


def stand_as_added(head: bpy.types.Object) -> None:
    """Have them stand where the head does."""
    for each in RIDERS:
        each.stand_as_added(head)
