"""The hairline: how full a scalp's hair is at points of the skin."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .ground import Face, Ground

# Degrees from the front round the cranium's middle, and the hairline's height there: as a part of the way from one
# height of the face to another (of a third, of an ear). It comes down to a point in the middle and goes back at 24,
# over the temples, whose corners lie at 38; the whiskers before the ears lie at 60 to 74.
FOREHEAD = np.array(
    [(0, 0.84), (7, 0.86), (16, 0.90), (24, 0.92), (31, 0.89), (37, 0.80), (42, 0.62), (47, 0.34), (51, 0.08)]
)
WHISKERS = np.array([(55, 0.95), (59, 0.60), (63, 0.42), (74, 0.38), (80, 0.55), (98, 0.60), (106, 0.25)])  # of an ear
NAPE = np.array([(116, 0.05), (130, 0.20), (150, 0.36), (180, 0.42)])  # of a third, below the ears
RIM, RAGGED = 0.012, 0.0045  # metres over which hair thins out; by which the line strays
EAR_BARE, EAR_FULL = 0.0025, 0.007  # metres from an ear
STEP = 1.0  # degrees, by which the line's slope is told


@dataclass(frozen=True, eq=False)
class Hairline:
    """Tells how full the hair is: 1 well inside the hairline, 0 outside and on the ears.

    ``recession`` from 0 to 1: how far the line has gone back at the temples and, from 0.4 on, over the forehead.
    ``phases`` (4,) radians: how the line strays.
    """

    face: Face
    ears: np.ndarray
    recession: float
    phases: np.ndarray

    @classmethod
    def of(cls, ground: Ground, recession: float, generator: np.random.Generator) -> Hairline:
        """The hairline of a head; it strays by chance."""
        return cls(ground.face, ground.vertices[ground.ears], recession, generator.random(4) * 2 * np.pi)

    def inside(self, points: np.ndarray) -> np.ndarray:
        """(N,) metres within the hairline, along the skin and about true near it, negative outside: points (N, 3)."""
        angle, radius = around(self.face, points)
        height, ahead = self._line(angle), self._line(angle + STEP)
        slope = (ahead - height) / np.maximum(radius * np.radians(STEP), 1e-6)
        side = np.sign(points[:, 0] - self.face.middle)
        turn = np.radians(angle) * side
        stray = sum(np.sin(turn * often + phase) for often, phase in zip((9, 17, 31, 47), self.phases, strict=True))
        return (points[:, 1] - height) / np.sqrt(1 + slope**2) + RAGGED * stray / 2

    def fullness(self, points: np.ndarray) -> np.ndarray:
        """(N,) from 0 to 1."""
        full = smooth(self.inside(points), 0.0, RIM)
        for side in (self.ears[:, 0] < self.face.middle, self.ears[:, 0] >= self.face.middle):
            ear = self.ears[side]
            if len(ear):
                near = ((points > ear.min(0) - EAR_FULL) & (points < ear.max(0) + EAR_FULL)).all(1)
                chosen = np.flatnonzero((full > 0) & near)
                full[chosen] *= smooth(_distance(points[chosen], ear), EAR_BARE, EAR_FULL)
        return full

    def _line(self, angle: np.ndarray) -> np.ndarray:
        face, ear = self.face, self.face.ear_top - self.face.ear_bottom
        forehead = face.brows + FOREHEAD[:, 1] * face.third
        back = np.interp(FOREHEAD[:, 0], (0, 25, 38, 51), (0.16, 0.35, 0.75, 0.35)) * self.recession * face.third
        heights = np.concatenate([
            forehead + back,
            face.ear_bottom + WHISKERS[:, 1] * ear,
            face.ear_bottom - NAPE[:, 1] * face.third,
        ])  # fmt: skip
        angles = np.concatenate([FOREHEAD[:, 0], WHISKERS[:, 0], NAPE[:, 0]])
        return np.interp(angle, angles, heights)


def around(face: Face, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(N,) degrees from the front round the cranium's middle, 0 to 180 on both sides, and (N,) metres from there."""
    off = points - face.centre
    radius = np.hypot(off[:, 0], off[:, 2])
    return np.degrees(np.arctan2(np.abs(off[:, 0]), off[:, 2])), radius


def smooth(values: np.ndarray, begin: float, end: float) -> np.ndarray:
    """0 up to ``begin``, 1 from ``end`` on, smooth between."""
    share = np.clip((values - begin) / (end - begin), 0, 1)
    risen: np.ndarray = share * share * (3 - 2 * share)
    return risen


def _distance(points: np.ndarray, others: np.ndarray) -> np.ndarray:
    """(N,) metres to the nearest of ``others`` (M, 3)."""
    squares = np.full(len(points), np.inf)
    for begin in range(0, len(points), 2048):
        part = points[begin : begin + 2048]
        apart = (part**2).sum(1)[:, None] - 2 * part @ others.T + (others**2).sum(1)
        squares[begin : begin + 2048] = apart.min(1)
    return np.sqrt(np.maximum(squares, 0))
