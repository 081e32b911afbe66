"""Where the lids of a head end, seen from the middle of the eyeball, and what a movement does to that."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..flame.eyeballs import Eyeball
from ..textures.rasterise import rasterised
from .rest_skin import RestSkin

STEP = np.deg2rad(0.5)  # between the directions that are looked at
ASIDE, UP_AND_DOWN = 150, 150  # of them to each side, and above and below
NEAR = 0.9, 2.0  # radii: between them lie lids and their rims
LEAST_OPEN = 10  # directions from corner to corner of an eye that is open


@dataclass(frozen=True, eq=False)
class LidMargins:
    """The edges of the two lids of one eye, from corner to corner, as points of the head's skin.

    ``triangles`` (2, A) rows of faces and ``barycentric`` (2, A, 3): of the upper lid's edge, then of the lower's, in A
    planes through the axis that goes through the eyeball from side to side. ``along`` (A,) from 0 in the corner on the
    side of -X to 1; ``heights`` (A,) radians between the edges at rest.
    """

    ball: Eyeball
    triangles: np.ndarray
    barycentric: np.ndarray
    along: np.ndarray
    heights: np.ndarray

    def elevations(self, vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
        """(2, A) radians: how high the edges lie about that axis, on a head that has moved, ``vertices`` (V, 3)."""
        points = self.points(vertices, faces)
        return np.arctan2(points[..., 1], points[..., 2])

    def points(self, vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
        """(2, A, 3) metres from the eyeball's centre: the edges on a head that has moved."""
        return (vertices[faces[self.triangles]] * self.barycentric[..., None]).sum(2) - self.ball.centre


def margins_of(skin: RestSkin, ball: Eyeball) -> LidMargins | None:
    """The lids' edges of a head around ``ball``; None where that is not to be seen between them."""
    vertices, faces = skin.vertices, skin.model.faces
    away = vertices - ball.centre
    radii = np.linalg.norm(away, axis=1) / ball.radius
    corners = faces[skin.rows]
    near = ((radii > NEAR[0]) & (radii < NEAR[1]) & (away[:, 2] > 0))[corners].all(1)
    rows, corners = skin.rows[near], corners[near]
    angles = np.stack(
        [np.arcsin(np.clip(away[:, 0] / (radii * ball.radius), -1, 1)), np.arctan2(away[:, 1], away[:, 2])], 1
    )
    width, height = 2 * ASIDE, 2 * UP_AND_DOWN
    at = angles / STEP + (ASIDE, UP_AND_DOWN)
    nearest = np.full(width * height, np.inf)
    triangle, pixel, weights = (
        np.concatenate(part) for part in zip(*rasterised(at[corners], width, height), strict=True)
    )
    radius = (radii[corners[triangle]] * weights).sum(1)
    outside = radius > 1
    triangle, pixel, weights, radius = triangle[outside], pixel[outside], weights[outside], radius[outside]
    np.minimum.at(nearest, pixel, radius)
    covering, where = np.zeros(width * height, np.int64), np.zeros((width * height, 3))
    first = radius <= nearest[pixel]
    covering[pixel[first]], where[pixel[first]] = rows[triangle[first]], weights[first]
    spans = _opening(np.isinf(nearest).reshape(height, width))
    if len(spans) < LEAST_OPEN:
        return None
    columns, below, above = spans.T
    pixels = np.stack([above, below]) * width + columns
    return LidMargins(
        ball, covering[pixels], where[pixels], (columns - columns[0]) / np.ptp(columns), STEP * (above - below - 1.0)
    )


def _opening(free: np.ndarray) -> np.ndarray:
    """(A, 3) column, row below and row above of the free pixels that hang together with those in the middle."""
    height, width = free.shape
    rows, columns = np.nonzero(free)
    if not len(rows):
        return np.zeros((0, 3), np.int64)
    first = ((rows - height / 2) ** 2 + (columns - width / 2) ** 2).argmin()
    row, column = int(rows[first]), int(columns[first])
    begun = _span(free[:, column], row)
    spans = {column: begun}
    for step in (1, -1):
        at, (below, above) = column + step, begun
        while 0 <= at < width:
            shared = np.flatnonzero(free[below + 1 : above, at])
            if not len(shared):
                break
            below, above = _span(free[:, at], below + 1 + int(shared[len(shared) // 2]))
            spans[at] = below, above
            at += step
    found = [(at, *span) for at, span in sorted(spans.items()) if span[0] >= 0 and span[1] < height]
    return np.array(found, np.int64).reshape(-1, 3)


def _span(free: np.ndarray, row: int) -> tuple[int, int]:
    """The last covered pixel before, and the first one after, the free ones around ``row``."""
    covered = np.flatnonzero(~free)
    after = int(np.searchsorted(covered, row))
    return (int(covered[after - 1]) if after else -1), (int(covered[after]) if after < len(covered) else len(free))
