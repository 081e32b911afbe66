"""Points as a file holds them, before they are checked and given a layout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...errors import LandmarkError
from ...files.file_budget import spend_for_array
from ...files.raw_arrays import RefusedError, as_numbers

MAX_POINTS = 10_000


@dataclass(frozen=True, eq=False)
class RawPoints:
    """``points`` (L, 2 or 3) float64, NaN where not seen; ``weights`` (L,) or None for 1 each; ``kind`` for the source.

    ``layout`` is given where the file tells more than its count of points does.
    """

    points: np.ndarray
    kind: str
    weights: np.ndarray | None = None
    layout: str | None = None
    image_size: tuple[int, int] | None = None
    names: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def checked_array(points: object, source: str) -> np.ndarray:
    """(L, 2 or 3) float64 of anything that NumPy takes for such an array. LandmarkError naming what was found."""
    try:
        array = as_numbers(points)
        spend_for_array(array.dtype, array.size, held=True)
        array = array.astype(np.float64)
    except RefusedError as error:
        raise LandmarkError(f"{source}: expected two or three numbers for each point, found others.") from error
    if array.ndim != 2 or array.shape[1] not in (2, 3) or not 0 < len(array) <= MAX_POINTS:
        raise LandmarkError(
            f"{source}: expected two or three numbers for each of 1 to {MAX_POINTS} points, found {array.shape}."
        )
    return array


def number_in(name: str) -> int | None:
    """The whole number that a name is or begins with, ``"17"`` or ``"17 right brow"``."""
    start = name.strip().partition(" ")[0]
    return int(start) if start.isascii() and start.isdecimal() and len(start) < 6 else None


def numbered(
    names: Sequence[str], points: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray, str | None, tuple[str, ...]] | None:
    """Points whose names number them, put into iBUG's order: points, weights, layout, notes. None where they do not.

    Counted from 0, or from 1 where the highest number says so. Of a set with gaps the others are NaN of weight 0.
    """
    numbers = [number_in(name) for name in names]
    if None in numbers or len(set(numbers)) < len(numbers) or not numbers:
        return None
    places = np.array(numbers, int)
    notes: tuple[str, ...] = ()
    highest = int(places.max())
    if highest in (51, 68) and places.min() > 0:
        places, highest = places - 1, highest - 1
        notes = ("The points' names are taken for numbers that count from 1.",)
    if len(places) == highest + 1:
        order = np.argsort(places)
        return points[order], weights[order], None, notes
    if highest >= 68:
        return None
    count = 51 if highest < 51 else 68
    whole, confidence = np.full((count, points.shape[1]), np.nan), np.zeros(count)
    whole[places], confidence[places] = points, weights
    notes += (f"The points' names are taken for numbers among iBUG's {count}, counted from 0.",) if not notes else ()
    return whole, confidence, f"ibug{count}", notes
