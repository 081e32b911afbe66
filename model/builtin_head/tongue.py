"""The tongue: a closed body between the lower teeth (mm, sculpting frame)."""

from __future__ import annotations

import numpy as np

SEGMENTS = 16
# from the root to the tip: depth z, height y of the middle, half breadth, half thickness
SECTIONS = (
    (30, -78.0, 12.5, 7.5), (38, -76.5, 14.5, 8.0), (46, -75.2, 15.0, 7.4), (53.5, -74.2, 13.6, 6.2),
    (60.5, -73.4, 11.4, 4.8), (65.5, -72.9, 8.6, 3.6), (68.8, -72.6, 5.2, 2.5),
)  # fmt: skip
ROOT, TIP = (26.0, -78.4), (70.0, -72.6)
GROOVE = 0.9  # mm along the middle of the upper side


def middle_height(z: np.ndarray) -> np.ndarray:
    """Height of the tongue's middle at depth ``z``."""
    depths, heights = np.array([section[:2] for section in SECTIONS]).T
    return np.interp(z, depths, heights)


def build_tongue() -> tuple[np.ndarray, list[tuple[int, ...]], list[str], np.ndarray]:
    """Vertices, polygons, materials, and the mirror image of every vertex."""
    angles = np.arange(SEGMENTS) * 2 * np.pi / SEGMENTS + np.pi / 2
    rings = []
    for z, y, breadth, thickness in SECTIONS:
        across, up = np.cos(angles), np.sin(angles)
        groove = GROOVE * np.exp(-((across * breadth / 3.5) ** 2)) * (up > 0)
        rings.append(np.column_stack([breadth * across, y + thickness * up - groove, np.full(SEGMENTS, z)]))
    count = SEGMENTS * len(SECTIONS)
    ends = [(0.0, ROOT[1], ROOT[0]), (0.0, TIP[1], TIP[0])]
    vertices = np.concatenate([*rings, ends])
    vertices[np.abs(vertices[:, 0]) < 1e-9, 0] = 0.0
    polygons: list[tuple[int, ...]] = []
    for ring in range(len(SECTIONS) - 1):
        for k in range(SEGMENTS):
            a, b = ring * SEGMENTS + k, ring * SEGMENTS + (k + 1) % SEGMENTS
            polygons.append((a, b, b + SEGMENTS, a + SEGMENTS))
    last = count - SEGMENTS
    for k in range(0, SEGMENTS, 2):
        a, b, c = k, k + 1, (k + 2) % SEGMENTS
        polygons += [(count, c, b, a), (count + 1, last + a, last + b, last + c)]
    mirror = [ring * SEGMENTS + (-k) % SEGMENTS for ring in range(len(SECTIONS)) for k in range(SEGMENTS)]
    return vertices, polygons, ["tongue"] * len(polygons), np.array([*mirror, count, count + 1])
