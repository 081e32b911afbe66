"""A triangle mesh with fewer vertices: edges collapse onto one of their ends, the cheapest first.

No vertex moves and none is new, so whatever is known at the vertices (movements, weights, places in a texture) is known
at those that stay. The cost is Garland and Heckbert's: squared distances to the planes of all triangles met so far.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator

import numpy as np

TURNED = 0.2  # cosine by which a triangle may turn when one of its corners goes
SHORT = 1e-3  # share of the squared length in the cost, so that flat places are thinned evenly


class Collapsing:
    """The mesh ``positions`` (V, 3) with ``triangles`` (F, 3), thinned step by step.

    ``corners`` (F, 3) are numbers that belong to the triangles' corners, such as rows of UVs: the corner of a vertex
    that goes takes the number of the one it goes to. A vertex whose corners differ, which lies on a seam, stays.
    ``dear`` (V,) is a factor on the cost of each vertex.
    """

    def __init__(self, positions: np.ndarray, triangles: np.ndarray, corners: np.ndarray, dear: np.ndarray) -> None:
        self.positions = np.asarray(positions, np.float64)
        self.triangles = [list(row) for row in triangles.tolist()]
        self.corners = [list(row) for row in corners.tolist()]
        self.dear = dear
        self.around: list[set[int]] = [set() for _ in positions]  # triangles at each vertex
        for number, row in enumerate(self.triangles):
            for vertex in row:
                self.around[vertex].add(number)
        self.planes = self._planes(triangles)
        self.gone = np.zeros(len(positions), bool)
        self.fixed = np.zeros(len(positions), bool)
        known: dict[int, int] = {}
        for row, numbers in zip(self.triangles, self.corners, strict=True):
            for vertex, number in zip(row, numbers, strict=True):
                self.fixed[vertex] |= known.setdefault(vertex, number) != number

    def thin_rim(self, rim: list[int], count: int) -> None:
        """Collapse vertices of an open rim, given in order, along it until ``count`` are left, evenly."""
        keep = set(np.floor(np.arange(count) * len(rim) / count).astype(int).tolist())
        for place, vertex in enumerate(rim):
            if place not in keep:
                onto = next(rim[k] for k in range(place - 1, -len(rim), -1) if k % len(rim) in keep)
                if not self._collapse(vertex, onto, rim=True):
                    raise ValueError(f"vertex {vertex} of the rim cannot go to {onto}")

    def thin(self, count: int) -> None:
        """Collapse inner vertices until ``count`` vertices are left."""
        left = int((~self.gone).sum())
        queue = [(self._cost(v, u), v, u) for v in range(len(self.positions)) for u in self._neighbours(v)]
        heapq.heapify(queue)
        while left > count:
            cost, vertex, onto = heapq.heappop(queue)
            if self.gone[vertex] or self.gone[onto] or onto not in self._neighbours(vertex):
                continue
            now = self._cost(vertex, onto)
            if now > cost * (1 + 1e-9):
                heapq.heappush(queue, (now, vertex, onto))
            elif self._collapse(vertex, onto):
                left -= 1
                for other in self._neighbours(onto):
                    heapq.heappush(queue, (self._cost(onto, other), onto, other))
                    heapq.heappush(queue, (self._cost(other, onto), other, onto))

    def result(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The vertices that are left (n,), the triangles over the old numbers (f, 3) and their corners (f, 3)."""
        live = [number for number, row in enumerate(self.triangles) if row]
        triangles = np.array([self.triangles[number] for number in live])
        return np.flatnonzero(~self.gone), triangles, np.array([self.corners[number] for number in live])

    def _planes(self, triangles: np.ndarray) -> np.ndarray:
        """(V, 4, 4) sums over each vertex's triangles of area p p^T, for the plane p = (n, -n a)."""
        a, b, c = (self.positions[triangles[:, i]] for i in range(3))
        normal = np.cross(b - a, c - a)
        area = np.linalg.norm(normal, axis=1, keepdims=True)
        normal = normal / np.maximum(area, 1e-30)
        plane = np.c_[normal, -(normal * a).sum(1)]
        each = area[..., None] * plane[:, :, None] * plane[:, None]
        planes = np.zeros((len(self.positions), 4, 4))
        for i in range(3):
            np.add.at(planes, triangles[:, i], each)
        return planes

    def _neighbours(self, vertex: int) -> set[int]:
        return {other for number in self.around[vertex] for other in self.triangles[number]} - {vertex}

    def _cost(self, vertex: int, onto: int) -> float:
        place = np.append(self.positions[onto], 1.0)
        area = len(self.around[vertex]) * SHORT * ((self.positions[vertex] - self.positions[onto]) ** 2).sum()
        off = place @ (self.planes[vertex] + self.planes[onto]) @ place
        return float(self.dear[vertex] * (off + area * area))

    def _collapse(self, vertex: int, onto: int, rim: bool = False) -> bool:
        """Move ``vertex`` to ``onto``, where the surface stays one and no triangle turns over; whether it was done."""
        shared = self.around[vertex] & self.around[onto]
        common = self._neighbours(vertex) & self._neighbours(onto)
        closed = len(self.around[vertex]) == len(self._neighbours(vertex))
        if len(shared) != (1 if rim else 2) or len(common) != len(shared) or self.fixed[vertex] or closed == rim:
            return False
        stay = self.around[vertex] - shared
        if any(self._turns_over(number, vertex, onto) for number in stay):
            return False
        to = next(self.corners[n][self.triangles[n].index(onto)] for n in shared)
        for number in shared:
            for other in self.triangles[number]:
                self.around[other].discard(number)
            self.triangles[number] = []
        for number in stay:
            place = self.triangles[number].index(vertex)
            self.triangles[number][place], self.corners[number][place] = onto, to
            self.around[onto].add(number)
        self.around[vertex] = set()
        self.planes[onto] += self.planes[vertex]
        self.gone[vertex] = True
        return True

    def _turns_over(self, number: int, vertex: int, onto: int) -> bool:
        before = self.triangles[number]
        one, other = (_normal(self.positions[row]) for row in (before, [onto if v == vertex else v for v in before]))
        return bool(one @ other < TURNED * np.linalg.norm(one) * np.linalg.norm(other))


def _normal(corners: np.ndarray) -> np.ndarray:
    (ax, ay, az), (bx, by, bz) = corners[1] - corners[0], corners[2] - corners[0]
    return np.array([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx])


def rims_of(triangles: np.ndarray) -> Iterator[list[int]]:
    """The open rims of a mesh, each as its vertices in the order in which the triangles run."""
    edges = {(a, b) for row in triangles.tolist() for a, b in zip(row, row[1:] + row[:1], strict=True)}
    after = {a: b for a, b in edges if (b, a) not in edges}
    while after:
        rim = [next(iter(sorted(after)))]
        while (following := after.pop(rim[-1])) != rim[0]:
            rim.append(following)
        yield rim
