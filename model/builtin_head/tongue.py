"""The tongue: a closed body between the lower teeth (mm, sculpting frame)."""

from __future__ import annotations

import numpy as np

SEGMENTS = 16
# from the root to the tip: depth z, height y of the middle, half breadth, half thickness
SECTIONS = (
    (34, -78.0, 12.5, 7.5), (42, -76.4, 15.0, 8.2), (50, -75.2, 16.2, 7.8), (58.5, -74.4, 15.4, 6.8),
    (66, -73.6, 13.0, 5.2), (72, -72.8, 9.8, 3.7), (75.6, -72.2, 6.0, 2.4),
)  # fmt: skip
ROOT, TIP = (30.0, -78.4), (77.0, -72.2)
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
