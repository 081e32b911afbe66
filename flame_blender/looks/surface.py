"""A triangle mesh as charts are cut from it: edges, borders, paths along edges."""

from __future__ import annotations

import heapq
from itertools import pairwise

import numpy as np


def half_edges(faces: np.ndarray) -> np.ndarray:
    """(3 F, 2) the sides of ``faces`` (F, 3) as they run round each: side k of triangle f is row 3 f + k."""
    return np.stack([faces, np.roll(faces, -1, 1)], -1).reshape(-1, 2).astype(np.int64)


def opposite_sides(sides: np.ndarray) -> np.ndarray:
    """(3 F,) of each of :func:`half_edges` the one that runs back along it, on the triangle beyond; -1 at a border."""
    count = int(sides.max()) + 1
    keys, back = sides @ [count, 1], sides[:, ::-1] @ [count, 1]
    order = np.argsort(keys)
    rows = order[np.minimum(np.searchsorted(keys, back, sorter=order), len(order) - 1)]
    return np.where(keys[rows] == back, rows, -1)


def border_loops(faces: np.ndarray) -> list[np.ndarray] | None:
    """The borders of a surface, closed paths of vertices as its triangles run round; None where two of them touch."""
    sides = half_edges(faces)
    border = sides[opposite_sides(sides) < 0]
    after = dict(border.tolist())
    if len(after) != len(border):
        return None
    loops = []
    while after:
        vertex = start = next(iter(after))
        loop = []
        while True:
            loop.append(vertex)
            vertex = after.pop(vertex, -1)
            if vertex == start:
                break
            if vertex < 0:
                return None
        loops.append(np.array(loop))
    return loops


def with_openings_filled(points: np.ndarray, openings: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """``points`` (N, 3) and after them the middle of each of some :func:`border_loops`; triangles (T, 3) from there.

    They run round as those of the surface do, against the loop.
    """
    middles = [points[loop].mean(0) for loop in openings]
    fans = [
        (vertex, after, len(points) + number)
        for number, loop in enumerate(openings)
        for vertex, after in zip(np.roll(loop, -1).tolist(), loop.tolist(), strict=True)
    ]
    return np.concatenate([points, np.reshape(middles, (-1, 3))]), np.array(fans, np.int64).reshape(-1, 3)


def is_disc_with_holes(faces: np.ndarray, loops: list[np.ndarray]) -> bool:
    """Whether a surface with these borders is one connected part, and flat when cut nowhere (Euler's formula)."""
    sides = half_edges(faces)
    edges, times = np.unique(np.sort(sides, 1), axis=0, return_counts=True)
    used = np.unique(faces)
    return bool(times.max() <= 2 and len(used) - len(edges) + len(faces) == 2 - len(loops) and len(loops))


def parts_by_edges(faces: np.ndarray) -> np.ndarray:
    """(F,) the number of the part that each triangle is of: parts hang together by edges, not by corners alone."""
    sides = np.sort(half_edges(faces), 1)
    _, edge = np.unique(sides, axis=0, return_inverse=True)
    edge = edge.reshape(-1)
    part = np.arange(len(faces))
    of_side = np.repeat(np.arange(len(faces)), 3)
    while True:
        lowest = np.full(edge.max() + 1, len(faces))
        np.minimum.at(lowest, edge, part[of_side])
        now = part.copy()
        np.minimum.at(now, of_side, lowest[edge])
        now = now[now]
        if np.array_equal(now, part):
            return np.unique(part, return_inverse=True)[1].reshape(-1)
        part = now


def shortest_path(edges: np.ndarray, costs: np.ndarray, start: int, goals: np.ndarray) -> list[int]:
    """Vertices from ``start`` along ``edges`` (E, 2) to the nearest of ``goals`` by ``costs`` (E,): Dijkstra's.

    Empty where none leads there.
    """
    around: dict[int, list[tuple[int, float]]] = {}
    for (one, other), cost in zip(edges.tolist(), costs.tolist(), strict=True):
        around.setdefault(one, []).append((other, cost))
        around.setdefault(other, []).append((one, cost))
    wanted, before, least = set(goals.tolist()), {start: start}, {start: 0.0}
    queue = [(0.0, start)]
    done: set[int] = set()
    while queue:
        cost, vertex = heapq.heappop(queue)
        if vertex in wanted:
            path = [vertex]
            while path[-1] != start:
                path.append(before[path[-1]])
            return path[::-1]
        if vertex in done:
            continue
        done.add(vertex)
        for other, more in around.get(vertex, []):
            if cost + more < least.get(other, np.inf):
                least[other], before[other] = cost + more, vertex
                heapq.heappush(queue, (cost + more, other))
    return []


def cut_along(faces: np.ndarray, path: list[int], first_new: int) -> tuple[np.ndarray, np.ndarray]:
    """``faces`` (F, 3) cut open along a path of vertices whose last one lies on the border.

    Triangles on the path's left keep its vertices, those on its right get copies: ``first_new`` is the first one's
    number. Returns the triangles and the vertices (C,) that the copies are of; the path's first vertex has none.
    """
    copied = np.array(path[1:], np.int64)
    cut = faces.astype(np.int64).copy()
    sides = half_edges(faces)
    where = {tuple(side): row // 3 for row, side in enumerate(sides.tolist())}
    blocked = {frozenset(pair) for pair in pairwise(path)}
    for number, vertex in enumerate(copied.tolist()):
        before = path[number]
        right = where[vertex, before]  # the triangle that runs back along the path lies on its right
        reached = {right}
        waiting = [right]
        while waiting:  # round the vertex, over edges that are not cut
            face = waiting.pop()
            for other in faces[face].tolist():
                if other != vertex and frozenset((vertex, other)) not in blocked:
                    for side in ((vertex, other), (other, vertex)):
                        next_face = where.get(side)
                        if next_face is not None and next_face not in reached:
                            reached.add(next_face)
                            waiting.append(next_face)
        rows = np.array(sorted(reached))
        cut[rows] = np.where(faces[rows] == vertex, first_new + number, cut[rows])
    return cut, copied
