"""Upper eyelashes: a thin dark fringe along the lid margin, which is what makes an open eye look relaxed (mm)."""

from __future__ import annotations

import numpy as np

from .anatomy import EYE_CENTRE
from .topology import EYE

SPOKES = range(1, EYE.opposite)
LENGTHS = (0.6, 1.7)  # mm at the inner and towards the outer end
ROWS = 3
BASE_LIFT = 0.15


def build_lashes(margin: np.ndarray) -> tuple[np.ndarray, list[tuple[int, ...]], list[str]]:
    """Vertices, quads and materials of the left fringe on the lid margin (spokes, 3)."""
    base = margin[list(SPOKES)]
    count = len(base)
    part = np.linspace(0, 1, count)
    length = np.interp(part, (0, 0.15, 0.75, 1), (0.2, LENGTHS[0], LENGTHS[1], 0.5))
    outward = base - np.array(EYE_CENTRE)
    outward /= np.linalg.norm(outward, axis=1, keepdims=True)
    rows = []
    for step in np.linspace(0, 1, ROWS):
        lift = np.array([0.0, -0.25, 0.0]) + step * np.array([0.0, 0.9, 0.0])
        rows.append(base + BASE_LIFT * outward + (step * length)[:, None] * (0.8 * outward + lift))
    polygons: list[tuple[int, ...]] = [
        (row * count + k, row * count + k + 1, (row + 1) * count + k + 1, (row + 1) * count + k)
        for row in range(ROWS - 1)
        for k in range(count - 1)
    ]
    return np.concatenate(rows), polygons, ["lashes"] * len(polygons)
