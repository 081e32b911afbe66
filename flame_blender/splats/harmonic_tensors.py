"""Bands of harmonics as symmetric tensors, which turn index by index: what Geometry Nodes can do.

A band of degree l is a polynomial of the direction, sum of T[a, b, ...] d_a d_b ... over l indices. Turned by a
rotation R it has the tensor R[i, a] R[j, b] ... T[a, b, ...]: exact, with no angle that is told badly anywhere.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations_with_replacement
from math import factorial
from typing import NamedTuple

import numpy as np

from .harmonics import BANDS, basis

Index = tuple[int, ...]
# components that tell a band, their first two indices x or y: those with more of z follow, as the trace is 0
TOLD: dict[int, tuple[Index, ...]] = {
    1: ((0,), (1,), (2,)),
    2: ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2)),
    3: ((0, 0, 0), (0, 0, 1), (0, 0, 2), (0, 1, 2), (1, 1, 0), (1, 1, 1), (1, 1, 2)),
}
NOTHING = 1e-12


class Band(NamedTuple):
    """``into``: each component (its indices in order) as sums of the band's coefficients; ``back``: the other way.

    A sum is a tuple of (factor, number of the coefficient), or of (factor, one of :data:`TOLD`).
    """

    into: dict[Index, tuple[tuple[float, int], ...]]
    back: tuple[tuple[tuple[float, Index], ...], ...]


@lru_cache(3)
def band_of(degree: int) -> Band:
    """How a band's coefficients and its tensor tell each other."""
    indices = list(combinations_with_replacement(range(3), degree))
    points = np.random.default_rng(0).normal(size=(64, 3))
    powers = np.stack([points[:, list(index)].prod(1) for index in indices], 1)
    polynomials = np.linalg.lstsq(powers, basis(points, degree)[:, BANDS[degree]], rcond=None)[0]
    components = polynomials / np.array([_arrangements(index) for index in indices])[:, None]
    rows = dict(zip(indices, components, strict=True))
    told = TOLD[degree]
    inverse = np.linalg.inv(np.stack([rows[tuple(sorted(index))] for index in told]))
    into = {index: tuple((float(each), at) for at, each in enumerate(row) if _is(each)) for index, row in rows.items()}
    back = tuple(
        tuple((float(each), index) for each, index in zip(row, told, strict=True) if _is(each)) for row in inverse
    )
    return Band(into, back)


def _arrangements(index: Index) -> int:
    """In how many orders the indices can stand."""
    found = factorial(len(index))
    for axis in set(index):
        found //= factorial(index.count(axis))
    return found


def _is(factor: float) -> bool:
    return abs(factor) > NOTHING
