"""How far points are outside a head's skin, on a grid: quick enough to be asked for every point of every strand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..correspondence.skin import per_vertex
from ..geometry.triangles import closest_weights

CELL, BAND = 0.004, 9  # metres; cells on each side of the skin within which distances are true
SPACING = 0.0025  # metres between the points that stand for the skin
STEPS = np.array([(1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0), (0, 0, 1), (0, 0, -1)])
CORNERS = np.array([(i, j, k) for i in (0, 1) for j in (0, 1) for k in (0, 1)])


ON_EDGE = 1e-9  # weight of a corner, up to which a point is on the edge opposite
NEAR = 0.003  # metres from the skin, within which points are measured by triangles


@dataclass(frozen=True, eq=False)
class DistanceField:
    """Metres outside the skin at the corners of a grid: ``values`` (X, Y, Z) from ``low`` (3,) on, ``cell`` apart.

    ``nearest`` (X, Y, Z) int32 is the row of the triangle that is nearest, -1 beyond the band, of ``corners``
    (F, 3, 3).
    """

    low: np.ndarray
    cell: float
    values: np.ndarray
    nearest: np.ndarray
    corners: np.ndarray

    def at(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(N,) metres outside, negative inside, and (N, 3) the unit directions outwards, of points (N, 3)."""
        places = np.clip((points - self.low) / self.cell, 0, np.array(self.values.shape) - 1.001)
        corner = places.astype(np.int64)
        share = places - corner
        flat, (_, y, z) = self.values.reshape(-1), self.values.shape
        base = (corner[:, 0] * y + corner[:, 1]) * z + corner[:, 2]
        got = np.stack([flat[base + (i * y + j) * z + k] for i, j, k in CORNERS]).reshape(2, 2, 2, -1)
        a, b, c = share.T
        along_z = got[:, :, 0] * (1 - c) + got[:, :, 1] * c
        along_y = along_z[:, 0] * (1 - b) + along_z[:, 1] * b
        distance = along_y[0] * (1 - a) + along_y[1] * a
        dz = got[:, :, 1] - got[:, :, 0]
        dz = dz[:, 0] * (1 - b) + dz[:, 1] * b
        gradient = np.stack([
            along_y[1] - along_y[0],
            (along_z[0, 1] - along_z[0, 0]) * (1 - a) + (along_z[1, 1] - along_z[1, 0]) * a,
            dz[0] * (1 - a) + dz[1] * a,
        ], 1)  # fmt: skip
        length = np.linalg.norm(gradient, axis=1, keepdims=True)
        return distance, gradient / np.maximum(length, 1e-12)

    def cleared(self, points: np.ndarray, room: np.ndarray | float) -> np.ndarray:
        """Points (N, 3) moved outwards where they are nearer to the skin than ``room`` metres, (N,) or one for all."""
        off, out = self.at(points)
        return points + np.maximum(room - off, 0)[:, None] * out

    def cleared_exactly(self, points: np.ndarray, room: float) -> np.ndarray:
        """The same by the triangles themselves, where the skin bends more than the grid can tell, as ears do."""
        moved = self.cleared(points, room)
        rows = np.flatnonzero(self.at(moved)[0] < NEAR)
        base = ((moved[rows] - self.low) / self.cell).astype(np.int64)
        best, push = np.full(len(rows), np.inf), np.zeros((len(rows), 3))
        for corner in CORNERS:
            x, y, z = np.clip(base + corner, 0, np.array(self.nearest.shape) - 1).T
            near = self.corners[self.nearest[x, y, z]]
            off = moved[rows] - np.einsum("nk,nkc->nc", closest_weights(near, moved[rows]), near)
            away = np.linalg.norm(off, axis=1)
            normals = np.cross(near[:, 1] - near[:, 0], near[:, 2] - near[:, 0])
            normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
            lacks = np.maximum(room - away * np.where((off * normals).sum(1) < 0, -1.0, 1.0), 0)
            closer = away < best
            best = np.where(closer, away, best)
            push = np.where(closer[:, None], lacks[:, None] * normals, push)
        moved[rows] += push
        return moved

    def triangles_near(self, points: np.ndarray) -> np.ndarray:
        """(N,) the row of the triangle nearest to the corner of the grid that is nearest to each point, or -1."""
        places = np.rint((points - self.low) / self.cell).astype(np.int64)
        x, y, z = np.clip(places, 0, np.array(self.nearest.shape) - 1).T
        return self.nearest[x, y, z]


def distance_field(vertices: np.ndarray, faces: np.ndarray) -> DistanceField:
    """The field around triangles ``faces`` (F, 3) of ``vertices`` (V, 3), metres, whose normals look outwards.

    Points spread over the triangles are laid into the grid's cells, and each cell beside one that knows a triangle
    near it takes that over where it is nearer than its own; then the distance to that triangle is told.
    """
    corners = vertices[faces]
    triangle, points = _spread_over(corners)
    low = points.min(0) - (BAND + 1) * CELL
    shape = tuple(np.ceil((points.max(0) - low) / CELL).astype(int) + BAND + 2)
    strides = np.array([shape[1] * shape[2], shape[2], 1])
    nearest = _propagated(np.rint((points - low) / CELL).astype(np.int64) @ strides, points, low, shape)
    known = np.flatnonzero(nearest >= 0)
    rows = triangle[nearest[known]]
    grid = low + CELL * np.stack(np.unravel_index(known, shape), 1)
    weights = closest_weights(corners[rows], grid)
    off = grid - np.einsum("nk,nkc->nc", weights, corners[rows])
    outwards = _outwards(vertices, faces, rows, weights)
    values = np.full(len(nearest), BAND * CELL)
    values[known] = np.linalg.norm(off, axis=1) * np.where((off * outwards).sum(1) < 0, -1.0, 1.0)
    near = np.full(len(nearest), -1, np.int32)
    near[known] = rows
    return DistanceField(low, CELL, values.reshape(shape), near.reshape(shape), corners)


def _outwards(vertices: np.ndarray, faces: np.ndarray, rows: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """(N, 3) out of the skin where triangles ``rows`` (N,) of it have their points ``weights`` (N, 3).

    On an edge the sum of both triangles' normals, on a corner that of all around it by their angles there: one
    triangle's own tells the wrong side behind an ear, where the skin bends sharply (Baerentzen and Aanaes, "Signed
    distance computation using the angle weighted pseudonormal", 2005).
    """
    ends = vertices[faces]
    normals = np.cross(ends[:, 1] - ends[:, 0], ends[:, 2] - ends[:, 0])
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-30)
    to_next = np.roll(ends, -1, 1) - ends
    to_next /= np.maximum(np.linalg.norm(to_next, axis=2, keepdims=True), 1e-30)
    angles = np.arccos(np.clip(-(to_next * np.roll(to_next, 1, 1)).sum(2), -1, 1))
    of_corners = per_vertex(angles[:, :, None] * normals[:, None], faces, len(vertices))
    opposite = np.sort(np.stack([faces[:, [1, 2]], faces[:, [2, 0]], faces[:, [0, 1]]], 1).reshape(-1, 2), 1)
    edge = np.unique(opposite, axis=0, return_inverse=True)[1].reshape(-1, 3)
    of_edges = per_vertex(np.repeat(normals[:, None], 3, 1), edge, int(edge.max()) + 1)
    found, away = normals[rows], weights < ON_EDGE
    on_edge, on_corner = (np.flatnonzero(away.sum(1) == count) for count in (1, 2))
    found[on_edge] = of_edges[edge[rows[on_edge], weights[on_edge].argmin(1)]]
    found[on_corner] = of_corners[faces[rows[on_corner], weights[on_corner].argmax(1)]]
    return found


def _spread_over(corners: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(P,) triangles and (P, 3) points of them, no further apart than ``SPACING``."""
    longest = np.linalg.norm(corners - np.roll(corners, 1, 1), axis=2).max(1)
    parts = np.maximum(np.ceil(longest / SPACING), 1).astype(int)
    rows, points = [], []
    for count in np.unique(parts):
        chosen = np.flatnonzero(parts == count)
        i, j = (each.ravel() for each in np.meshgrid(np.arange(count), np.arange(count), indexing="ij"))
        i, j = i[i + j < count], j[i + j < count]
        shares = np.stack([i, j, count - 1 - i - j], 1) / count + 1 / (3 * count)
        points.append(np.einsum("sk,fkc->fsc", shares, corners[chosen]).reshape(-1, 3))
        rows.append(np.repeat(chosen, len(shares)))
    return np.concatenate(rows), np.concatenate(points)


def _propagated(cells: np.ndarray, points: np.ndarray, low: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """(cells,) the row of the point nearest to each cell within the band, else -1."""
    count = int(np.prod(shape))
    nearest, best = np.full(count, -1, np.int64), np.full(count, np.inf)
    strides = np.array([shape[1] * shape[2], shape[2], 1])
    moves = STEPS @ strides
    offers, places = np.arange(len(points)), cells
    for _ in range(BAND + 1):
        at = low + CELL * np.stack(np.unravel_index(places, shape), 1)
        squares = ((at - points[offers]) ** 2).sum(1)
        order = np.lexsort((squares, places))
        first = order[np.r_[True, places[order][1:] != places[order][:-1]]]
        better = first[squares[first] < best[places[first]]]
        changed = places[better]
        nearest[changed], best[changed] = offers[better], squares[better]
        places = (changed[:, None] + moves).ravel()
        offers = np.repeat(nearest[changed], len(moves))
    return nearest
