"""Lids of one head that move as those of another: their edges go as far, and they slide over the eyeball."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .lid_margins import LidMargins
from .relaxing import FOLLOWING, HELD, relaxed_values, stiffness
from .rest_skin import RestSkin
from .skin import along_edges

STILL = 0.02  # of the height of an eye: lids that move less do not move
SHUT, OVERLAP = 0.05, 4e-4  # of that height left between lids that shut; metres by which their edges then overlap
REACH = 0.016  # metres along the skin from the lids' edges: beyond, nothing follows them
OF_EDGE = 0.3  # weight of a corner of a triangle in which an edge lies, from which on it moves with the edge
ROUNDS = 3  # of bringing the edges to where they belong
CLEARANCE = 1e-4  # metres between lids and eyeball
INSIDE = 2e-4  # metres: what lies deeper in the eyeball at rest is no lid
MOVING = 5e-4  # metres of movement, from which on a lid is wholly pushed out


def shares_of(margins: LidMargins, skin: RestSkin, moved: np.ndarray) -> np.ndarray:
    """(M, 2) how far movements (M, V, 3) bring the upper lid down and the lower lid up, of the height of the eye."""
    faces, rest = skin.model.faces, skin.vertices
    before = margins.elevations(rest, faces)
    away = np.array([margins.elevations(rest + each, faces) for each in moved]) - before
    middle = (margins.along > 0.2) & (margins.along < 0.8)
    return np.median(away[:, :, middle] / margins.heights[middle], 2) * (-1, 1)


def shut(shares: np.ndarray) -> np.ndarray:
    """(M,) bool: whether lids that go by ``shares`` (M, 2) of the height of the eye are meant to meet."""
    meet: np.ndarray = 1 - shares.sum(1) < SHUT
    return meet


@dataclass(frozen=True, eq=False)
class Lids:
    """The lids of one eye of a head, which can be moved."""

    skin: RestSkin
    margins: LidMargins

    @cached_property
    def ways(self) -> np.ndarray:
        """(V,) metres along the skin from the lids' edges."""
        start = np.full(self.skin.model.n_vertices, np.inf)
        start[self.held[0]] = 0.0
        return along_edges(self.skin.vertices, self.skin.edges, start)

    @cached_property
    def held(self) -> tuple[np.ndarray, np.ndarray]:
        """Vertices (H,) on the edges, and shares (H, 2 A) of their points that they go with."""
        corners = self.skin.model.faces[self.margins.triangles].reshape(-1, 3)
        weights = self.margins.barycentric.reshape(-1, 3)
        shares = np.zeros((self.skin.model.n_vertices, len(corners)))
        np.add.at(shares, (corners, np.arange(len(corners))[:, None]), np.where(weights > OF_EDGE, weights**2, 0.0))
        ids = np.flatnonzero(shares.any(1))
        return ids, shares[ids] / shares[ids].sum(1, keepdims=True)

    def turned(self, vertices: np.ndarray, radians: np.ndarray) -> np.ndarray:
        """(V, 3) turned about the axis from side to side through the eyeball, (V,) upwards."""
        away = vertices - self.margins.ball.centre
        sine, cosine = np.sin(radians), np.cos(radians)
        there = np.stack(
            [away[:, 0], cosine * away[:, 1] + sine * away[:, 2], cosine * away[:, 2] - sine * away[:, 1]], 1
        )
        return np.where(radians[:, None] == 0, vertices, there + self.margins.ball.centre)  # still to the last digit

    def moving(self, shares: np.ndarray, carried: np.ndarray) -> np.ndarray:
        """Movements ``carried`` (M, V, 3) whose lids' edges go by ``shares`` (M, 2) of the height of the eye."""
        faces, rest = self.skin.model.faces, self.skin.vertices
        wanted = self._elevations(shares)
        vertices = rest + carried
        for _ in range(ROUNDS):
            off = wanted - np.array([self.margins.elevations(each, faces) for each in vertices])
            turns = self._spread(off.reshape(len(off), -1))
            vertices = np.array([self.turned(each, turn) for each, turn in zip(vertices, turns, strict=True)])
        return vertices - rest

    def outside(self, carried: np.ndarray, shift: np.ndarray | None = None) -> np.ndarray:
        """Movements ``carried`` (M, V, 3) without what lies in the eyeball then, or half way.

        Where a gaze turns the eyeball about a joint that is not in its middle, ``shift`` (3,) metres is how far that
        moves.
        """
        off = np.zeros(3) if shift is None else shift
        return np.array([self._outside(self.skin.vertices + each, off) for each in carried]) - self.skin.vertices

    def overlapping(self, carried: np.ndarray) -> np.ndarray:
        """A movement (V, 3) that shuts the eye, and leaves no slit between the lids' edges from the front.

        Where what pushed them out of the eyeball parted them, the upper lid comes down.
        """
        vertices, faces, margins = self.skin.vertices + carried, self.skin.model.faces, self.margins
        lap = OVERLAP * np.minimum(margins.heights / margins.heights.max() / 0.2, 1)
        for _ in range(ROUNDS):
            upper, lower = margins.points(vertices, faces)
            slit = np.maximum(upper[:, 1] - lower[:, 1] + lap, 0.0)
            turns = np.stack([-slit / np.maximum(upper[:, 2], margins.ball.radius / 2), np.zeros(len(slit))])
            vertices = self.turned(vertices, self._spread(turns.reshape(1, -1))[0])
        return vertices - self.skin.vertices

    def _elevations(self, shares: np.ndarray) -> np.ndarray:
        """(M, 2, A) where the edges belong."""
        left, meet = 1 - shares.sum(1), shut(shares)
        lap = np.where(meet, OVERLAP / self.margins.ball.radius, 0.0)[:, None, None]
        shares = shares + np.where(meet, left / 2, 0.0)[:, None]
        heights = self.margins.heights
        rest = self.margins.elevations(self.skin.vertices, self.skin.model.faces)
        lap = lap * np.minimum(heights / heights.max() / 0.2, 1) / 2
        return rest + (shares[:, :, None] * heights + lap) * np.array([-1.0, 1.0])[:, None]

    def _spread(self, off: np.ndarray) -> np.ndarray:
        """(M, V) radians: those (M, 2 A) of the edges, spread over the skin around."""
        ids, shares = self.held
        around = np.flatnonzero(self.ways < 1.3 * REACH)
        place = np.full(self.skin.model.n_vertices, -1)
        place[around] = np.arange(len(around))
        edges = self.skin.edges[(place[self.skin.edges] >= 0).all(1)]
        trust = np.where(self.ways[around] < REACH, FOLLOWING, HELD)
        trust[place[ids]] = HELD
        wanted = np.zeros((len(around), len(off)))
        wanted[place[ids]] = shares @ off.T
        result = np.zeros((len(off), self.skin.model.n_vertices))
        result[:, around] = relaxed_values(place[edges], stiffness(self.skin.vertices, edges), trust, wanted).T
        return result

    def _outside(self, vertices: np.ndarray, shift: np.ndarray) -> np.ndarray:
        """Lids (V, 3), pushed out of the eyeball where they, or they half way, would lie in it.

        Those that hardly move come no nearer to it than they were.
        """
        rest, ball = self.skin.vertices, self.margins.ball
        reach = np.linalg.norm(rest[ball.vertices] - ball.centre, axis=1).max(initial=ball.radius)
        lids = (self.ways < REACH) & (np.linalg.norm(rest - ball.centre, axis=1) > ball.radius - INSIDE)
        lids &= (np.linalg.norm(vertices - rest, axis=1) > 0) | bool(shift.any())
        pushed = vertices.copy()
        at_rest, away = rest[lids] - ball.centre, vertices[lids] - ball.centre - shift
        moving = np.clip(np.linalg.norm(vertices[lids] - rest[lids], axis=1) / MOVING, 0, 1)
        radii = np.linalg.norm(away, axis=1)
        outwards = away / radii[:, None]
        floor = reach + CLEARANCE + self._sagging(vertices)[lids]
        before = np.minimum(np.linalg.norm(at_rest, axis=1), floor)
        below = before + moving * (floor - before) - radii
        half_way = (at_rest + away) / 2
        across = (half_way * outwards).sum(1)  # |half way + k / 2 outwards| = reach
        half_below = 2 * (np.sqrt(np.maximum(across**2 + reach**2 - (half_way**2).sum(1), 0)) - across)
        push = np.maximum(np.maximum(below, half_below * moving), 0)
        pushed[lids] += push[:, None] * outwards
        return pushed

    def _sagging(self, vertices: np.ndarray) -> np.ndarray:
        """(V,) metres by which the longest edge from a vertex lies lower in its middle than a ball of that size."""
        one, other = self.skin.edges.T
        lengths = np.linalg.norm(vertices[one] - vertices[other], axis=1) * (self.ways[[one, other]] < REACH).all(0)
        longest = np.zeros(len(vertices))
        np.maximum.at(longest, np.r_[one, other], np.r_[lengths, lengths])
        return longest**2 / (8 * self.margins.ball.radius)
