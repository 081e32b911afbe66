"""Keeps the flesh of neck and throat: where a turn squeezes slices of it, their skin bulges, as flesh does (mm)."""

from __future__ import annotations

import numpy as np

from .fields import smoothstep
from .mesh import HeadMesh
from .skinning import Smoother
from .topology import COLUMNS

LAST_ROW = 18  # the grid's rows below the mouth are closed loops round the neck and under the chin
BULGES, STEP = 32, 0.35  # how often the skin is pushed, by how much of what is missing at a time
CLEARANCE = (0.5, 1.5)  # mm of air before facing skin: below, a point stays; above, it is free
ACROSS, OPPOSITE, LOOK_EVERY = 6.0, -0.2, 3  # mm sideways, cosine of the normals' angle, pushes
RETREATS, RETREAT = 7, 0.25  # how often, and by which part, a correction is taken back
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

    def bulge(self, points: np.ndarray, freedom: np.ndarray, restored: float, smoother: Smoother) -> np.ndarray:
        """``points`` (V, 3) with the skin round squeezed slices pushed out along its normals.

        Each point goes as far as its ``freedom`` (V,), 0 to 1, lets it. A push is what the slices on both sides of a
        loop still miss, spread over the loop's free skin; the pushes end when ``restored``, a part of what was lost,
        is there again.
        """
        enough = (1 - restored) * np.maximum(self.at_rest - self.volumes(points), 0).sum()
        for number in range(BULGES):
            missing = self.at_rest - self.volumes(points)
            if np.maximum(missing, 0).sum() <= enough:
                break
            normals, areas = self._normals_and_areas(points)
            if number % LOOK_EVERY == 0:
                room = self._room(points, normals)
            at_loop = np.maximum(0.5 * (np.append(missing, 0) + np.insert(missing, 0, 0)), 0)
            free = room * freedom[self.rows]
            free_area = (areas[self.rows] * free).sum(1)
            push = np.zeros(len(points))
            push[self.rows] = (at_loop / np.maximum(free_area, 1))[:, None] * free
            for _ in range(SMOOTHINGS):
                push = np.where(self.member, smoother.mean(push), 0)
            push[self.rows] *= room
            points = points + (STEP * push)[:, None] * normals
        return points

    def kept_apart(
        self, rest: np.ndarray, correction: np.ndarray, blended: np.ndarray, smoother: Smoother
    ) -> np.ndarray:
        """The correction (V, 3) of a rest shape, taken back where skin posed by ``blended`` would meet facing skin."""
        for _ in range(RETREATS):
            posed = np.einsum("vij,vj->vi", blended, rest + correction)
            keep = np.ones(len(rest))
            keep[self.rows] = 1 - RETREAT * (1 - self._room(posed, self._normals_and_areas(posed)[0]))
            if keep.min() == 1:
                break
            for _ in range(3):
                keep = smoother.mean(keep)
            correction = keep[:, None] * correction
        return correction

    def _room(self, points: np.ndarray, normals: np.ndarray) -> np.ndarray:
        """(loops, N) 0 to 1: whether skin that faces a point leaves it room, as a chin over a throat may not."""
        loops, facing = points[self.rows].reshape(-1, 3), normals[self.rows].reshape(-1, 3)
        ahead = facing @ loops.T - (facing * loops).sum(1)[:, None]
        square = (loops**2).sum(1)
        beside = square[:, None] + square - 2 * loops @ loops.T - ahead**2
        opposite = (facing @ facing.T < OPPOSITE) & (beside < ACROSS**2) & (ahead > -ACROSS)
        gap = np.where(opposite, ahead, np.inf).min(1)
        return smoothstep(*CLEARANCE, np.minimum(gap, CLEARANCE[1])).reshape(self.rows.shape)

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
