"""Keeps the neck's flesh: where a bend squeezes slices of it, they swell sideways, as flesh does (mm)."""

from __future__ import annotations

import numpy as np

from .mesh import HeadMesh
from .topology import COLUMNS

LAST_ROW = 18  # the grid's rows below the mouth are closed loops round the neck and under the chin
RESTORED = 0.65  # of the volume that the slices have lost
REACH = 2.5  # loops over which the widening is spread
STRONGEST, HALVINGS = 6.0, 14
AROUND = 12  # times that neighbours along a loop are averaged


class NeckSlices:
    """The volumes between neighbouring loops of the neck."""

    def __init__(self, mesh: HeadMesh) -> None:
        rows = []
        for j in range(LAST_ROW + 1):
            left = mesh.of(*(("grid", i, j) for i in range(COLUMNS + 1)))
            rows.append(np.concatenate([left, mesh.mirror[left[-2:0:-1]]]))
        self.rows = np.array(rows)
        self.at_rest = self.volumes(mesh.vertices)
        self.heights_at_rest = np.linalg.norm(np.diff(mesh.vertices[self.rows], axis=0), axis=2)

    def volumes(self, points: np.ndarray) -> np.ndarray:
        """(LAST_ROW,) mm^3 between loop j and j + 1, each loop closed by a fan about its middle."""
        low, high = points[self.rows[:-1]], points[self.rows[1:]]
        middle = 0.5 * (low.mean(1, keepdims=True) + high.mean(1, keepdims=True))
        low, high = low - middle, high - middle
        low_next, high_next = np.roll(low, -1, 1), np.roll(high, -1, 1)
        centre, top = low.mean(1, keepdims=True), high.mean(1, keepdims=True)
        # a quad may be cut either way: the mean of both cuts
        sides = 0.5 * sum(
            _determinant(*corners)
            for corners in (
                (low, low_next, high_next), (low, high_next, high), (low, low_next, high), (low_next, high_next, high),
            )
        )  # fmt: skip
        caps = _determinant(low_next, low, np.broadcast_to(centre, low.shape))
        caps = caps + _determinant(high, high_next, np.broadcast_to(top, high.shape))
        return np.abs((sides + caps).sum(1)) / 6

    def swell(self, points: np.ndarray, movable: np.ndarray) -> np.ndarray:
        """``points`` (V, 3) with squeezed slices widened about their middles; only ``movable`` (V,) ones move.

        How much wider changes gently from loop to loop, or the skin would crease; how much in all is found by halving.
        """
        missing = np.maximum(1 - self.volumes(points) / self.at_rest, 0)
        loop = np.arange(LAST_ROW + 1)
        near = np.exp(-0.5 * ((loop[:, None] - loop[None, :-1] - 0.5) / REACH) ** 2)
        growth = near @ missing / near.sum(1)
        loops = points[self.rows]
        push = np.zeros_like(points)
        outward = (growth[:, None] * self._squeezed(points))[..., None] * (loops - loops.mean(1, keepdims=True))
        push[self.rows] = movable[self.rows][..., None] * outward
        low, high = 0.0, STRONGEST
        for _ in range(HALVINGS):
            middle = 0.5 * (low + high)
            enough = self._lost(points + middle * push) < (1 - RESTORED) * self._lost(points)
            low, high = (low, middle) if enough else (middle, high)
        return points + high * push

    def _squeezed(self, points: np.ndarray) -> np.ndarray:
        """(loops, N) 0 to 1: where the way from loop to loop has become shorter, the inner side of the bend."""
        heights = np.linalg.norm(np.diff(points[self.rows], axis=0), axis=2)
        shorter = np.maximum(1 - heights / self.heights_at_rest, 0)
        loop = np.arange(LAST_ROW + 1)
        near = np.exp(-0.5 * ((loop[:, None] - loop[None, :-1] - 0.5) / REACH) ** 2)
        squeezed = near @ shorter / near.sum(1, keepdims=True)
        for _ in range(AROUND):
            squeezed = 0.5 * squeezed + 0.25 * (np.roll(squeezed, 1, 1) + np.roll(squeezed, -1, 1))
        return squeezed / max(squeezed.max(), 0.1)

    def _lost(self, points: np.ndarray) -> float:
        return float(np.maximum(self.at_rest - self.volumes(points), 0).sum())


def _determinant(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    return np.einsum("...i,...i->...", a, np.cross(b, c))
