"""Where a triangle mesh runs through itself, and how deep: NumPy only, knows nothing of the head."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

SHORTEST_AXIS = 1e-3  # of two crossed unit edges: more nearly parallel ones give no direction to part along


@dataclass(frozen=True)
class Crossings:
    """Pairs of triangles (P, 2) that share no vertex and run through one another, and (P,) how deep, in mesh units.

    The depth of a pair is the shortest way one of the two must be moved to come free of the other: the least overlap
    over the directions in which two triangles can be parted (their normals, the products of their edges, and the
    normals of their edges within their planes), which is exact for convex shapes.
    """

    pairs: np.ndarray
    depths: np.ndarray


class IntersectionSearch:
    """Finds the crossings of one mesh in any number of shapes."""

    def __init__(self, faces: np.ndarray, cell: float) -> None:
        """``faces`` (F, 3); ``cell`` about the length of an edge, in mesh units."""
        self.faces = faces
        self.cell = cell

    def crossings(self, vertices: np.ndarray, deeper_than: float) -> Crossings:
        """All crossings deeper than a bound; ``vertices`` (V, 3)."""
        corners = vertices[self.faces]
        pairs = self._near(corners)
        first, second = self.faces[pairs[:, 0]], self.faces[pairs[:, 1]]
        apart = (first[:, :, None] != second[:, None, :]).all((1, 2))
        pairs = pairs[apart]
        depths = _overlap(corners[pairs[:, 0]], corners[pairs[:, 1]], deeper_than)
        deep = depths > deeper_than
        return Crossings(pairs[deep], depths[deep])

    def _near(self, corners: np.ndarray) -> np.ndarray:
        """(P, 2) triangles whose boxes overlap, each pair once: those that share a cell of a grid are compared."""
        low, high = corners.min(1), corners.max(1)
        first, last = np.floor(low / self.cell).astype(int), np.floor(high / self.cell).astype(int)
        origin = first.min(0)
        first, size = first - origin, last - first + 1
        counts = size.prod(1)
        owner = np.repeat(np.arange(len(corners)), counts)
        rank = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
        span = size[owner]
        place = np.stack([rank // (span[:, 1] * span[:, 2]), rank // span[:, 2] % span[:, 1], rank % span[:, 2]], 1)
        place += first[owner]
        width = place.max(0) + 1
        key = (place[:, 0] * width[1] + place[:, 1]) * width[2] + place[:, 2]
        order = np.argsort(key, kind="stable")
        key, owner = key[order], owner[order]
        # of the triangles in the cells' order, so that those of a cell lie together
        low, high = (np.ascontiguousarray(each[owner].T) for each in (low, high))
        # a bit for each axis on which it is the triangle's first
        starts = ((place[order] == first[owner]) * np.array([1, 2, 4], np.uint8)).sum(1, dtype=np.uint8)
        found = []
        same = np.arange(len(key))
        for step in range(1, len(key)):
            same = same[same + step < len(key)]
            same = same[key[same + step] == key[same]]  # those further apart are among those nearer
            if not len(same):
                break
            once = same[(starts[same] | starts[same + step]) == 7]  # this is the first cell that both lie in
            a, b = once, once + step
            for axis in range(3):  # whether the boxes meet
                meet = (low[axis, a] <= high[axis, b]) & (low[axis, b] <= high[axis, a])
                a, b = a[meet], b[meet]
            found.append(np.stack([owner[a], owner[b]], 1))
        return np.sort(np.concatenate([*found, np.zeros((0, 2), int)]), axis=1)


def _overlap(a: np.ndarray, b: np.ndarray, bound: float) -> np.ndarray:
    """(P,) least overlap of triangles (P, 3, 3) over the parting directions, or any value up to ``bound`` if less."""
    depth = np.full(len(a), np.inf)
    rows = np.arange(len(a))
    for number in range(17):
        rows = rows[depth[rows] > bound]
        direction = _parting_direction(a[rows], b[rows], number)
        length = np.linalg.norm(direction, axis=1)
        usable = length > SHORTEST_AXIS
        direction = direction / np.where(usable, length, 1.0)[:, None]
        on_a = np.einsum("pkc,pc->pk", a[rows], direction)
        on_b = np.einsum("pkc,pc->pk", b[rows], direction)
        overlap = np.minimum(on_a.max(1) - on_b.min(1), on_b.max(1) - on_a.min(1))
        depth[rows] = np.where(usable, np.minimum(depth[rows], overlap), depth[rows])
    return depth


def _parting_direction(a: np.ndarray, b: np.ndarray, number: int) -> np.ndarray:
    """(P, 3), any length: 0 and 1 the normals, 2 to 7 the normals of edges in their planes, 8 to 16 edge products."""
    if number < 2:
        return _normal((a, b)[number])
    if number < 8:
        side, k = divmod(number - 2, 3)
        return np.cross(_normal((a, b)[side]), _edge((a, b)[side], k))
    i, j = divmod(number - 8, 3)
    return np.cross(_edge(a, i), _edge(b, j))


def _edge(triangles: np.ndarray, k: int) -> np.ndarray:
    edge = triangles[:, (k + 1) % 3] - triangles[:, k]
    return edge / np.maximum(np.linalg.norm(edge, axis=1, keepdims=True), 1e-12)


def _normal(triangles: np.ndarray) -> np.ndarray:
    normal = np.cross(_edge(triangles, 0), _edge(triangles, 1))
    return normal / np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-12)
