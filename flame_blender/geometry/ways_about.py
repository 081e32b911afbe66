"""How far two points are apart along a skin, where their triangles have a vertex in common."""

from __future__ import annotations

import numpy as np

APART = 100.0  # radians between triangles about a vertex that no edge joins


def ways_about(
    vertices: np.ndarray, faces: np.ndarray, rows: tuple[np.ndarray, np.ndarray], points: tuple[np.ndarray, np.ndarray]
) -> np.ndarray:
    """(P,) metres along the skin from the ones of ``points``, (P, 3) each, to the others.

    ``rows`` (P,) each: of ``faces`` (F, 3), the triangles that they lie in. The triangles about a common vertex are
    laid flat, and the way is straight there; past half a turn it goes through the vertex. Of several common vertices
    the shortest way counts; without any it is infinite.
    """
    one, other = points
    corners = faces[rows[0]][:, :, None] == faces[rows[1]][:, None, :]
    found = np.where(rows[0] == rows[1], np.linalg.norm(one - other, axis=1), np.inf)
    pair, corner = np.nonzero(corners.any(2) & (rows[0] != rows[1])[:, None])
    if not len(pair):
        return found
    about = faces[rows[0][pair], corner]
    turns = _Turns(vertices, faces, np.unique(about))
    (angle, away), (other_angle, other_away) = (
        turns.of(about, each_row[pair], each[pair]) for each_row, each in zip(rows, points, strict=True)
    )
    between = np.abs(angle - other_angle)
    between = np.minimum(between, np.abs(turns.whole(about) - between))
    flat = away**2 + other_away**2 - 2 * away * other_away * np.cos(np.minimum(between, np.pi))
    np.minimum.at(found, pair, np.sqrt(np.maximum(flat, 0.0)))
    return found


class _Turns:
    """Angles about some vertices ``about`` (n,), as the triangles around each follow one another."""

    def __init__(self, vertices: np.ndarray, faces: np.ndarray, about: np.ndarray) -> None:
        self.vertices, self.faces = vertices, faces
        self.begins: dict[tuple[int, int], tuple[float, int]] = {}  # of vertex and row: the angle, and what lies there
        self.wholes: dict[int, float] = {}
        around: dict[int, list[int]] = {vertex: [] for vertex in about.tolist()}
        for row in np.flatnonzero(np.isin(faces, about).any(1)).tolist():
            for vertex in set(faces[row].tolist()) & around.keys():
                around[vertex].append(row)
        for vertex, rows in around.items():
            self._laid_flat(vertex, rows)

    def _laid_flat(self, vertex: int, rows: list[int]) -> None:
        """One triangle after the other; those that no edge joins to the ones before begin anew, far off."""
        sides = {}  # by the corner where a triangle begins: its row, and where it ends
        for row in rows:
            place = self.faces[row].tolist()
            at = place.index(vertex)
            sides[place[at - 2]] = row, place[at - 1]
        ends = {end for _, end in sides.values()}
        angle, self.wholes[vertex] = 0.0, 2 * APART * (len(rows) + 1)
        while sides:
            begin = first = next((each for each in sides if each not in ends), next(iter(sides)))
            started = angle
            while begin in sides:
                row, end = sides.pop(begin)
                self.begins[vertex, row] = angle, begin
                angle += self._between(vertex, begin, end)
                begin = end
            if begin == first and started == 0.0 and not sides:
                self.wholes[vertex] = angle
            angle += APART

    def _between(self, vertex: int, begin: int, end: int) -> float:
        one, other = self.vertices[begin] - self.vertices[vertex], self.vertices[end] - self.vertices[vertex]
        return float(np.arctan2(np.linalg.norm(np.cross(one, other)), one @ other))

    def of(self, about: np.ndarray, rows: np.ndarray, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Angles (P,) about vertices ``about`` (P,) and distances (P,) of points (P, 3) in triangles ``rows`` (P,)."""
        found = [self.begins.get(key, (2 * APART, key[0])) for key in zip(about.tolist(), rows.tolist(), strict=True)]
        begins, beside = (np.array(each) for each in zip(*found, strict=True))
        one, other = self.vertices[beside] - self.vertices[about], points - self.vertices[about]
        turned = np.arctan2(np.linalg.norm(np.cross(one, other), axis=1), (one * other).sum(1))
        return begins + turned, np.linalg.norm(other, axis=1)

    def whole(self, about: np.ndarray) -> np.ndarray:
        """(P,) the whole turn about each vertex; more than any way where the skin is open there."""
        return np.array([self.wholes[vertex] for vertex in about.tolist()])
