"""Points on the head's surface, with their derivatives by everything that a fit looks for."""

from __future__ import annotations

import numpy as np

from .layer import HeadPart
from .linearised import Linearised
from .step_layout import StepLayout
from .unknowns import Unknowns


class SurfacePoints:
    """P points, each the mean of three vertices ``corners`` (P, 3), weighted by ``barycentric`` (P, 3)."""

    def __init__(self, whole: HeadPart, corners: np.ndarray, barycentric: np.ndarray) -> None:
        used, inverse = np.unique(corners, return_inverse=True)
        self.part = whole.some(used)
        self.corners = inverse.reshape(corners.shape)
        self.barycentric = barycentric.astype(np.float32)
        self.subtree_weights = self.part.subtree_weights()

    def slid(self, _unknowns: Unknowns) -> SurfacePoints:
        """The same: they are the same points of the head however it is turned."""
        return self

    def at(self, unknowns: Unknowns) -> PointsAt:
        """Where the points are."""
        part = self.part
        coefficients = unknowns.coefficients
        rest = part.template + coefficients.astype(np.float32) @ part.directions
        joints = part.joints_at(coefficients)
        layer = Linearised(part, rest.reshape(1, 3, -1), joints[None], unknowns.pose)
        return PointsAt(self, layer, unknowns.layout)


class PointsAt:
    """Where surface points are, ``places`` (P, 3) float64, metres, and how they move."""

    def __init__(self, points: SurfacePoints, layer: Linearised, layout: StepLayout) -> None:
        self.points, self.layer, self.layout = points, layer, layout
        self.places = self._mean(layer.vertices[0].astype(np.float64)).T

    def normals(self) -> np.ndarray:
        """(P, 3) float64 unit normals of the points' triangles, outwards."""
        corners = self.layer.vertices[0].T.astype(np.float64)[self.points.corners]
        normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-30)

    def jacobian(self, along: np.ndarray) -> np.ndarray:
        """(P, R, n) float32: how ``along`` (P, R, 3) @ place answers to a step; no extra moves a point of the head."""
        part, linear = self.points.part, self.layer.linear[0]
        directions = part.directions.reshape(len(part.directions), 3, -1)
        moves = self.layer.joint_moves()[0].astype(np.float32)  # (J, 3, 3)
        joints = part.joint_directions.reshape(len(moves), 3, -1).astype(np.float32)
        by_joints = np.swapaxes(moves @ joints, 1, 2).reshape(len(moves), -1).T  # (K 3, J)
        by_coefficients = (by_joints @ self.points.subtree_weights).reshape(directions.shape)
        for axis in range(3):
            for other in range(3):
                by_coefficients[:, axis] += linear[axis, other] * directions[:, other]
        along = along.astype(np.float32)
        jacobian = np.zeros((*along.shape[:2], self.layout.size), np.float32)
        for entries, by_vertices in (
            (self.layout.coefficients, by_coefficients),
            (self.layout.pose, self.layer.pose_jacobian()[0]),
        ):
            jacobian[..., entries] = np.einsum("pri,kip->prk", along, self._mean(by_vertices), optimize=True)
        return jacobian

    def _mean(self, planar: np.ndarray) -> np.ndarray:
        """(..., n) at the vertices -> (..., P) at the points."""
        corners, weights = self.points.corners.T, self.points.barycentric.T
        return sum(planar[..., corner] * weight for corner, weight in zip(corners, weights, strict=True))
