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
        by_vertex = self.part.directions.reshape(-1, 3, len(used)).transpose(2, 1, 0)
        # (P, 9, K): corner by corner x, y, z of how they move, so that the derivatives of a point are one product
        self.directions = np.ascontiguousarray(by_vertex)[self.corners].reshape(len(corners), 9, by_vertex.shape[2])
        self.carried = self.mean(self.part.subtree_weights()).T  # (P, J): how much a joint and those below it carry

    def slid(self, _unknowns: Unknowns) -> SurfacePoints:
        """The same: they are the same points of the head however it is turned."""
        return self

    def mean(self, planar: np.ndarray) -> np.ndarray:
        """(..., n) at the vertices -> (..., P) at the points."""
        corners, weights = self.corners.T, self.barycentric.T
        return sum(planar[..., corner] * weight for corner, weight in zip(corners, weights, strict=True))

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
        self.places = points.mean(layer.vertices[0].astype(np.float64)).T

    def normals(self) -> np.ndarray:
        """(P, 3) float64 unit normals of the points' triangles, outwards."""
        corners = self.layer.vertices[0].T.astype(np.float64)[self.points.corners]
        normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-30)

    def jacobian(self, along: np.ndarray) -> np.ndarray:
        """(P, R, n) float32: how ``along`` (P, R, 3) @ place answers to a step; no extra moves a point of the head."""
        points, along = self.points, along.astype(np.float32)
        jacobian = np.zeros((*along.shape[:2], self.layout.size), np.float32)
        linear = self.layer.linear[0][:, :, points.corners] * points.barycentric  # (3, 3, P, 3)
        at_corners = np.einsum("pri,ijpc->prcj", along, linear, optimize=True).reshape(*along.shape[:2], 9)
        moves = self.layer.joint_moves()[0].astype(np.float32)  # (J, 3, 3)
        joints = moves @ points.part.joint_directions.reshape(len(moves), 3, -1).astype(np.float32)  # (J, 3, K)
        by_joints = (points.carried[:, None, :, None] * along[:, :, None]).reshape(*along.shape[:2], -1)
        jacobian[..., self.layout.coefficients] = at_corners @ points.directions
        jacobian[..., self.layout.coefficients] += by_joints @ joints.reshape(3 * len(moves), -1)
        by_pose = points.mean(self.layer.pose_jacobian()[0])
        jacobian[..., self.layout.pose] = np.einsum("pri,kip->prk", along, by_pose, optimize=True)
        return jacobian
