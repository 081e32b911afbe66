"""A part of a head as it is seen from before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .rasterise import rasterised

PIXEL = 2e-4  # metres


@dataclass(frozen=True, eq=False)
class FrontView:
    """What some triangles show to +Z in a window: rows rise with Y, columns with X.

    ``triangle`` (R, C) int64, -1 where there is none; ``depth`` (R, C) metres, Z; ``low`` (2,) the window's corner.
    """

    triangle: np.ndarray
    depth: np.ndarray
    low: np.ndarray

    def column(self, x: float) -> int:
        """The column that shows ``x``, metres; the nearest where none does."""
        return int(np.clip((x - self.low[0]) / PIXEL, 0, self.depth.shape[1] - 1))

    def points(self, rows: ArrayLike, columns: ArrayLike) -> np.ndarray:
        """(..., 3) what pixels show."""
        rows, columns = np.asarray(rows), np.asarray(columns)
        across = self.low + PIXEL * (np.stack([columns, rows], -1) + 0.5)
        return np.concatenate([across, self.depth[rows, columns][..., None]], -1)


def front_view(vertices: np.ndarray, faces: np.ndarray, low: np.ndarray, high: np.ndarray) -> FrontView:
    """Triangles ``faces`` (F, 3) of ``vertices`` (V, 3), metres, in the window from ``low`` to ``high`` (2,)."""
    width, height = np.ceil((high - low) / PIXEL).astype(int).tolist()
    corners = ((vertices[:, :2] - low) / PIXEL)[faces]
    near = np.flatnonzero((corners.max(1) > 0).all(1) & (corners.min(1) < (width, height)).all(1))
    seen, depth = np.full(width * height, -1), np.full(width * height, -np.inf)
    for triangle, pixel, weights in rasterised(corners[near], width, height):
        z = (vertices[faces[near[triangle]], 2] * weights).sum(1)
        order = np.argsort(z, kind="stable")  # of what falls on one pixel the nearest comes last, and stays
        order = order[z[order] > depth[pixel[order]]]
        depth[pixel[order]], seen[pixel[order]] = z[order], near[triangle[order]]
    return FrontView(seen.reshape(height, width), depth.reshape(height, width), low)
