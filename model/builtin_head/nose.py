"""Where the grid's nose points want to lie, and the nostril hollows (mm, sculpting frame)."""

from __future__ import annotations

import numpy as np

from .topology import NOSTRIL, HalfMesh

# Rows 24 (below the columella) to 33 (supratip), columns 0 (midline) to 7 (cheek): x, y, z before projection.
# Column 6 follows the alar groove, column 4 the lower rim of the ala; the nostril block is rows 25-28, columns 1-4.
GUESSES = {
    24: ((0, -49.4, 100.4), (2.6, -49.4, 100.6), (5.4, -49.2, 99.2), (8.5, -49.1, 96.8), (11.8, -48.6, 94),
         (15, -48, 91.5), (18.2, -47.3, 88.6), (21.5, -46.8, 85.2)),
    25: ((0, -45.8, 101.1), (3, -45.4, 100.3), (6.2, -44.5, 97.9), (9.4, -43.5, 95.5), (12.6, -43.2, 93.3),
         (15.8, -42.4, 90.9), (18, -42, 87.8), (21, -41.9, 84.8)),
    26: ((0, -43.8, 104.3), (3, -43.3, 103.4), None, None, (13.8, -41.2, 95.4),
         (16.8, -39.4, 92.8), (18.3, -37.8, 89.2), (21, -37.5, 85.7)),
    27: ((0, -42.4, 107.6), (3.1, -41.8, 107), None, None, (13.9, -39.3, 98.4),
         (16.8, -36.2, 95.1), (17.9, -34.4, 90.4), (20.4, -33.3, 86.7)),
    28: ((0, -40.1, 111.1), (3.2, -39.5, 110.5), (6.4, -38, 107.4), (9.8, -37.4, 104.1), (12.9, -37.9, 100.8),
         (15.4, -33.8, 97.1), (16.7, -31.4, 92.1), (19.4, -29.2, 87.8)),
    29: ((0, -36.8, 114.5), (2.9, -36.6, 113.9), (6, -35.6, 111.6), (9.2, -34.7, 107.8), (12, -34.2, 103.3),
         (14.2, -31.1, 98.4), (15.6, -28.5, 93.3), (18.4, -25.4, 89)),
    30: ((0, -33.6, 116.5), (2.8, -33.5, 116.1), (5.7, -33.2, 114.5), (8.6, -32.7, 110.6), (11, -31.2, 105.1),
         (12.8, -28.7, 99.1), (14.6, -25.6, 94.7), (17.4, -22.2, 90)),
    31: ((0, -31, 117.5), (2.6, -30.9, 116.8), (5.1, -30.5, 114.6), (7.6, -29.6, 110.1), (9.8, -28.1, 104.9),
         (11.6, -25.8, 99.6), (13.6, -23.1, 95.5), (16.6, -20.3, 90.5)),
    32: ((0, -27.7, 114.7), (2.3, -27.5, 114), (4.5, -27.1, 111.5), (6.7, -26.4, 107.7), (8.8, -25.1, 103),
         (10.8, -23.3, 98.6), (13, -21.4, 94.8), (16, -19.5, 90)),
    33: ((0, -23.9, 111.2), (2.1, -23.8, 110.2), (4.1, -23.5, 107.9), (6.2, -22.9, 103.5), (8.3, -22.1, 99),
         (10.6, -21, 95.6), (13, -20.1, 92.6), (16, -18.9, 88.5)),
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
