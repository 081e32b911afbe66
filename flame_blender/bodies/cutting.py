"""A body's mesh cut along a curve on its skin: which of its vertices are the head's, and which go onto the curve.

Nothing new is made: the vertices on both sides that are nearest to the curve slide onto it, so that faces end there,
and quads that it runs through are shown in two. The next vertices above stay as a flange under the head's skin, so that
no gap is seen where the two meshes' edges part; those below go along with what the head's edge, which is straight
between its vertices, leaves of the skin's curve.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from ..geometry.triangles import dot
from .seam import Beside, Seam, through_four, unit

NEAR = 0.35  # share of an edge: a vertex so near to the curve goes onto it, whichever side it is on
REACH = 1.2  # times the longest edge at the curve: how near to it sides are told by the skin there
BAND = 0.02  # metres below the curve that go along with it
FLANGE, INWARDS = 0.005, 0.1  # metres up from the curve at most; how much of that under the head's skin
FAR = 0.01  # metres from the head's skin: there the flange is under none
ONTO = 0.25  # share of the way between two points of the rim that a vertex goes to be at one
OPEN = 0.2  # share of the curve without a vertex of the body: there it has no skin to end


@dataclass(frozen=True, eq=False)
class Polygons:
    """``corners`` (L,) vertices of polygons one after the other, ``starts`` (P,) of each; ``edges`` (E, 2)."""

    corners: np.ndarray
    starts: np.ndarray
    edges: np.ndarray

    def with_any(self, marked: np.ndarray) -> np.ndarray:
        """(P,) bool, polygons with any of the marked vertices (N,) bool."""
        if not len(self.starts):
            return np.zeros(0, bool)
        found: np.ndarray = np.logical_or.reduceat(marked[self.corners], self.starts)
        return found

    def of(self, marked: np.ndarray, count: int) -> np.ndarray:
        """(N,) bool, the vertices of the marked polygons (P,) bool."""
        found = np.zeros(count, bool)
        sizes = np.diff(np.append(self.starts, len(self.corners)))
        found[self.corners[np.repeat(marked, sizes)]] = True
        return found


@dataclass(frozen=True, eq=False)
class Cut:
    """``hidden`` (P,) bool polygons; ``moved`` (m,) vertices, ``beside`` the curve and ``heights`` (m,) above it.

    ``is_ring`` and ``is_flange`` (m,) bool; the others are the band below. ``points`` (m, 3) are where they were.
    ``split`` (P,) int: quads that the curve runs through, 1 from the first corner to the third, 2 from the second.
    """

    hidden: np.ndarray
    split: np.ndarray
    moved: np.ndarray
    points: np.ndarray
    beside: Beside
    heights: np.ndarray
    is_ring: np.ndarray
    is_flange: np.ndarray

    @property
    def ring(self) -> np.ndarray:
        """The vertices that end the skin, in order along the curve."""
        rows = np.flatnonzero(self.is_ring)
        ordered: np.ndarray = self.moved[rows[np.argsort(self.beside.along[rows], kind="stable")]]
        return ordered

    def spacing(self, polygons: Polygons) -> float:
        """How long edges at the curve are, in the middle; without any, endless."""
        at = np.zeros(int(polygons.edges.max(initial=0)) + 1, bool)
        at[self.moved] = True
        ends = polygons.edges[at[polygons.edges].all(1)]
        places = self.points[np.searchsorted(self.moved, ends)]
        return float(np.median(np.linalg.norm(places[:, 0] - places[:, 1], axis=1))) if len(ends) else np.inf


def cut_along(seam: Seam, points: np.ndarray, polygons: Polygons, inside: np.ndarray, unit: float = 1.0) -> Cut:
    """The cut of a mesh ``points`` (N, 3), world; only vertices ``inside`` (N,) bool can be the head's.

    ``unit`` is a metre of the head's in the world's units.
    """
    near, beside, heights = _at_seam(seam, points, polygons, unit)
    sides = _sides(seam, points, polygons, near, heights)
    sides[(sides > 0) & ~inside] = -1
    at = np.full(len(points), -1)
    at[near] = np.arange(len(near))
    sides = _snapped(sides, heights, at, polygons)
    ring = (sides == 0) & polygons.of(polygons.with_any(sides < 0), len(points))
    flange = (sides > 0) & (at >= 0) & polygons.of(polygons.with_any(ring), len(points))
    ends = polygons.with_any(flange) & polygons.with_any(sides == 0)
    hidden = polygons.with_any((sides > 0) & ~flange) | ~(polygons.with_any(sides < 0) | ends)
    band = np.zeros(len(points), bool)
    band[near] = (sides[near] < 0) & (heights < 0) & (heights > -BAND * unit)
    moved = np.flatnonzero(ring | flange | band)
    rows = at[moved]
    return Cut(
        hidden,
        _split(sides, polygons),
        moved,
        points[moved],
        beside.of(rows),
        heights[rows],
        ring[moved],
        flange[moved],
    )


@dataclass(frozen=True, eq=False)
class RimSeats:
    """Where each of R points of the rim sits: ``rows`` (R, 4) of the body's vertices, ``weights`` (R, 4).

    ``free`` (R,) bool are those beside which the body's skin does not end.
    """

    rows: np.ndarray
    weights: np.ndarray
    free: np.ndarray


def seated(cut: Cut, count: int, curved: bool) -> tuple[Cut, RimSeats]:
    """The rim's ``count`` points on the ring, and the ring's vertices that go to points of the rim.

    The vertex of the ring that is nearest to a point of the rim goes there or, if that is far, the rim's point to it.
    Where the ring is coarser than the rim, the rim's other points go onto its edges, or where those are ``curved`` (a
    body that is subdivided) on a curve through four of its vertices.
    """
    ring = cut.ring
    along = cut.beside.along[np.searchsorted(cut.moved, ring)]
    rows, weights, free = np.zeros((count, 4), np.int64), np.zeros((count, 4)), np.ones(count, bool)
    if len(along) < 3:
        return cut, RimSeats(rows, weights, free)
    off = (along[None] - np.arange(count)[:, None] + count / 2) % count - count / 2  # (R, B)
    nearest = np.abs(off).argmin(1)
    off = off[np.arange(count), nearest]
    exact = np.abs(off) <= 0.5
    onto = np.abs(off) <= ONTO
    along[nearest[onto]] = np.flatnonzero(onto)
    anchors = np.unique(nearest[exact])
    anchors = anchors[np.argsort(along[anchors])]  # the last may have gone to the first point
    at = along[anchors]
    place = np.searchsorted(at, np.arange(count), side="right") - 1
    around = (place[:, None] + np.arange(-1, 3)) % len(at)  # before, from, to, after
    span = (at[around[:, 2]] - at[around[:, 1]]) % count
    share = ((np.arange(count) - at[around[:, 1]]) % count) / np.maximum(span, 1e-9)
    rows[:] = ring[anchors[around]]
    weights[:] = through_four(share) if curved else np.stack([0 * share, 1 - share, share, 0 * share], 1)
    rows[exact] = ring[nearest[exact]][:, None]
    weights[exact] = (0.0, 1.0, 0.0, 0.0)
    free = ~exact & (span > OPEN * count)
    all_along = cut.beside.along.copy()
    all_along[np.searchsorted(cut.moved, ring)] = along
    return replace(cut, beside=replace(cut.beside, along=all_along)), RimSeats(rows, weights, free)


def goals_of(
    cut: Cut,
    seam: Seam,
    border: Callable[[np.ndarray], np.ndarray],
    under: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]] | None,
    unit_length: float = 1.0,
) -> np.ndarray:
    """(m, 3) where the cut's vertices go, when the head's edge is ``border`` of places along the curve.

    ``under`` says where points are nearest to the head's skin, and its normals; the flange goes below it.
    """
    on_skin = seam.at(cut.beside.along)
    way = border(cut.beside.along) - on_skin
    down = np.clip(-cut.heights / (BAND * unit_length), 0.0, 1.0)[:, None]
    goals = cut.points + (1 - down * down * (3 - 2 * down)) * way
    goals[cut.is_ring] = (on_skin + way)[cut.is_ring]
    rows = np.flatnonzero(cut.is_flange)
    beside, heights = cut.beside.of(rows), cut.heights[rows]
    kept = np.minimum(heights, FLANGE * unit_length)
    off = dot(cut.points[rows] - beside.points, beside.normals) * (kept / np.maximum(heights, 1e-12)) ** 2
    place = beside.points + way[rows] + kept[:, None] * beside.upwards + off[:, None] * beside.normals
    inwards = -beside.normals
    if under is not None:
        skin, normals = under(place)
        normals = unit(normals) * np.where(dot(normals, beside.normals) < 0, 1.0, -1.0)[:, None]
        close = np.linalg.norm(skin - place, axis=1) < FAR * unit_length
        place, inwards = np.where(close[:, None], skin, place), np.where(close[:, None], normals, inwards)
    goals[rows] = place + (INWARDS * kept)[:, None] * inwards
    return goals


def _at_seam(
    seam: Seam, points: np.ndarray, polygons: Polygons, unit_length: float
) -> tuple[np.ndarray, Beside, np.ndarray]:
    """The vertices near the curve, where they are beside it, and how far above along the skin."""
    radius = float(np.linalg.norm(seam.points - seam.centre, axis=1).mean())
    with np.errstate(invalid="ignore"):
        close = np.flatnonzero(np.linalg.norm(points - seam.centre, axis=1) < 3.0 * radius)
    beside = seam.nearest(points[close])
    away = np.full(len(points), np.inf)
    away[close] = np.linalg.norm(points[close] - beside.points, axis=1)
    lengths = np.linalg.norm(points[polygons.edges[:, 0]] - points[polygons.edges[:, 1]], axis=1)
    at_curve = away[polygons.edges].min(1) <= lengths
    reach = min(max(REACH * float(lengths[at_curve].max(initial=0.0)), BAND * unit_length), radius)
    kept = np.flatnonzero(away[close] <= reach)
    beside = beside.of(kept)
    return close[kept], beside, dot(points[close[kept]] - beside.points, beside.upwards)


def _sides(seam: Seam, points: np.ndarray, polygons: Polygons, near: np.ndarray, heights: np.ndarray) -> np.ndarray:
    """(N,) 1 above the curve, -1 below: near it as the skin says, elsewhere as most of what is joined there."""
    count = len(points)
    sides = np.zeros(count, np.int64)
    sides[near] = np.where(heights > 0, 1, -1)
    told = sides != 0
    ends = polygons.edges
    parts = _parts(count, ends[~told[ends].any(1)])
    votes = np.zeros(count)
    for one, other in (ends.T, ends.T[::-1]):
        rows = told[one] & ~told[other]
        np.add.at(votes, parts[other[rows]], sides[one[rows]])
    votes = votes[parts]
    with np.errstate(invalid="ignore"):
        by_height = np.where(seam.heights(points) > 0, 1, -1)
    return np.where(told, sides, np.where(votes > 0, 1, np.where(votes < 0, -1, by_height)))


def _parts(count: int, edges: np.ndarray) -> np.ndarray:
    """(N,) the lowest vertex of what each vertex hangs together with."""
    part = np.arange(count)
    while True:
        lowest = part.copy()
        np.minimum.at(lowest, edges[:, 0], part[edges[:, 1]])
        np.minimum.at(lowest, edges[:, 1], part[edges[:, 0]])
        np.minimum.at(lowest, part, lowest.copy())
        lowest = lowest[lowest]
        if np.array_equal(lowest, part):
            return part
        part = lowest


def _split(sides: np.ndarray, polygons: Polygons) -> np.ndarray:
    """(P,) which quads have two corners on the curve and one on each side, and so which way they are cut."""
    sizes = np.diff(np.append(polygons.starts, len(polygons.corners)))
    quads = np.flatnonzero(sizes == 4)
    found = np.zeros(len(sizes), np.int64)
    of_corners = sides[polygons.corners[polygons.starts[quads][:, None] + np.arange(4)]]
    for way, (one, other) in ((1, (0, 2)), (2, (1, 3))):
        on_curve = (of_corners[:, [one, other]] == 0).all(1)
        found[quads[on_curve & (of_corners[:, 1 - one :: 2].prod(1) < 0)]] = way
    return found


def _snapped(sides: np.ndarray, heights: np.ndarray, at: np.ndarray, polygons: Polygons) -> np.ndarray:
    """The sides, 0 for what goes onto the curve: the nearer ends of edges that cross it, else their upper ones."""
    sides, ends = sides.copy(), polygons.edges
    crossing = ends[(sides[ends].prod(1) < 0) & (at[ends] >= 0).all(1)]
    high = np.abs(heights[at[crossing]])
    share = high / np.maximum(high.sum(1, keepdims=True), 1e-18)
    sides[crossing[share < NEAR]] = 0
    crossing = crossing[sides[crossing].prod(1) < 0].ravel()
    sides[crossing[sides[crossing] > 0]] = 0
    return sides
