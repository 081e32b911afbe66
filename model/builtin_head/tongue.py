"""The tongue: a closed body between the lower teeth (mm, sculpting frame)."""

from __future__ import annotations

import numpy as np

SEGMENTS = 16
# from the root to the tip: depth z, height y of the middle, half breadth, half thickness
SECTIONS = (
    (34, -79.0, 15.0, 8.5), (44, -78.0, 17.5, 8.5), (54, -77.0, 18.0, 7.8), (63, -76.4, 16.5, 6.6),
    (70.5, -76.0, 14.2, 5.2), (76.5, -75.8, 11.0, 4.0), (80.3, -75.7, 6.8, 2.8),
)  # fmt: skip
ROOT, TIP = (30.0, -79.5), (81.8, -75.7)
GROOVE = 0.9  # mm along the middle of the upper side


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
