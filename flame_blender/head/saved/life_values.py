"""What a face does by itself, added to the numbers of a head: lids, gaze, neck and breath, beside what is keyed."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from ...flame.value_layout import ValueLayout

BLINKS = ("eyeBlinkLeft", "eyeBlinkRight")
UP, DOWN = ("eyeLookUpLeft", "eyeLookUpRight"), ("eyeLookDownLeft", "eyeLookDownRight")
TO_LEFT, TO_RIGHT = ("eyeLookOutLeft", "eyeLookInRight"), ("eyeLookInLeft", "eyeLookOutRight")  # the subject's
BREATH = np.radians(-0.8)  # what a full breath adds to the neck's nod


class LifeValues(NamedTuple):
    """What is added at one moment.

    ``blink``: how far the left and the right lid are shut, 0 to 1. ``gaze``: scores up and to the head's left, -1 to 1.
    ``neck``: a rotation vector, radians. ``breath``: 0 out to 1 in.
    """

    blink: tuple[float, float] = (0.0, 0.0)
    gaze: tuple[float, float] = (0.0, 0.0)
    neck: tuple[float, float, float] = (0.0, 0.0, 0.0)
    breath: float = 0.0

    def moves(self) -> bool:
        """Whether it adds anything."""
        return bool(any(self.blink) or any(self.gaze) or any(self.neck) or self.breath)


def add_to(
    layout: ValueLayout,
    values: np.ndarray,
    life: LifeValues,
    place_of: Callable[[str], int],
    shut: tuple[float, float] = (0.0, 0.0),
) -> None:
    """Add life to values (size,) in place. ``place_of`` tells where among the scores a control is, -1 for nowhere.

    A blink shuts what is left open of a lid that its score, or what else is told by ``shut``, has shut in part, so that
    both together are 1 at most. A gaze goes no further than 1, or than it goes without life.
    """
    start = layout.controls.start
    for name, amount, already in zip(BLINKS, life.blink, shut, strict=True):
        place = place_of(name)
        if amount and place >= 0:
            open_still = 1.0 - min(max(float(values[start + place]) + already, 0.0), 1.0)
            values[start + place] += min(amount, 1.0) * open_still
    up, left = life.gaze
    for names, amount in ((UP, up), (DOWN, -up), (TO_LEFT, left), (TO_RIGHT, -left)):
        for place in map(place_of, names) if amount > 0 else ():
            if place >= 0:
                own = float(values[start + place])
                values[start + place] = min(own + amount, max(own, 1.0))
    neck = layout.vector("neck")
    values[neck] += life.neck
    values[neck.start] += BREATH * life.breath
