"""The rim of a head's neck, and how far and where along it the skin above lies."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np

from ..errors import ModelError
from ..looks.surface import border_loops, half_edges

LEVEL = 0.3  # share of the blend, at most, in which all goes along with the rim


@dataclass(frozen=True, eq=False)
class NeckRim:
    """The rim, and for each of the head's V vertices the two neighbours on it that it lies above.

    ``rim`` (R,) int vertices of the lowest border, counter-clockwise seen from the head; ``first`` and ``second`` (V,)
    int of them, ``share`` (V,) float64 how far from the first to the second, by the angle round the neck; ``distance``
    (V,) float64 metres along edges from the rim, infinite where no way leads there.
    """

    rim: np.ndarray
    first: np.ndarray
    second: np.ndarray
    share: np.ndarray
    distance: np.ndarray

    @property
    def first_step(self) -> float:
        """Metres from the rim to the farther half of its neighbours."""
        near = self.distance[(self.distance > 0) & np.isin(self.first, self.rim)]
        return float(np.sort(near)[: len(self.rim)][-1]) if len(near) else 0.0

    def blend(self, length: float) -> np.ndarray:
        """(V,) float64: 1 on the rim and at its neighbours, smoothly down to 0 at ``length`` metres from it.

        Where that is short, the neighbours too go a part of the way.
        """
        start = min(self.first_step, LEVEL * length)
        along = np.clip((self.distance - start) / max(length - start, 1e-9), 0.0, 1.0)
        return 1.0 - along * along * (3.0 - 2.0 * along)


def neck_rim(vertices: np.ndarray, faces: np.ndarray) -> NeckRim:
    """The rim of a head of ``vertices`` (V, 3), Y up, and triangles (F, 3). ModelError where it has no open neck."""
    loops = border_loops(faces)
    if not loops:
        raise ModelError("Expected a head with an open neck, found one whose skin is closed: it cannot join a body.")
    vertices = np.asarray(vertices, np.float64)
    rim = min(loops, key=lambda loop: float(vertices[loop, 1].mean()))
    if runs_clockwise(vertices[rim], vertices.mean(0)):
        rim = rim[::-1]
    first, second, share = _above(vertices, rim)
    return NeckRim(rim, first, second, share, _distances(vertices, faces, rim))


def plane_of(points: np.ndarray, towards: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Centre (3,) and unit normal (3,) of the plane nearest to points (P, 3), pointing to the side of ``towards``."""
    centre = points.mean(0)
    normal = np.linalg.svd(points - centre)[2][2]
    return centre, normal * (1.0 if (towards - centre) @ normal >= 0 else -1.0)


def runs_clockwise(points: np.ndarray, towards: np.ndarray) -> bool:
    """Whether a closed curve (R, 3) does, seen from ``towards`` (3,)."""
    centre, normal = plane_of(points, towards)
    off = points - centre
    return bool((np.cross(off, np.roll(off, -1, 0)) @ normal).sum() < 0)


def _above(vertices: np.ndarray, rim: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    centre, normal = plane_of(vertices[rim], vertices.mean(0))
    across = vertices[rim[0]] - centre
    across -= (across @ normal) * normal
    across /= np.linalg.norm(across)
    moved = vertices - centre
    angle = np.arctan2(moved @ np.cross(normal, across), moved @ across)
    order = rim[np.argsort(angle[rim], kind="stable")]
    turns = np.concatenate([angle[order], [angle[order[0]] + 2 * np.pi]])
    at = np.where(angle < turns[0], angle + 2 * np.pi, angle)
    place = np.clip(np.searchsorted(turns, at, side="right") - 1, 0, len(order) - 1)
    share = (at - turns[place]) / np.maximum(turns[place + 1] - turns[place], 1e-12)
    first, second = order[place], order[(place + 1) % len(order)]
    first[rim], second[rim], share[rim] = rim, rim, 0.0
    return first, second, np.clip(share, 0.0, 1.0)


def _distances(vertices: np.ndarray, faces: np.ndarray, rim: np.ndarray) -> np.ndarray:
    """Dijkstra's shortest ways along edges from all of the rim."""
    both = np.concatenate([half_edges(faces), half_edges(faces)[:, ::-1]])
    begins, ends = np.divmod(np.unique(both @ [len(vertices), 1]), len(vertices))  # each edge once each way, in order
    lengths = np.linalg.norm(vertices[begins] - vertices[ends], axis=1).tolist()
    first, others = np.searchsorted(begins, np.arange(len(vertices) + 1)).tolist(), ends.tolist()
    found = [np.inf] * len(vertices)
    for vertex in rim.tolist():
        found[vertex] = 0.0
    waiting = [(0.0, vertex) for vertex in rim.tolist()]
    while waiting:
        distance, vertex = heapq.heappop(waiting)
        if distance > found[vertex]:
            continue
        for edge in range(first[vertex], first[vertex + 1]):
            other, farther = others[edge], distance + lengths[edge]
            if farther < found[other]:
                found[other] = farther
                heapq.heappush(waiting, (farther, other))
    return np.array(found)
