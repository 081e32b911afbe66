"""The head as a signed distance: a list of strokes, each an ellipsoid or a tapered tube, joined or cut smoothly.

Units are millimetres in the sculpting frame: +Y up, +Z out of the face, x = 0 the midline, y = 0 between the pupils,
z = 0 at the tragion. Only x >= 0 is described; the other half is its mirror image. Bones are drawn thin and joined
with a wide blend (20-40 mm): that is what makes them read as covered with flesh.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

MIDLINE_ROUNDING = 2.0  # mm; replaces |x| near the midline so that no stroke leaves a ridge there
GRADIENT_STEP = 0.05  # mm


def squared_lengths(vectors: np.ndarray) -> np.ndarray:
    """(N,) of (N, 3): what ``(vectors**2).sum(1)`` is to the last bit, in a tenth of the time."""
    x, y, z = np.square(vectors).T
    return x + y + z


@dataclass(frozen=True)
class Ellipsoid:
    """Half axes ``radii`` (mm) about ``centre``, turned ``yaw`` degrees about +Y (+Z towards +X)."""

    centre: tuple[float, float, float]
    radii: tuple[float, float, float]
    yaw: float = 0.0

    def distance(self, points: np.ndarray) -> np.ndarray:
        """(N,) distance, about k (k - 1) / |p / r^2| with k = |p / r|: exact on the surface."""
        local = points - np.array(self.centre)
        if self.yaw:
            turn = np.radians(self.yaw)
            x, z = local[:, 0].copy(), local[:, 2].copy()
            local[:, 0] = np.cos(turn) * x - np.sin(turn) * z
            local[:, 2] = np.sin(turn) * x + np.cos(turn) * z
        scaled = local / np.array(self.radii)
        k = np.sqrt(squared_lengths(scaled))
        return k * (k - 1) / np.maximum(np.sqrt(squared_lengths(scaled / np.array(self.radii))), 1e-9)


@dataclass(frozen=True)
class Tube:
    """A chain of capsules through ``points`` whose radius runs linearly between ``radii`` (mm)."""

    points: tuple[tuple[float, float, float], ...]
    radii: tuple[float, ...]

    def distance(self, points: np.ndarray) -> np.ndarray:
        """(N,) distance to the nearest capsule of the chain."""
        nearest = np.full(len(points), np.inf)
        for (start, end), (first, last) in zip(pairwise(self.points), pairwise(self.radii), strict=True):
            origin, axis = np.array(start), np.subtract(end, start)
            along = np.clip((points - origin) @ axis / (axis @ axis), 0, 1)
            offset = points - origin - along[:, None] * axis
            distance = np.sqrt(squared_lengths(offset)) - (first + (last - first) * along)
            nearest = np.minimum(nearest, distance)
        return nearest


@dataclass(frozen=True)
class Stroke:
    """One step of the sculpt: ``shape`` joined (or cut away), blended over ``blend`` mm."""

    name: str
    shape: Ellipsoid | Tube
    blend: float
    cut: bool = False


def smooth_minimum(a: np.ndarray, b: np.ndarray, blend: float) -> np.ndarray:
    """The smaller of two distances, rounded by a quadratic where they are within ``blend`` of each other."""
    near = np.maximum(blend - np.abs(a - b), 0.0) / blend
    return np.minimum(a, b) - near * near * blend * 0.25


@dataclass(frozen=True)
class Sculpture:
    """A sequence of strokes and the surface they leave."""

    strokes: tuple[Stroke, ...]

    def distance(self, points: np.ndarray) -> np.ndarray:
        """(N,) signed distance in mm of (N, 3) points, negative inside."""
        points = np.array(points, float)
        points[:, 0] = np.sqrt(points[:, 0] ** 2 + MIDLINE_ROUNDING**2)
        total = np.full(len(points), 1e3)
        for stroke in self.strokes:
            distance = stroke.shape.distance(points)
            if stroke.cut:
                total = -smooth_minimum(-total, distance, stroke.blend)
            else:
                total = smooth_minimum(total, distance, stroke.blend)
        return total

    def gradient(self, points: np.ndarray) -> np.ndarray:
        """(N, 3) gradient of the distance, by central differences."""
        steps = np.eye(3) * GRADIENT_STEP
        moved = np.concatenate([points + sign * step for step in steps for sign in (1, -1)])
        values = self.distance(moved).reshape(3, 2, -1)
        return (values[:, 0] - values[:, 1]).T / (2 * GRADIENT_STEP)

    def normals(self, points: np.ndarray) -> np.ndarray:
        """(N, 3) outward unit normals."""
        gradient = self.gradient(points)
        return gradient / np.maximum(np.linalg.norm(gradient, axis=1, keepdims=True), 1e-9)

    def project(self, points: np.ndarray, steps: int = 1) -> np.ndarray:
        """Points moved onto the surface by Newton steps along the gradient, at most 4 mm each."""
        points = np.array(points, float)
        for _ in range(steps):
            gradient = self.gradient(points)
            step = self.distance(points) / np.maximum(squared_lengths(gradient), 0.05)
            length = np.abs(step) * np.linalg.norm(gradient, axis=1)
            step *= np.minimum(1, 4.0 / np.maximum(length, 1e-9))
            points -= step[:, None] * gradient
        return points

    def cast(self, origins: np.ndarray, directions: np.ndarray, start: float = 0.0, inside: bool = False) -> np.ndarray:
        """(N, 3) points where rays meet the surface, walking by the distance itself.

        From outside the first crossing; with ``inside`` the rays start within the head and walk out of it.
        Rays that miss stop after 80 steps where they are.
        """
        directions = directions / np.linalg.norm(directions, axis=1, keepdims=True)
        travelled = np.full(len(origins), start)
        for _ in range(80):
            distance = self.distance(origins + travelled[:, None] * directions)
            before = travelled.copy()
            travelled += 0.8 * (-distance if inside else distance)
            if (travelled == before).all():  # so would all further steps leave it, to the last bit
                break
        return origins + travelled[:, None] * directions

    def front(self, x: np.ndarray | float, y: np.ndarray | float) -> np.ndarray:
        """(N, 3) points of the face seen from the front at (x, y)."""
        x, y = np.broadcast_arrays(np.asarray(x, float), np.asarray(y, float))
        origins = np.stack([x.ravel(), y.ravel(), np.full(x.size, 135.0)], 1)
        return self.cast(origins, np.tile([0.0, 0.0, -1.0], (x.size, 1)))
