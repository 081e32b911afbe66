"""Eyebrows: a lens-shaped ribbon laid on the skin (mm)."""

from __future__ import annotations

import numpy as np

from .anatomy import HEAD

LENGTH_STEPS, WIDTH_STEPS = 14, 4
# along the brow: x, y of its middle line and half its breadth
COURSE = np.array([
    (9.5, 13.4, 1.2), (13, 14.5, 3.1), (20, 16.4, 3.9), (27, 18.3, 3.5), (34, 19.6, 2.8), (41, 19.2, 2.0),
    (47.5, 16.2, 1.0), (50.5, 13.8, 0.15),
])  # fmt: skip
LIFT, EDGE_LIFT = 0.95, 0.4  # mm above the skin, in the middle and at the edges


def build_brow() -> tuple[np.ndarray, list[tuple[int, ...]], list[str]]:
    """Vertices of the left eyebrow, quads and materials."""
    stations = np.linspace(0, len(COURSE) - 1, LENGTH_STEPS + 1)
    x, y, half = (np.interp(stations, np.arange(len(COURSE)), COURSE[:, axis]) for axis in range(3))
    x, y = _smooth(x), _smooth(y)
    slope = np.gradient(y) / np.gradient(x)
    normal = np.stack([-slope, np.ones_like(slope)], 1) / np.sqrt(1 + slope**2)[:, None]
    rows = []
    for across in np.linspace(-1, 1, WIDTH_STEPS + 1):
        flat = np.stack([x, y], 1) + across * half[:, None] * normal
        skin = HEAD.front(*flat.T)
        edge = EDGE_LIFT + (LIFT - EDGE_LIFT) * (1 - across**2) * np.minimum(1, half / 1.5)
        rows.append(skin + edge[:, None] * HEAD.normals(skin))
    vertices = np.concatenate(rows)
    count = LENGTH_STEPS + 1
    polygons: list[tuple[int, ...]] = [
        (row * count + k, row * count + k + 1, (row + 1) * count + k + 1, (row + 1) * count + k)
        for row in range(WIDTH_STEPS)
        for k in range(LENGTH_STEPS)
    ]
    return vertices, polygons, ["brows"] * len(polygons)


def _smooth(values: np.ndarray) -> np.ndarray:
    padded = np.pad(values, 1, mode="reflect", reflect_type="odd")
    return 0.25 * padded[:-2] + 0.5 * padded[1:-1] + 0.25 * padded[2:]
