"""Hair as splats: a thin one for each piece of a strand, as long as that and as wide as the strand."""

from __future__ import annotations

import numpy as np

from ..geometry.rotations import quaternion_from_matrix
from .splats import Splats
from .strewing import harmonics_of

LONG, WIDE = 0.55, 0.8  # deviations: of a piece's length; of a strand's radius
OPACITY = 0.9
WIDEST = 4e-4  # metres, however many strands one stands for
SMALLEST = 1e-9


def strand_splats(points: np.ndarray, radii: np.ndarray, colours: np.ndarray, stands_for: float = 1.0) -> Splats:
    """Splats along strands ``points`` (S, P, 3) metres, bound to nothing: S (P - 1) of them, strand after strand.

    ``radii`` (S, P) metres; ``colours`` (S, 3) sRGB. One of these strands stands for ``stands_for``, and is wider.
    """
    along = np.diff(points, axis=1).reshape(-1, 3)
    lengths = np.maximum(np.linalg.norm(along, axis=1), SMALLEST)
    x = along / lengths[:, None]
    y = np.cross(x, np.eye(3)[np.argmin(np.abs(x), axis=1)])  # any across: strands are round
    y /= np.maximum(np.linalg.norm(y, axis=1, keepdims=True), SMALLEST)
    rotations = quaternion_from_matrix(np.stack([x, y, np.cross(x, y)], 2))
    thick = ((radii[:, 1:] + radii[:, :-1]) / 2).ravel() * WIDE
    thick = np.maximum(np.minimum(thick * stands_for, WIDEST), thick)
    count = len(along)
    return Splats(
        ((points[:, 1:] + points[:, :-1]) / 2).reshape(-1, 3).astype(np.float32),
        np.stack([lengths * LONG, thick, thick], 1).astype(np.float32),
        rotations.astype(np.float32),
        np.full(count, OPACITY, np.float32),
        harmonics_of(np.repeat(colours, points.shape[1] - 1, 0)),
    )


def fair_shares(wanted: list[int], count: int) -> list[int]:
    """How many of ``count`` each of several gets, who wants so many: all of them, or as many as the others."""
    found = [0] * len(wanted)
    for left, number in zip(range(len(wanted), 0, -1), sorted(range(len(wanted)), key=wanted.__getitem__), strict=True):
        found[number] = min(wanted[number], count // left)
        count -= found[number]
    return found
