"""Where what was observed lies in Blender's world: its units, its axes, and the head's object over it."""

from __future__ import annotations

from dataclasses import dataclass

import mathutils
import numpy as np

from ..geometry.axes import TO_BLENDER


@dataclass(frozen=True, eq=False)
class Placement:
    """``flame = metres * rotation @ (world - centre)``.

    ``metres`` in one of the world's units; ``rotation`` (3, 3) from the world's axes to FLAME's; ``centre`` (3,) of
    what was observed, in the world, which keeps numbers small. ``told`` names units and axes for a person.
    """

    metres: float
    rotation: np.ndarray
    centre: np.ndarray
    told: str = ""

    def to_flame(self, points: np.ndarray) -> np.ndarray:
        """(..., 3) in the world -> (..., 3) float64, metres, FLAME's axes."""
        return self.metres * (np.asarray(points, np.float64) - self.centre) @ self.rotation.T

    def turned_to_flame(self, directions: np.ndarray) -> np.ndarray:
        """(..., 3) directions in the world -> (..., 3) float64 in FLAME's axes."""
        return np.asarray(directions, np.float64) @ self.rotation.T

    def to_world(self, points: np.ndarray) -> np.ndarray:
        """The inverse of :meth:`to_flame`."""
        return np.asarray(points, np.float64) @ self.rotation / self.metres + self.centre

    def head_matrix(self, scale: float = 1.0) -> mathutils.Matrix:
        """World matrix of a head that is seen ``scale`` times as large, so that it lies on what was observed."""
        matrix = np.eye(4)
        matrix[:3, :3] = scale / self.metres * self.rotation.T @ TO_BLENDER.T
        matrix[:3, 3] = self.centre
        return mathutils.Matrix(matrix.tolist())
