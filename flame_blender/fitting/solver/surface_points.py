"""Points on the head's surface, with their derivatives by everything that a fit looks for."""

from __future__ import annotations

import numpy as np

from .layer import HeadPart
from .linearised import Linearised
from .unknowns import Unknowns


class SurfacePoints:
    """P points, each the mean of three vertices ``corners`` (P, 3), weighted by ``barycentric`` (P, 3)."""

    def __init__(self, whole: HeadPart, corners: np.ndarray, barycentric: np.ndarray) -> None:
        used, rows = np.unique(corners, return_inverse=True)
        self.part = whole.some(used)
        self.corners = rows.reshape(corners.shape)
        self.barycentric = barycentric.astype(np.float32)
        self.shares = self.part.shares()

    def at(self, unknowns: Unknowns) -> PointsAt:
        """Where the points are."""
        part = self.part
        coefficients = unknowns.coefficients
        rest = part.template + coefficients.astype(np.float32) @ part.directions
        joints = part.joints_at(coefficients)
        layer = Linearised(part, rest.reshape(1, 3, -1), joints[None], unknowns.pose)
        return PointsAt(self, layer)


class PointsAt:
    """Where surface points are, ``places`` (P, 3) float64, metres, and how they move."""

    def __init__(self, points: SurfacePoints, layer: Linearised) -> None:
        self.points, self.layer = points, layer
        self.places = self._mean(layer.vertices[0].astype(np.float64)).T

    def normals(self) -> np.ndarray:
        """(P, 3) float64 unit normals of the points' triangles, outwards."""
        corners = self.layer.vertices[0].T.astype(np.float64)[self.points.corners]
        normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-30)

    def rows(self, along: np.ndarray) -> np.ndarray:
        """(P, R, K + 3 J + 3) float32: how ``along`` (P, R, 3) @ place answers to a step's coefficients and pose."""
        part, linear = self.points.part, self.layer.linear[0]
        directions = part.directions.reshape(len(part.directions), 3, -1)
        moves = self.layer.joint_moves()[0].astype(np.float32)  # (J, 3, 3)
        joints = part.joint_directions.reshape(len(moves), 3, -1).astype(np.float32)
        shares = self.points.shares
        carried = np.swapaxes(moves @ joints, 1, 2).reshape(len(moves), -1).T @ shares  # (K 3, n)
        by_coefficients = carried.reshape(directions.shape)
        for axis in range(3):
            for other in range(3):
                by_coefficients[:, axis] += linear[axis, other] * directions[:, other]
        along = along.astype(np.float32)
        found = np.empty((*along.shape[:2], len(directions) + self.layer.pose_jacobian_rows), np.float32)
        found[..., : len(directions)] = np.einsum("pri,kip->prk", along, self._mean(by_coefficients), optimize=True)
        by_pose = self._mean(self.layer.pose_jacobian()[0])
        found[..., len(directions) :] = np.einsum("pri,kip->prk", along, by_pose, optimize=True)
        return found

    def _mean(self, planar: np.ndarray) -> np.ndarray:
        """(..., n) at the vertices -> (..., P) at the points."""
        corners, weights = self.points.corners.T, self.points.barycentric.T
        return sum(planar[..., corner] * weight for corner, weight in zip(corners, weights, strict=True))
