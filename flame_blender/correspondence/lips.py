"""Lips of a head that may part, and may not pass each other."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..flame.landmarks import LandmarkEmbedding
from ..geometry.piercing import pierces
from ..geometry.triangles import edges_of
from .closest import closest_weights, dot, places_at
from .lips_and_lids import Side, sides_of
from .relaxing import FOLLOWING, HELD, relaxed_values, stiffness
from .rest_skin import RestSkin
from .skin import along_edges, vertex_normals

LIP = 0.02  # metres along the skin from iBUG's points on the lips: beyond, nothing is lip
SURE = 0.12  # the side from which on a vertex is of the upper or the lower lip; in the corners they are one
CANDIDATES = 48  # triangles of the other lip, those nearest at rest, that a vertex may come to lie at
FACING = 0.006  # metres between a vertex and the other lip, up to which it may come to lie at it
OPENED = 1.5e-3  # metres by which a vertex is farther from the other lip than at rest, from which on they face no more
ROOM = 0.5  # of that distance at rest that one movement may take: others take theirs
UPRIGHT = 2e-4  # metres: nearer to a surface than that, its normal tells the way out of it
THROUGH, DEEPEST = 0.9, 0.004  # cosine of the way out and the normal, and metres: what is not just beside an edge
REACH = 0.012  # metres along the skin from the lips: beyond, nothing follows them
SWEEPS, ROUNDS, MORE_ROUNDS = 60, 2, 4  # of parting what faces each other at rest; then what meets once it has moved
SETTLED = 1e-6  # metres


@dataclass(frozen=True, eq=False)
class Facing:
    """P vertices of one lip and what of the other lip they lie at: ``others`` (P, 3) with ``weights`` (P, 3).

    ``ways`` (P, 3) point from the other lip to the vertex, ``gaps`` (P,) metres between them, below 0 in it.
    """

    vertices: np.ndarray
    others: np.ndarray
    weights: np.ndarray
    ways: np.ndarray
    gaps: np.ndarray

    def __getitem__(self, chosen: np.ndarray) -> Facing:
        return Facing(*(each[chosen] for each in vars(self).values()))

    def parted(self, moved: np.ndarray) -> np.ndarray:
        """(..., P) metres by which movements (..., V, 3) widen the gaps."""
        off = moved[..., self.vertices, :] - (moved[..., self.others, :] * self.weights[..., None]).sum(-2)
        return np.asarray((off * self.ways).sum(-1))


@dataclass(frozen=True, eq=False)
class Lips:
    """The lips of a head, by iBUG's landmarks on it."""

    skin: RestSkin
    landmarks: LandmarkEmbedding

    @cached_property
    def side(self) -> Side:
        points = self.landmarks.within_face() or self.landmarks
        seeds = self.skin.model.faces[points.static_faces, points.static_barycentric.argmax(1)]
        return sides_of(self.skin.vertices, self.skin.edges, seeds)[0]

    @cached_property
    def facing(self) -> Facing:
        """What of each lip lies near to the other at rest."""
        return self._at_rest[self._at_rest.gaps < FACING]

    @cached_property
    def _at_rest(self) -> Facing:
        return self.at(self.skin.vertices)

    @cached_property
    def room(self) -> np.ndarray:
        """(P,) metres by which each of ``facing`` may come nearer."""
        return ROOM * np.maximum(self.facing.gaps, 0.0)

    def at(self, vertices: np.ndarray) -> Facing:
        """Where each vertex of a lip lies at the other, on a head that has moved, ``vertices`` (V, 3)."""
        normals = vertex_normals(vertices, self._faces)
        return _joined([_facing(vertices, normals, *each) for each in self._candidates])

    def crossed_by(self, now: Facing) -> np.ndarray:
        """(P,) metres that vertices, as :meth:`at` finds them, lie deeper in the other lip than around them at rest."""
        return np.maximum(-now.gaps - self._deep_at_rest, 0.0)

    def crossed(self, vertices: np.ndarray) -> float:
        """Metres by which the lips of a head that has moved, ``vertices`` (V, 3), pass each other."""
        return float(self.passing(vertices)[1].max(initial=0.0))

    def passing(self, vertices: np.ndarray) -> tuple[Facing, np.ndarray]:
        """Where each vertex of a lip lies at the other on a head that has moved, and (P,) metres that it is in it.

        A vertex that seems to be in the other lip while none beside it does is so only where an edge leads in.
        """
        now = self.at(vertices)
        deep = self.crossed_by(now)
        in_it = np.zeros(len(vertices), bool)
        in_it[now.vertices[deep > 0]] = True
        for row in np.flatnonzero(deep > 0):
            vertex = now.vertices[row]
            edges = self.skin.edges[(self.skin.edges == vertex).any(1)]
            beside = edges[edges != vertex]
            if not in_it[beside].any():
                others = vertices[self._of_side(-np.sign(self.side.side[vertex]))]
                if not pierces(np.broadcast_to(vertices[vertex], (len(beside), 3)), vertices[beside], others):
                    deep[row] = 0.0
        return now, deep

    def apart(self, moved: np.ndarray, together: np.ndarray) -> np.ndarray:
        """Movements (M, V, 3) that do not take lips through each other, nor do sums of them, ``together`` (P, M).

        What faces each other comes no nearer than half its way, and not at all where it touches, so that movements add
        up; then what meets elsewhere once it has moved is parted. Both lips give way alike, and the skin follows.
        """
        result = moved.copy()
        if not len(self.facing.vertices):
            return result
        for row in np.flatnonzero(moved[:, self.facing.vertices].any((1, 2))):
            for _ in range(ROUNDS):
                near = self._still_facing(result[row])
                result[row] = self._following(result[row], self.facing[near], -self.room[near])
            result[row] = self.clear(result[row])
        for scores in together:
            combined = np.tensordot(scores, result, 1)
            further = self.clear(combined) - combined
            if further.any():
                shares = scores * (result[:, self.facing.vertices] ** 2).sum((1, 2))
                result += (shares / (scores @ shares))[:, None, None] * further
        return result

    def clear(self, moved: np.ndarray) -> np.ndarray:
        """A movement (V, 3) whose lips do not pass each other where they come to lie."""
        for _ in range(MORE_ROUNDS):
            now, deep = self.passing(self.skin.vertices + moved)
            if deep.max(initial=0.0) < SETTLED:
                break
            some, lacking = now[deep > 0], deep[deep > 0]
            moved = self._following(moved, some, some.parted(moved) + lacking)
        return moved

    def _still_facing(self, moved: np.ndarray) -> np.ndarray:
        """(P,) bool: what of ``facing`` does not part anyway, so that it no longer faces what it did."""
        now = self.at(self.skin.vertices + moved).gaps[self._at_rest.gaps < FACING]
        return np.asarray(now < self.facing.gaps + OPENED)

    def _following(self, moved: np.ndarray, facing: Facing, least: np.ndarray) -> np.ndarray:
        """A movement (V, 3) that widens gaps by ``least`` (P,) metres at least; what lies around follows."""
        pushed = _pushed(facing, least - facing.parted(moved), len(moved))
        held = np.abs(pushed).max(1) > SETTLED
        if not held.any():
            return moved
        ids, edges = self._around
        trust = np.where(self._ways[ids] < REACH, FOLLOWING, HELD)
        trust[held[ids]] = HELD
        result = moved.copy()
        result[ids] += relaxed_values(edges, stiffness(self.skin.vertices[ids], edges), trust, pushed[ids])
        return result

    @cached_property
    def _faces(self) -> np.ndarray:
        """(F, 3) triangles of both lips, corners included."""
        return self.skin.faces[(self.side.away < LIP)[self.skin.faces].all(1)]

    def _of_side(self, sign: float) -> np.ndarray:
        """(T, 3) triangles of the upper lip, 1, or of the lower, -1."""
        return self._faces[(sign * self.side.side[self._faces] > 0).all(1)]

    @cached_property
    def _candidates(self) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """Of the one and the other lip: vertices (P,), triangles (F, 3), and (P, T) of these that they may come to."""
        found, (rest, side) = [], (self.skin.vertices, self.side.side)
        ids = np.unique(self._faces)
        for sign in (1, -1):
            own = ids[sign * side[ids] > SURE]
            others = self._of_side(-sign)
            count = min(CANDIDATES, len(others))
            squares = ((rest[own][:, None] - rest[others].mean(1)) ** 2).sum(2)
            near = np.argpartition(squares, count - 1, axis=1)[:, :count] if count else np.zeros((0, 1), int)
            found.append((own[: len(near)], others, near))
        return found

    @cached_property
    def _deep_at_rest(self) -> np.ndarray:
        """(P,) metres that what is around each lies in the other lip at rest, as FLAME's lips do."""
        at_rest = self._at_rest
        deep = np.zeros(self.skin.model.n_vertices)
        deep[at_rest.vertices] = np.maximum(-at_rest.gaps, 0.0)
        for _ in range(2):
            further = deep.copy()
            for one, other in (self.skin.edges.T, self.skin.edges.T[::-1]):
                np.maximum.at(further, one, deep[other])
            deep = further
        return np.asarray(deep[at_rest.vertices])

    @cached_property
    def _ways(self) -> np.ndarray:
        """(V,) metres along the skin from what faces the other lip."""
        start = np.full(self.skin.model.n_vertices, np.inf)
        start[self.facing.vertices] = start[self.facing.others] = 0.0
        return along_edges(self.skin.vertices, self.skin.edges, start)

    @cached_property
    def _around(self) -> tuple[np.ndarray, np.ndarray]:
        """Vertices (A,) near the lips, and edges (E, 2) between them by their places among these."""
        near = self._ways < 1.5 * REACH
        ids = np.flatnonzero(near)
        place = np.full(len(near), -1)
        place[ids] = np.arange(len(ids))
        return ids, place[edges_of(self.skin.faces[near[self.skin.faces].all(1)])]


def _facing(
    vertices: np.ndarray, normals: np.ndarray, own: np.ndarray, faces: np.ndarray, candidates: np.ndarray
) -> Facing:
    points, every = vertices[own], np.arange(len(own))
    places = vertices[faces]
    rows, columns = _maybe_nearest(points, places, candidates)
    places = places[candidates[rows, columns]]
    weights = closest_weights(places, points[rows])
    off = points[rows] - places_at(places, weights)
    squares, number = np.full(candidates.shape, np.inf), np.zeros(candidates.shape, int)
    squares[rows, columns], number[rows, columns] = dot(off, off), np.arange(len(rows))
    best = squares.argmin(1)
    corners, best = faces[candidates[every, best]], number[every, best]
    off, weights = off[best], weights[best]
    upright = (normals[corners] * weights[..., None]).sum(1)
    upright /= np.maximum(np.linalg.norm(upright, axis=1, keepdims=True), 1e-30)
    away, along = np.linalg.norm(off, axis=1), (off * upright).sum(1)
    inside = (along < -THROUGH * away) & (away < DEEPEST)
    straight = inside | (away < UPRIGHT)
    ways = np.where(straight[:, None], upright, off / np.maximum(away, 1e-30)[:, None])
    return Facing(own, corners, weights, ways, np.where(inside, -away, away))


def _maybe_nearest(points: np.ndarray, places: np.ndarray, candidates: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where in ``candidates`` (P, T), rows of ``places`` (F, 3, 3), the nearest to ``points`` (P, 3) may be.

    No triangle is nearer than its middle less its farthest corner; few are left.
    """
    middles = places.mean(1)
    sizes = np.sqrt(((places - middles[:, None]) ** 2).sum(2).max(1))
    off = middles[candidates] - points[:, None]
    away = np.sqrt(dot(off, off))
    rows, columns = np.nonzero(away - sizes[candidates] <= away.min(1, keepdims=True) + SETTLED)
    return rows, columns


def _joined(parts: list[Facing]) -> Facing:
    return Facing(*(np.concatenate(each) for each in zip(*(vars(part).values() for part in parts), strict=True)))


def _pushed(facing: Facing, lacking: np.ndarray, n_vertices: int) -> np.ndarray:
    """(V, 3) metres with which gaps that lack some metres (P,) are wide enough.

    Each is widened by the least movement of its four vertices, a vertex of several by the mean of theirs, again and
    again (Mueller et al., "Position based dynamics", 2007).
    """
    some = np.flatnonzero(lacking > 0)
    pushed = np.zeros((n_vertices, 3))
    if not len(some):
        return pushed
    facing, lacking = facing[some], lacking[some]
    ids, places = np.unique(np.concatenate([facing.vertices[:, None], facing.others], 1), return_inverse=True)
    places = places.reshape(-1, 4)
    shares = np.zeros((len(places), len(ids)))
    every = np.arange(len(places))
    shares[every, places[:, 0]] = 1.0
    for corner in range(3):
        shares[every, places[:, 1 + corner]] -= facing.weights[:, corner]
    squares, touched = (shares * shares).sum(1), (np.abs(shares) > 1e-3).astype(float)
    own = np.zeros((len(ids), 3))
    for _ in range(SWEEPS):
        left = lacking - ((shares @ own) * facing.ways).sum(1)
        open_ = left > SETTLED / 10
        if not open_.any():
            break
        steps = np.where(open_, left / squares, 0.0)[:, None] * facing.ways
        own += (shares.T @ steps) / np.maximum(touched.T @ open_, 1.0)[:, None]
    pushed[ids] = own
    return pushed
