"""One eyeball: a closed shell of sclera and cornea, and behind the cornea the iris and the pupil (mm)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .anatomy import EYE_CENTRE, EYE_RADIUS

SEGMENTS = 24
IRIS_RADIUS = 5.85  # 11.7 mm across (Rufer 2005)
PUPIL_RADIUS = 1.95
CORNEA_BULGE = 0.3  # mm beyond the ball; a true cornea stands out more, the lids would have to follow it
CORNEA_RINGS = (1.95, 4.0)
SCLERA_ANGLES = (33.0, 39.0, 47.0, 58.0, 72.0, 90.0, 110.0, 133.0, 156.0)  # degrees from the front pole
IRIS_PROFILE = ((5.7, 10.4), (4.8, 10.2), (3.35, 10.05), (PUPIL_RADIUS, 9.95), (1.1, 9.8))  # radius, depth
PUPIL_DEPTH = 9.65


def build_eyeball() -> tuple[np.ndarray, list[tuple[int, ...]], list[str]]:
    """Vertices of the left eyeball, polygons and their materials."""
    limbus = np.sqrt(EYE_RADIUS**2 - IRIS_RADIUS**2)
    apex = EYE_RADIUS + CORNEA_BULGE
    cornea = [(radius, limbus + (apex - limbus) * (1 - (radius / IRIS_RADIUS) ** 2)) for radius in CORNEA_RINGS]
    angles = np.radians(SCLERA_ANGLES)
    sclera = [(EYE_RADIUS * np.sin(angle), EYE_RADIUS * np.cos(angle)) for angle in angles]
    builder = _Rings()
    shell = [*cornea, (IRIS_RADIUS, limbus), *sclera]
    materials = ["cornea"] * (len(cornea)) + ["sclera"] * len(sclera)
    builder.add_centre(apex, builder.add_rings(shell, materials), "cornea", front=True)
    builder.add_centre(-EYE_RADIUS, builder.last_ring(), "sclera", front=False)
    first = builder.add_rings(IRIS_PROFILE[::-1], ["pupil"] + ["iris"] * (len(IRIS_PROFILE) - 2))
    builder.add_centre(PUPIL_DEPTH, first, "pupil", front=True)
    return np.array(builder.vertices) + EYE_CENTRE, builder.polygons, builder.materials


class _Rings:
    """Collects rings about the Z axis and the quads between them."""

    def __init__(self) -> None:
        self.vertices: list[tuple[float, float, float]] = []
        self.polygons: list[tuple[int, ...]] = []
        self.materials: list[str] = []

    def add_rings(self, profile: Sequence[tuple[float, float]], materials: list[str]) -> int:
        """Add rings (radius, depth) from the front backwards; returns the first vertex of the first ring."""
        start = len(self.vertices)
        angles = np.arange(SEGMENTS) * 2 * np.pi / SEGMENTS
        for radius, depth in profile:
            self.vertices += [(radius * np.cos(a), radius * np.sin(a), depth) for a in angles]
        for ring, material in enumerate(materials):
            inner, outer = start + ring * SEGMENTS, start + (ring + 1) * SEGMENTS
            for k in range(SEGMENTS):
                after = (k + 1) % SEGMENTS
                self.polygons.append((inner + k, outer + k, outer + after, inner + after))
                self.materials.append(material)
        return start

    def last_ring(self) -> int:
        return len(self.vertices) - SEGMENTS - 1

    def add_centre(self, depth: float, ring: int, material: str, front: bool) -> None:
        """Close a ring with a centre point and quads."""
        centre = len(self.vertices)
        self.vertices.append((0.0, 0.0, depth))
        for k in range(0, SEGMENTS, 2):
            a, b, c = ring + k, ring + k + 1, ring + (k + 2) % SEGMENTS
            self.polygons.append((centre, a, b, c) if front else (centre, c, b, a))
            self.materials.append(material)
