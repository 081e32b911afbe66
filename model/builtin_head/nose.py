"""Where the grid's nose points want to lie, and the nostril hollows (mm, sculpting frame)."""

from __future__ import annotations

import numpy as np

from .topology import NOSTRIL, HalfMesh

# Rows 24 (below the columella) to 33 (supratip), columns 0 (midline) to 7 (cheek): x, y, z before projection.
# Column 6 follows the alar groove, column 4 the lower rim of the ala; the nostril block is rows 25-28, columns 1-4.
GUESSES = {
    24: ((0, -50.4, 102.4), (2.6, -50.4, 102.6), (5.4, -50.3, 101.2), (8.5, -50.2, 98.8), (11.8, -49.8, 96),
         (15, -49, 93), (18.2, -48, 89.5), (21.5, -47, 85.5)),
    25: ((0, -46.6, 103.2), (3, -46.3, 102.4), (6.2, -45.9, 100), (9.4, -45.6, 97.6), (12.6, -45.2, 95.4),
         (15.8, -44, 92.4), (18, -43, 88.6), (21, -42.1, 85)),
    26: ((0, -45.8, 106.4), (3, -45.4, 105.6), None, None, (13.8, -43.6, 97.6),
         (16.8, -41.8, 94.6), (18.3, -39.4, 90.2), (21, -38.1, 86)),
    27: ((0, -44.6, 109.8), (3.1, -44.1, 109.2), None, None, (13.9, -42, 100.4),
         (16.8, -39.4, 97), (17.9, -36.6, 91.4), (20.4, -34.1, 87)),
    28: ((0, -42.7, 113.2), (3.2, -42.2, 112.6), (6.4, -40.9, 109.4), (9.8, -40.4, 106), (12.9, -40.8, 102.8),
         (15.4, -37.3, 98.8), (16.7, -33.9, 93), (19.4, -30.2, 88)),
    29: ((0, -39.9, 116.4), (2.9, -39.7, 115.8), (6, -38.9, 113.4), (9.2, -38.1, 109.6), (12, -37.7, 105),
         (14.2, -34.5, 99.8), (15.6, -31, 94), (18.4, -26.5, 89)),
    30: ((0, -37.2, 118.2), (2.8, -37.1, 117.8), (5.7, -36.8, 116.2), (8.6, -36.2, 112.2), (11, -34.6, 106.5),
         (12.8, -31.8, 100), (14.6, -28.2, 95), (17.4, -23.4, 90)),
    31: ((0, -34.4, 118.8), (2.6, -34.2, 118.1), (5.1, -33.8, 115.8), (7.6, -32.8, 111.2), (9.8, -31.2, 105.7),
         (11.6, -28.6, 100), (13.6, -25.6, 95.5), (16.6, -21.5, 90.5)),
    32: ((0, -30.7, 115.5), (2.3, -30.5, 114.7), (4.5, -30.1, 112.2), (6.7, -29.3, 108.2), (8.8, -27.9, 103.3),
         (10.8, -25.9, 98.6), (13, -23.5, 94.8), (16, -20.5, 90)),
    33: ((0, -26.5, 111.3), (2.1, -26.4, 110.3), (4.1, -26.1, 107.9), (6.2, -25.5, 103.5), (8.3, -24.6, 99),
         (10.6, -23.3, 95.6), (13, -21.6, 92.6), (16, -19.6, 88.5)),
}  # fmt: skip

HOLLOW_SCALES = (0.80, 0.66, 0.50, 0.30)  # rings of the nostril, as parts of its rim
HOLLOW_LIFTS = (0.5, 3.0, 6.5, 9.0)  # mm along the hollow
HOLLOW_AXIS = (-0.15, 0.93, 0.10)  # upward, a little inward


def anchors(mesh: HalfMesh) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Vertex numbers, the places they are drawn to (before projection onto the sculpture), and how strongly."""
    keys, places, holds = [], [], []
    for j, row in GUESSES.items():
        for i, place in enumerate(row):
            if place is not None and ("grid", i, j) in mesh.index:
                keys.append(("grid", i, j))
                places.append(place)
                holds.append(hold(i, j))
    return mesh.of(*keys), np.array(places, float), np.array(holds)


def hold(column: int, row: int) -> float:
    """How firmly a nose point keeps its place while the mesh relaxes: round the nostril firmly, further off softly."""
    if row <= 29:
        return 0.75 if column <= 5 else 0.45 if column == 6 else 0.15
    inner = {30: 0.7, 31: 0.45, 32: 0.35}.get(row, 0.15)
    return inner if column <= 3 else 0.4 * inner if column == 4 else 0.1


def carve_nostrils(mesh: HalfMesh, positions: np.ndarray) -> None:
    """Place the nostril's rings inside its relaxed rim, in place: a rounded hollow that narrows upward."""
    rim = positions[mesh.ring(NOSTRIL, 0)]
    centre = rim.mean(0)
    axis = np.array(HOLLOW_AXIS) / np.linalg.norm(HOLLOW_AXIS)
    for ring, (scale, lift) in enumerate(zip(HOLLOW_SCALES, HOLLOW_LIFTS, strict=True), start=1):
        shape = centre + scale * (rim - centre)
        flat = shape - ((shape - centre) @ axis)[:, None] * axis * min(1.0, 0.3 * ring)
        positions[mesh.ring(NOSTRIL, ring)] = flat + lift * axis
    centre_vertex = mesh.index[(NOSTRIL.name, NOSTRIL.rings + 1, 0)]
    positions[centre_vertex] = centre + (HOLLOW_LIFTS[-1] + 0.8) * axis
