"""Smooth maps of space through, or near, given points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

TOGETHER = 1 << 21  # distances in memory at a time


@dataclass(frozen=True, eq=False)
class ThinPlate:
    """p -> a + A (p - middle) - sum w_i |p - c_i|, the smoothest map of space through its points.

    ``centres`` (N, 3) float64; ``weights`` (N + 4, 3): w, then a, then the rows of A'; ``middle`` (3,).
    """

    centres: np.ndarray
    weights: np.ndarray
    middle: np.ndarray

    def __call__(self, points: np.ndarray) -> np.ndarray:
        """(P, 3) -> (P, 3) float64."""
        points = np.asarray(points, np.float64)
        count = max(TOGETHER // len(self.centres), 1)
        parts = [points[start : start + count] for start in range(0, len(points), count)]
        moved = [distances(part, self.centres) @ -self.weights[:-4] for part in parts]
        linear = (points - self.middle) @ self.weights[-3:] + self.weights[-4]
        return linear + (np.concatenate(moved) if moved else 0.0)


def thin_plate(points: np.ndarray, goals: np.ndarray, smoothing: float) -> ThinPlate:
    """The map that brings ``points`` (N, 3), no two of them alike, to ``goals`` (N, 3).

    In space the kernel of the thin plate's energy is -|r| (Duchon, "Splines minimizing rotation-invariant semi-norms in
    Sobolev spaces", 1977). With ``smoothing`` (metres, added to the kernel's diagonal) goals may be missed by a little.
    """
    points, n = np.asarray(points, np.float64), len(points)
    middle = points.mean(0)
    linear = np.concatenate([np.ones((n, 1)), points - middle], 1)
    system = np.zeros((n + 4, n + 4))
    system[:n, :n] = smoothing * np.eye(n) - distances(points, points)
    system[:n, n:], system[n:, :n] = linear, linear.T
    wanted = np.concatenate([goals, np.zeros((4, 3))])
    return ThinPlate(points, np.linalg.solve(system, wanted), middle)


def distances(points: np.ndarray, others: np.ndarray) -> np.ndarray:
    """(P, 3) and (Q, 3) -> (P, Q)."""
    squares = (points * points).sum(1)[:, None] + (others * others).sum(1) - 2 * points @ others.T
    return np.sqrt(np.maximum(squares, 0.0))
