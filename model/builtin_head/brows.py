"""Eyebrows: their course over the brow ridge, and the hairs that are painted along it (mm, seen from the front)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# along the brow from the nose: x, y of its middle line and half its breadth
COURSE = np.array([
    (9.5, 13.4, 1.2), (13, 14.5, 3.1), (20, 16.4, 3.9), (27, 18.3, 3.5), (34, 19.6, 2.8), (41, 19.2, 2.0),
    (48.5, 16.0, 1.0), (53.0, 13.0, 0.15),
])  # fmt: skip
HAIRS = 620
SEED = 52
# part of the brow's length: which way its hairs lie (degrees above the way outward) and how long they are
LIE = np.array([(0.0, 78, 5.0), (0.15, 62, 6.5), (0.4, 34, 7.0), (0.7, 6, 6.0), (1.0, -28, 4.0)])
CONVERGE = 16.0  # degrees by which the hairs of the upper edge lie lower, those of the lower edge higher
SPREAD = 9.0  # degrees
WIDTH = 0.17  # mm at the root; a hair ends in a point


@dataclass(frozen=True)
class Hairs:
    """(N, 2) roots and tips, and (N,) how dark each is."""

    roots: np.ndarray
    tips: np.ndarray
    darkness: np.ndarray


def course(part: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(N, 2) points of the middle line and (N,) half breadths, at ``part`` (N,) of the length, 0 at the nose."""
    stations = np.asarray(part) * (len(COURSE) - 1)
    x, y, half = (np.interp(stations, np.arange(len(COURSE)), COURSE[:, axis]) for axis in range(3))
    return np.stack([x, y], -1), half


def hairs() -> Hairs:
    """The left brow's hairs, thinner towards its edges and its inner end."""
    generator = np.random.default_rng(SEED)
    part = generator.random(HAIRS) ** 1.05
    across = generator.random(HAIRS) + generator.random(HAIRS) - 1  # a tent: ragged edges
    middle, half = course(part)
    ahead, _ = course(np.minimum(part + 0.01, 1))
    behind, _ = course(np.maximum(part - 0.01, 0))
    along = ahead - behind
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    roots = middle + (1.15 * across * half)[:, None] * np.stack([-along[:, 1], along[:, 0]], 1)
    lie, length = (np.interp(part, LIE[:, 0], LIE[:, column]) for column in (1, 2))
    noise = generator.random((3, HAIRS)) * 2 - 1
    angle = np.radians(lie - CONVERGE * across + SPREAD * noise[0])
    length = length * (0.8 + 0.2 * noise[1])
    tips = roots + length[:, None] * np.stack([np.cos(angle), np.sin(angle)], 1)
    return Hairs(roots, tips, (0.6 + 0.25 * noise[2]) * np.minimum(1, 0.45 + 3 * part))
