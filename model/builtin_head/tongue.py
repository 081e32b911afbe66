"""The tongue: a closed body between the lower teeth (mm, sculpting frame)."""

from __future__ import annotations

import numpy as np

SEGMENTS = 16
# from the root to the tip: depth z, height y of the middle, half breadth, half thickness
SECTIONS = (
    (34, -78.6, 14.0, 7.5), (42, -76.8, 16.6, 8.4), (50, -75.4, 17.6, 8.2), (58.5, -74.6, 16.4, 7.0),
    (66, -73.8, 13.8, 5.4), (72, -73.0, 10.4, 3.8), (75.8, -72.3, 6.4, 2.3),
)  # fmt: skip
ROOT, TIP = (30.0, -78.8), (77.2, -72.2)
GROOVE, GROOVE_WIDTH = 1.3, 0.22  # mm along the middle of the dorsum, and its part of the half breadth
FLATTENING = 0.72  # power of the section's round: a dorsum is flatter than an ellipse


def middle_height(z: np.ndarray) -> np.ndarray:
    """Height of the tongue's middle at depth ``z``."""
    depths, heights = np.array([section[:2] for section in SECTIONS]).T
    return np.interp(z, depths, heights)


def build_tongue() -> tuple[np.ndarray, list[tuple[int, ...]], list[str], np.ndarray]:
    """Vertices, polygons, materials, and the mirror image of every vertex."""
    across, up = _section()
    rings = []
    for z, y, breadth, thickness in SECTIONS:
        groove = GROOVE * thickness / 8.0 * np.exp(-((across / GROOVE_WIDTH) ** 2)) * np.maximum(up, 0)
        rings.append(np.column_stack([breadth * across, y + thickness * up - groove, np.full(SEGMENTS, z)]))
    count = SEGMENTS * len(SECTIONS)
    ends = [(0.0, ROOT[1], ROOT[0]), (0.0, TIP[1], TIP[0])]
    vertices = np.concatenate([*rings, ends])
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


def _section() -> tuple[np.ndarray, np.ndarray]:
    """(SEGMENTS,) across and up of a section of half size 1, from the top to the right; exactly symmetric."""
    quarter = np.arange(SEGMENTS // 4 + 1) * 2 * np.pi / SEGMENTS
    across, up = np.sin(quarter), np.cos(quarter) ** FLATTENING
    across[0], up[-1] = 0.0, 0.0
    right, height = np.concatenate([across, across[-2::-1]]), np.concatenate([up, -up[-2::-1]])
    return np.concatenate([-right, right[-2:0:-1]]), np.concatenate([height, height[-2:0:-1]])
