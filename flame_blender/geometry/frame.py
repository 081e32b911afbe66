"""Where FLAME's axes lie among those of a head's object: usually as Blender's do, elsewhere after Apply Transforms.

Applying an object's rotation, location or scale moves its vertices and leaves the head where it is. The head's own
frame keeps what was applied, so that jaw and expressions go on along the head's axes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .axes import TO_BLENDER, to_blender, to_flame

MIRROR = np.diag([-1.0, 1.0, 1.0])
# Blender moves vertices in float32, whose steps are 1.2e-7 of a number: a few of them are what a coordinate can be off.
ROUNDING = 5e-7
LEAST_SCALE = 1e-6


@dataclass(frozen=True, eq=False)
class Frame:
    """``in_object = linear @ in_flame + origin``: a turn, a uniform scale, perhaps a mirroring, and a shift.

    ``linear`` (3, 3) and ``origin`` (3,) float64, from metres in FLAME's axes to the object's own space.
    """

    linear: np.ndarray
    origin: np.ndarray

    @cached_property
    def is_usual(self) -> bool:
        """Whether the object's axes are Blender's, as every head has them that is added."""
        return np.array_equal(self.linear, TO_BLENDER) and not self.origin.any()

    @cached_property
    def scale(self) -> float:
        """How large one of FLAME's metres is in the object."""
        return float(np.cbrt(abs(np.linalg.det(self.linear))))

    @cached_property
    def is_mirrored(self) -> bool:
        """Whether left and right have changed places."""
        return bool(np.linalg.det(self.linear) < 0)

    @cached_property
    def axes(self) -> np.ndarray:
        """(3, 3): FLAME's axes to those of a bone, each to one axis with a sign; mirrored where the head is."""
        return MIRROR @ TO_BLENDER if self.is_mirrored else TO_BLENDER

    @cached_property
    def turn(self) -> np.ndarray:
        """(3, 3) rotation: from a bone's axes to the object's; ``linear`` is ``scale * turn @ axes``."""
        return self.linear / self.scale @ self.axes.T

    @cached_property
    def matrix(self) -> np.ndarray:
        """(4, 4): from a usual head's object space to this one's."""
        matrix = np.eye(4)
        matrix[:3, :3], matrix[:3, 3] = self.linear @ TO_BLENDER.T, self.origin
        return matrix

    def to_object(self, points: np.ndarray) -> np.ndarray:
        """(..., 3) FLAME's axes -> (..., 3) in the object, a new array of the same dtype."""
        if self.is_usual:
            return to_blender(points)
        return points @ self.linear.T.astype(points.dtype) + self.origin.astype(points.dtype)

    def to_flame(self, points: np.ndarray) -> np.ndarray:
        """(..., 3) in the object -> (..., 3) FLAME's axes, a new array of the same dtype."""
        if self.is_usual:
            return to_flame(points)
        back = np.linalg.inv(self.linear)
        return ((points.astype(np.float64) - self.origin) @ back.T).astype(points.dtype)

    def directions_to_object(self, directions: np.ndarray) -> np.ndarray:
        """(..., 3) differences of points, FLAME's axes -> (..., 3) in the object."""
        if self.is_usual:
            return to_blender(directions)
        return directions @ self.linear.T.astype(directions.dtype)


USUAL = Frame(TO_BLENDER, np.zeros(3))


@dataclass(frozen=True, eq=False)
class Moved:
    """``after = linear @ before + shift``, as near as may be; which of the exact moves it is, if any.

    ``is_similar``: every vertex went where the same turn, uniform scale, mirroring and shift take it; ``linear`` is
    exactly such. ``is_stretched``: a map that scales unevenly or shears took every vertex there.
    """

    linear: np.ndarray
    shift: np.ndarray
    is_similar: bool
    is_stretched: bool

    def then(self, frame: Frame) -> Frame:
        """The frame of a head that had ``frame`` before it was moved so."""
        return Frame(self.linear @ frame.linear, self.linear @ frame.origin + self.shift)


def move_between(before: np.ndarray, after: np.ndarray) -> Moved:
    """How (V, 3) points came from ``before`` to ``after``: by one similarity, by one uneven map, or each by itself.

    The similarity of least squares (Umeyama, "Least-squares estimation of transformation parameters between two point
    patterns", 1991, without its condition on the determinant, so that mirrorings are found too).
    """
    before, after = np.asarray(before, np.float64), np.asarray(after, np.float64)
    centres = before.mean(0), after.mean(0)
    start, end = before - centres[0], after - centres[1]
    covariance = end.T @ start
    left, sizes, right = np.linalg.svd(covariance)
    scale = sizes.sum() / (start**2).sum()
    linear = scale * left @ right
    allowed = rounding(before * scale, after)
    is_similar = scale > LEAST_SCALE and np.abs(start @ linear.T - end).max() <= allowed
    is_stretched = False
    if not is_similar:
        uneven = np.linalg.solve(start.T @ start, covariance.T)
        is_stretched = bool(np.abs(start @ uneven - end).max() <= allowed)
    return Moved(linear, centres[1] - linear @ centres[0], bool(is_similar), is_stretched)


def rounding(*points: np.ndarray) -> float:
    """By how much coordinates of these (V, 3) points may differ and still be the same to Blender."""
    return ROUNDING * max(float(np.abs(each).max()) for each in points)
