"""Keeps the flesh of neck and throat: where a turn squeezes slices of it, their skin bulges, as flesh does (mm)."""

from __future__ import annotations

import numpy as np

from .mesh import HeadMesh
from .skinning import Smoother
from .topology import COLUMNS

LAST_ROW = 18  # the grid's rows below the mouth are closed loops round the neck and under the chin
RESTORED = 0.7  # of the volume that the slices have lost
BULGES, STEP = 32, 0.35  # how often the skin is pushed, by how much of what is missing at a time
SMOOTHINGS = 8  # of each push, or the skin would crease


class NeckSlices:
    """The volumes between neighbouring loops of the neck."""

    def __init__(self, mesh: HeadMesh) -> None:
        rows = []
        for j in range(LAST_ROW + 1):
            left = mesh.of(*(("grid", i, j) for i in range(COLUMNS + 1)))
            rows.append(np.concatenate([left, mesh.mirror[left[-2:0:-1]]]))
        self.rows = np.array(rows)
        self.member = np.isin(np.arange(len(mesh)), self.rows)
        self.faces = mesh.triangles()
        self.at_rest = self.volumes(mesh.vertices)

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

    def bulge(self, points: np.ndarray, freedom: np.ndarray, smoother: Smoother) -> np.ndarray:
        """``points`` (V, 3) with the skin round squeezed slices pushed out along its normals.

        Each point goes as far as its ``freedom`` (V,), 0 to 1, lets it. A push is what the slices on both sides of a
        loop still miss, spread over the loop's free skin; the pushes end when enough is restored.
        """
        enough = (1 - RESTORED) * np.maximum(self.at_rest - self.volumes(points), 0).sum()
        for _ in range(BULGES):
            missing = self.at_rest - self.volumes(points)
            if np.maximum(missing, 0).sum() <= enough:
                break
            normals, areas = self._normals_and_areas(points)
            at_loop = np.maximum(0.5 * (np.append(missing, 0) + np.insert(missing, 0, 0)), 0)
            free_area = (areas * freedom)[self.rows].sum(1)
            push = np.zeros(len(points))
            push[self.rows] = (at_loop / np.maximum(free_area, 1))[:, None] * freedom[self.rows]
            for _ in range(SMOOTHINGS):
                push = np.where(self.member, smoother.mean(push), 0)
            points = points + (STEP * push)[:, None] * normals
        return points

    def _normals_and_areas(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(V, 3) unit normals and (V,) a third of the area of the triangles round each point."""
        corners = points[self.faces]
        cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        area = np.linalg.norm(cross, axis=1) / 6
        normals, areas = np.zeros_like(points), np.zeros(len(points))
        for corner in self.faces.T:
            areas += np.bincount(corner, area, len(points))
            normals += np.stack([np.bincount(corner, cross[:, axis], len(points)) for axis in range(3)], 1)
        return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12), areas


def _determinant(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    return np.einsum("...i,...i->...", a, np.cross(b, c))
