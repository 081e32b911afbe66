"""Upper and lower lip, upper and lower lid: surfaces that touch, and must not be taken for each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .skin import along_edges

# rows among iBUG's 51 points, which begin with number 17: outer lips, right lids, left lids; first upper, then lower
UPPER_AND_LOWER = tuple(
    tuple(np.array(numbers) - 17 for numbers in pair)
    for pair in (((49, 50, 51, 52, 53), (55, 56, 57, 58, 59)), ((37, 38), (41, 40)), ((43, 44), (47, 46)))
)
NEAR = 0.03  # metres along the skin from the lips or lids: beyond, nothing is upper or lower
APART = 0.8  # by which the sides of two places may differ, of 2 from lid to lid
AT_CORNERS, WHOLE = 0.008, 0.6  # metres from lips and lids, and the side from which on a place is surely of it


@dataclass(frozen=True, eq=False)
class Side:
    """Of one mouth or eye: ``side`` (V,) from -1 on the lower to 1 on the upper lip or lid, ``away`` (V,) metres."""

    side: np.ndarray
    away: np.ndarray

    def __getitem__(self, chosen: np.ndarray | slice | tuple[slice, None]) -> Side:
        return Side(self.side[chosen], self.away[chosen])

    def at(self, faces: np.ndarray, triangles: np.ndarray, barycentric: np.ndarray) -> Side:
        """The same at points in triangles."""
        corners = faces[triangles]
        return Side((self.side[corners] * barycentric).sum(-1), (self.away[corners] * barycentric).sum(-1))


def sides_of(vertices: np.ndarray, edges: np.ndarray, seeds: np.ndarray) -> tuple[Side, ...]:
    """Sides of mouth, right and left eye, by the ways along the skin from points on the lips and lids.

    ``seeds`` (51,) are the vertices nearest to iBUG's points.
    """
    return tuple(_side(vertices, edges, seeds[upper], seeds[lower]) for upper, lower in UPPER_AND_LOWER)


def compatible(ones: tuple[Side, ...], others: tuple[Side, ...]) -> np.ndarray:
    """Whether two places, each (...) of its head, may be the same: not one on the upper lip and one on the lower."""
    allowed = np.array(True)
    for one, other in zip(ones, others, strict=True):
        near = (one.away < NEAR) & (other.away < NEAR)
        allowed = allowed & ~(near & (np.abs(one.side - other.side) > APART))
    return allowed


def certainty(sides: tuple[Side, ...]) -> np.ndarray:
    """(V,) 1 where it is clear which lip or lid a vertex is of, or none; near 0 in the corners of mouth and eyes."""
    sure = np.array(1.0)
    for each in sides:
        sure = np.minimum(sure, np.where(each.away < AT_CORNERS, np.minimum(np.abs(each.side) / WHOLE, 1), 1))
    return sure


def _side(vertices: np.ndarray, edges: np.ndarray, upper: np.ndarray, lower: np.ndarray) -> Side:
    ways = []
    for seeds in (upper, lower):
        start = np.full(len(vertices), np.inf)
        start[seeds] = 0.0
        ways.append(along_edges(vertices, edges, start))
    from_upper, from_lower = ways
    nearer = np.minimum(from_upper, from_lower)
    with np.errstate(invalid="ignore"):
        side = (from_lower - from_upper) / (from_lower + from_upper)
    return Side(np.nan_to_num(side), nearer)
