"""Smooth displacement fields over the head, the stuff that directions are made of (mm, sculpting frame)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Vector = tuple[float, float, float]


def smoothstep(start: float, end: float, values: np.ndarray) -> np.ndarray:
    """0 below ``start``, 1 above ``end``, 3 t^2 - 2 t^3 between."""
    t = np.clip((np.asarray(values, float) - start) / (end - start), 0, 1)
    return t * t * (3 - 2 * t)


@dataclass(frozen=True)
class Bump:
    """A soft push round ``centre``, fading as exp(-|d / radii|^power), that moves points by ``move`` and ``stretch``.

    ``stretch`` is the growth along each axis about ``centre``. ``only`` names a mask (``"upper"`` or ``"lower"``
    lip side). A bump off the midline is mirrored unless ``mirrored`` is false. With a larger ``power`` it is flat on
    top and steep at its edge.
    """

    centre: Vector
    radii: Vector | float
    move: Vector = (0.0, 0.0, 0.0)
    stretch: Vector = (0.0, 0.0, 0.0)
    only: str = ""
    mirrored: bool = True
    power: float = 2.0

    def displacement(self, points: np.ndarray) -> np.ndarray:
        """(N, 3) displacement of (N, 3) points, without the mask."""
        local = points - np.array(self.centre)
        squared = ((local / np.array(self.radii)) ** 2).sum(1)
        fade = np.exp(-squared if self.power == 2 else -(squared ** (self.power / 2)))
        return fade[:, None] * (np.array(self.move) + local * np.array(self.stretch))


def evaluate(bumps: tuple[Bump, ...], points: np.ndarray, masks: dict[str, np.ndarray]) -> np.ndarray:
    """(N, 3) sum of bumps and, for those off the midline, of their mirror images."""
    flip = np.array([-1.0, 1.0, 1.0])
    total = np.zeros_like(points)
    for bump in bumps:
        part = bump.displacement(points)
        if bump.centre[0] and bump.mirrored:
            part = part + bump.displacement(points * flip) * flip
        total += part * masks[bump.only][:, None] if bump.only else part
    return total
