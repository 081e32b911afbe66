"""Where the rim of a head's neck lies on a body's skin: a closed curve, and what of the body is above it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..geometry.triangles import dot
from .ring import plane_of

Nearest = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]  # of observations.surfaces

ROUNDS = 6  # of laying the rim on the skin
SMOOTHING = 0.03  # share of the rim's length along which its way to the skin is evened out
UPWARDS = 0.7  # how much a skin that faces up, as shoulders do, counts as facing outwards
ROUND = 0.4  # of what a circle has around it for its length, at least
AT_ONCE = 2048  # vertices


@dataclass(frozen=True, eq=False)
class Seam:
    """A closed curve of ``points`` (S, 3), counter-clockwise seen from the head, with the skin's ``normals`` (S, 3).

    ``per`` of its points belong to each of the rim's, the first of them. ``centre`` and ``up`` (3,): of the plane
    nearest to it, pointing to the head.
    """

    points: np.ndarray
    normals: np.ndarray
    centre: np.ndarray
    up: np.ndarray
    per: int

    @property
    def of_rim(self) -> np.ndarray:
        """(R, 3) where the rim's own points are."""
        return self.points[:: self.per]

    def at(self, along: np.ndarray) -> np.ndarray:
        """(n, 3) the curve's places ``along`` (n,), in points of the rim."""
        return between(self.points, along * self.per)

    def heights(self, points: np.ndarray) -> np.ndarray:
        """(n,) how far points (n, 3) lie above the curve, at their angle round the neck."""
        order = np.argsort(self._angles(self.points))
        of_curve = self._angles(self.points)[order], ((self.points - self.centre) @ self.up)[order]
        return (points - self.centre) @ self.up - np.interp(self._angles(points), *of_curve, period=2 * np.pi)

    def _angles(self, points: np.ndarray) -> np.ndarray:
        across = self.points[0] - self.centre
        across = across - (across @ self.up) * self.up
        moved = points - self.centre
        return np.arctan2(moved @ np.cross(self.up, across), moved @ across)

    def nearest(self, points: np.ndarray) -> Beside:
        """Where points (n, 3) lie beside the curve."""
        parts = [self._nearest(points[start : start + AT_ONCE]) for start in range(0, len(points), AT_ONCE)]
        if not parts:
            return Beside(*(np.zeros((0, *rest)) for rest in ((), (3,), (3,), (3,))))
        return Beside(*(np.concatenate(each) for each in zip(*parts, strict=True)))

    def _nearest(self, points: np.ndarray) -> tuple[np.ndarray, ...]:
        starts, ways = self.points, np.roll(self.points, -1, 0) - self.points
        off = points[:, None] - starts
        share = np.clip(dot(off, ways[None]) / np.maximum(dot(ways, ways), 1e-18), 0.0, 1.0)
        off -= share[..., None] * ways
        which = dot(off, off).argmin(1)
        share = np.take_along_axis(share, which[:, None], 1)
        after = (which + 1) % len(starts)
        normals = (1 - share) * self.normals[which] + share * self.normals[after]
        tangents = np.roll(self.points, -1, 0) - np.roll(self.points, 1, 0)
        along = (1 - share) * tangents[which] + share * tangents[after]
        return (
            (which + share[:, 0]) / self.per,
            starts[which] + share * ways[which],
            unit(normals),
            unit(np.cross(normals, along)),
        )


@dataclass(frozen=True, eq=False)
class Beside:
    """``along`` (n,) which point of the rim, and what share of the way to the next; ``points`` (n, 3) of the curve.

    ``normals`` (n, 3) of the skin there, and ``upwards`` (n, 3) along it, across the curve.
    """

    along: np.ndarray
    points: np.ndarray
    normals: np.ndarray
    upwards: np.ndarray

    def of(self, rows: np.ndarray) -> Beside:
        """Some of them."""
        return Beside(self.along[rows], self.points[rows], self.normals[rows], self.upwards[rows])


def between(points: np.ndarray, along: np.ndarray) -> np.ndarray:
    """(n, 3) places along the straight edges of a closed curve (S, 3): 1.5 is half way from its second point."""
    which = np.floor(along).astype(np.int64)
    share = (along - which)[:, None]
    return (1 - share) * points[which % len(points)] + share * points[(which + 1) % len(points)]


def unit(vectors: np.ndarray) -> np.ndarray:
    """Vectors (n, 3) of length 1; those without length stay so."""
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12)


def outer_triangles(points: np.ndarray, triangles: np.ndarray, rim: np.ndarray, head: np.ndarray) -> np.ndarray:
    """Which (n,) of triangles (T, 3) are skin round the neck: near the rim (R, 3), facing away from its middle.

    Not the inner side of a collar, nor the mouth. ``head`` (3,) is the middle of the head; triangles with a corner that
    is not finite are left out.
    """
    centre, up = plane_of(rim, head)
    radius = float(np.linalg.norm(rim - centre, axis=1).mean())
    corners = points[triangles]
    middles = corners.mean(1) - centre
    with np.errstate(invalid="ignore"):
        near = np.flatnonzero(np.linalg.norm(middles, axis=1) < 3.5 * radius)
    corners, middles = corners[near], middles[near]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    outwards = unit(middles - (middles @ up)[:, None] * up)
    facing = dot(normals, outwards + UPWARDS * up)
    if facing.sum() < 0:  # a mesh that is inside out
        facing = -facing
    return near[(facing > 0) & (np.linalg.norm(normals, axis=1) > 1e-14)]


def lay_on_skin(rim: np.ndarray, nearest: Nearest) -> np.ndarray:
    """(R, 3) on the skin: each point of the rim (R, 3), in order, goes about as its neighbours do."""
    steps = np.linalg.norm(np.roll(rim, -1, 0) - rim, axis=1)
    place = np.concatenate([[0.0], np.cumsum(steps)[:-1]])
    apart = np.abs(place[:, None] - place)
    apart = np.minimum(apart, steps.sum() - apart)
    shares = np.exp(-0.5 * (apart / (SMOOTHING * steps.sum())) ** 2) * (steps + np.roll(steps, 1))
    shares /= shares.sum(1, keepdims=True)
    goal = rim
    for _ in range(ROUNDS):
        goal = rim + shares @ (nearest(goal)[1] - rim)
    return nearest(shares @ nearest(goal)[1])[1]  # its own corners rounded


def is_round(curve: np.ndarray, up: np.ndarray) -> bool:
    """Whether a closed curve (S, 3) goes round something, seen along ``up`` (3,): it does not run back on itself."""
    off = curve - curve.mean(0)
    off = off - (off @ up)[:, None] * up
    area = 0.5 * float((np.cross(off, np.roll(off, -1, 0)) @ up).sum())
    return 4 * np.pi * area > ROUND * float(np.linalg.norm(off - np.roll(off, -1, 0), axis=1).sum()) ** 2


def on_section(rim: np.ndarray, points: np.ndarray, edges: np.ndarray, head: np.ndarray) -> np.ndarray:
    """(R, 3) the rim moved to where its plane cuts the skin's ``edges`` (E, 2): for one that stands beside the neck."""
    centre, up = plane_of(rim, head)
    heights = (points - centre) @ up
    low, high = edges[heights[edges].prod(1) < 0].T
    if not len(low):
        return rim
    share = (heights[low] / (heights[low] - heights[high]))[:, None]
    cut = (1 - share) * points[low] + share * points[high]
    own = rim - centre
    flat = own - (own @ up)[:, None] * up
    middle = cut.mean(0)
    across = np.stack([unit(flat[:1])[0], np.cross(up, unit(flat[:1])[0])], 1)
    of_cut, of_rim = (cut - middle) @ across, flat @ across
    angles = np.arctan2(of_cut[:, 1], of_cut[:, 0])
    order = np.argsort(angles)
    size = np.interp(
        np.arctan2(of_rim[:, 1], of_rim[:, 0]), angles[order], np.linalg.norm(of_cut, axis=1)[order], period=2 * np.pi
    )
    moved: np.ndarray = middle + size[:, None] * unit(flat) + (own @ up)[:, None] * up
    return moved


def refined(points: np.ndarray, per: int) -> np.ndarray:
    """(R per, 3) on the smooth curve through closed ``points`` (R, 3) of Catmull and Rom, 1974."""
    share = np.arange(per) / per
    four = np.stack([np.roll(points, shift, 0) for shift in (1, 0, -1, -2)], 1)
    return np.einsum("sk,rkd->rsd", through_four(share), four).reshape(-1, 3)


def through_four(share: np.ndarray) -> np.ndarray:
    """(n, 4) weights of four points in a row for the curve at a ``share`` (n,) from the second to the third."""
    t, tt, ttt = share, share**2, share**3
    return 0.5 * np.stack([-ttt + 2 * tt - t, 3 * ttt - 5 * tt + 2, -3 * ttt + 4 * tt + t, ttt - tt], 1)


def seam_of(curve: np.ndarray, normals: np.ndarray, head: np.ndarray, per: int) -> Seam:
    """The seam of a curve (S, 3) with the skin's normals there; ``head`` (3,) is the middle of the head."""
    centre, up = plane_of(curve, head)
    normals = normals * np.where(dot(normals, unit(curve - centre) + UPWARDS * up) < 0, -1.0, 1.0)[:, None]
    return Seam(curve, unit(normals), centre, up, per)
