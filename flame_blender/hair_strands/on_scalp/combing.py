"""Ways that hair is combed: for points of a scalp the direction along the skin."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..ground import Face
from ..scalp_region import smooth
from .knot import Knot
from .scalp_styles import BACK, BUN, CROWN, PART, ScalpStyle

CROWN_UP, CROWN_BACK, CROWN_ASIDE = 0.80, 0.58, 0.10  # directions from the cranium's middle
WHORL, WHORL_SIZE, DRIFT = 60.0, 0.028, 12.0  # degrees that hair turns aside at the crown, metres, and everywhere
SHARP = 0.008  # metres to each side of a parting within which hair turns
BEFORE = 0.035  # metres before the crown, from where on a parting ends


@dataclass(frozen=True)
class Combing:
    """The flow of a style on a face."""

    face: Face
    style: ScalpStyle

    @property
    def crown(self) -> np.ndarray:
        """(3,) about where the whorl is."""
        face = self.face
        reach = face.top - face.ear_top
        return face.centre + reach * np.array([CROWN_ASIDE, CROWN_UP, -CROWN_BACK])

    @cached_property
    def knot(self) -> Knot:
        """Where a bun is."""
        return Knot.of(self.face)

    @property
    def parting(self) -> float:
        """The parting's x."""
        return self.face.middle + self.style.part_at * 0.055

    def flow(self, points: np.ndarray, normals: np.ndarray) -> np.ndarray:
        """(N, 3) unit directions along the skin at points (N, 3) whose normals (N, 3) look out of it."""
        ways = {CROWN: self._from_crown, PART: self._from_parting, BACK: self._back, BUN: self._to_knot}
        return along(ways[self.style.flow](points, normals), normals)

    def _from_crown(self, points: np.ndarray, normals: np.ndarray) -> np.ndarray:
        off = points - self.crown
        apart = np.linalg.norm(off, axis=1)
        way = along(off, normals)
        front = smooth(points[:, 2], self.face.centre[2] + 0.01, self.face.centre[2] + 0.08)
        turn = WHORL * np.exp(-((apart / WHORL_SIZE) ** 2)) + DRIFT * np.exp(-apart / 0.08) + self.style.sweep * front
        turn = np.radians(turn)[:, None]
        return way * np.cos(turn) + np.cross(normals, way) * np.sin(turn)

    def _from_parting(self, points: np.ndarray, _normals: np.ndarray) -> np.ndarray:
        face = self.face
        off = points[:, 0] - self.parting
        aside, near = np.tanh(off / SHARP), np.exp(-((off / (2 * SHARP)) ** 2))
        behind = smooth(-points[:, 2], -self.crown[2] - BEFORE, -self.crown[2] + 0.01)
        aside, near = aside * (1 - behind), near * (1 - behind)
        low = smooth(-points[:, 1], -face.top + 0.015, -face.ear_top)
        front = smooth(points[:, 2], face.centre[2] + 0.035, face.centre[2] + 0.075)
        return np.stack(
            [
                aside,
                -(0.25 + 1.2 * low + 0.6 * behind),
                -0.30 + 0.1 * low - 0.55 * front - 0.5 * near * (1 - low) - 0.5 * behind * (1 - low),
            ],
            1,
        )

    def _back(self, points: np.ndarray, _normals: np.ndarray) -> np.ndarray:
        behind = smooth(-points[:, 2], -self.crown[2] - 0.02, -self.crown[2] + 0.04)
        return np.stack([0.1 * np.sign(points[:, 0]), -behind, -np.ones(len(points))], 1)

    def _to_knot(self, points: np.ndarray, _normals: np.ndarray) -> np.ndarray:
        return np.asarray(self.knot.centre - points)


def along(ways: np.ndarray, normals: np.ndarray) -> np.ndarray:
    """(N, 3) unit: the parts of vectors (N, 3) that lie along the skin."""
    flat = ways - (ways * normals).sum(1, keepdims=True) * normals
    return unit(flat)


def unit(vectors: np.ndarray) -> np.ndarray:
    """(N, 3) of length 1."""
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
