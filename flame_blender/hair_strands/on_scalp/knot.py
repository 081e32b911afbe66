"""A bun: a flattened ball at the back of a head, round which strands wind once they have come to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..ground import Face

UP = 0.35  # of a third above the ears: the ball's middle
RADIUS, FLAT = 0.029, 0.78  # metres across its axis; along the axis as a share of that
OUT = 0.55  # of its radius, by which the middle lies behind the head's back
AXIS = np.array([0.0, 0.24, -0.97])
CATCH = 1.25  # radii from the middle, from where on a strand winds
DRIFTS = (0.1, 0.9)  # how far strands go to the ball's pole for each metre round it
SHELLS = (0.86, 1.0)  # of the radius: the innermost and the outermost strands


@dataclass(frozen=True)
class Knot:
    """A bun of a face. ``centre`` (3,) metres in FLAME's axes; ``radius`` metres."""

    centre: np.ndarray
    radius: float

    @classmethod
    def of(cls, face: Face) -> Knot:
        """At the back of a head, above the ears."""
        radius = RADIUS * face.scale
        return cls(np.array([face.middle, face.ear_top + UP * face.third, face.back - OUT * radius]), radius)

    def is_near(self, points: np.ndarray) -> np.ndarray:
        """(N,) bool: whether strands wind at points (N, 3)."""
        near: np.ndarray = np.linalg.norm(self._round(points), axis=1) < CATCH * self.radius
        return near

    def way(self, points: np.ndarray, drifts: np.ndarray) -> np.ndarray:
        """(N, 3) unit: round the axis and, by ``drifts`` (N,), to the pole, at points (N, 3)."""
        off = points - self.centre
        around = np.cross(AXIS, off)
        around /= np.maximum(np.linalg.norm(around, axis=1, keepdims=True), 1e-9)
        outward = off / np.maximum(np.linalg.norm(off, axis=1, keepdims=True), 1e-9)
        pole = AXIS - (outward @ AXIS)[:, None] * outward
        way = around + drifts[:, None] * pole / np.maximum(np.linalg.norm(pole, axis=1, keepdims=True), 0.1)
        return np.asarray(way / np.linalg.norm(way, axis=1, keepdims=True))

    def on_shell(self, points: np.ndarray, shells: np.ndarray) -> np.ndarray:
        """Points (N, 3) brought onto the ball's surface, ``shells`` (N,) of its radius from the middle."""
        flat = self._round(points)
        flat *= (shells * self.radius)[:, None] / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-9)
        along = flat @ AXIS
        return np.asarray(self.centre + flat + ((FLAT - 1) * along)[:, None] * AXIS)

    def _round(self, points: np.ndarray) -> np.ndarray:
        """(N, 3) off the middle, as if the ball were round."""
        off = points - self.centre
        return np.asarray(off + ((1 / FLAT - 1) * (off @ AXIS))[:, None] * AXIS)


@dataclass(frozen=True, eq=False)
class Winding:
    """N strands that come to a bun: ``drifts`` and ``shells`` (N,) of each, and which of them wind already."""

    knot: Knot
    drifts: np.ndarray
    shells: np.ndarray
    winds: np.ndarray

    @classmethod
    def of(cls, face: Face, count: int, generator: np.random.Generator) -> Winding:
        """Strands that have not come to it yet."""
        shells = np.maximum(*generator.uniform(*SHELLS, (2, count)))
        return cls(Knot.of(face), generator.uniform(*DRIFTS, count), shells, np.zeros(count, bool))

    def turned(self, at: np.ndarray, ways: np.ndarray) -> np.ndarray:
        """(N, 3) unit: ``ways`` (N, 3), and round the knot for strands that have come to it at ``at`` (N, 3)."""
        self.winds[:] |= self.knot.is_near(at)
        return np.where(self.winds[:, None], self.knot.way(at, self.drifts), ways)

    def held(self, points: np.ndarray) -> np.ndarray:
        """Points (N, 3), on the knot where strands wind."""
        return np.where(self.winds[:, None], self.knot.on_shell(points, self.shells), points)
