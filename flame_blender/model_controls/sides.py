"""What moves one side of a face alone, and how the two sides share the middle."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

LEFT, RIGHT = "Left", "Right"
SIDES = {LEFT: 1.0, RIGHT: -1.0}
OF_BOTH = ("jawLeft", "jawRight", "mouthLeft", "mouthRight")  # move all to one side
MIDDLE = 2e-3  # metres: about the middle plane nothing is of a side
SHARED = 4.5e-3  # metres to each side of the middle in which two one-sided movements share what they move
TOO_MUCH = 0.045  # of a one-sided movement on the other side, as root of its energy


def side_of(name: str) -> float:
    """1 for a movement of the subject's left, on +X; -1 for one of the right; 0 for one of both."""
    return next((sign for side, sign in SIDES.items() if name.endswith(side) and name not in OF_BOTH), 0.0)


def on_other_side(vertices: np.ndarray, side: float) -> np.ndarray:
    """(V,) bool: the half on which a movement of ``side`` should leave all still; nowhere for one of both."""
    return side * vertices[:, 0] < -MIDDLE if side else np.zeros(len(vertices), bool)


def share_on_other_side(moved: np.ndarray, vertices: np.ndarray, side: float) -> float:
    """Root of the share of a movement's energy, (V, 3) metres, that lands on the side that should be still."""
    squares = (moved * moved).sum(1)
    total = squares.sum()
    return float(np.sqrt(squares[on_other_side(vertices, side)].sum() / total)) if total else 0.0


def pairs_of(names: Sequence[str]) -> list[tuple[int, int]]:
    """Places of what moves the left and of what does the same on the right."""
    places = {name: place for place, name in enumerate(names)}
    both = [(place, places.get(name.removesuffix(LEFT) + RIGHT)) for name, place in places.items() if side_of(name) > 0]
    return [(left, right) for left, right in both if right is not None]


def parted(names: Sequence[str], moved: np.ndarray, vertices: np.ndarray) -> np.ndarray:
    """Movements (C, V, 3) of which those of one side leave the other still, but for a seam in the middle.

    Two that do the same, left and right, are parted anew where more than a little lands on the wrong side: together
    they move what they moved before.
    """
    result = moved.copy()
    across = np.clip((vertices[:, 0] / SHARED + 1) / 2, 0, 1)
    to_left = (across * across * (3 - 2 * across))[:, None]
    for left, right in pairs_of(names):
        if max(share_on_other_side(moved[at], vertices, side_of(names[at])) for at in (left, right)) > TOO_MUCH:
            both = moved[left] + moved[right]
            result[left], result[right] = to_left * both, (1 - to_left) * both
    return result
