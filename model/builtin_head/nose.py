"""Where the grid's nose points want to lie, and the nostril hollows (mm, sculpting frame)."""

from __future__ import annotations

import numpy as np

from .topology import NOSTRIL, HalfMesh

# Rows 24 (below the columella) to 33 (supratip), columns 0 (midline) to 7 (cheek): x, y, z before projection.
# Column 6 follows the alar groove, column 4 the lower rim of the ala; the nostril block is rows 25-28, columns 1-4.
GUESSES = {
    24: ((0, -53, 99.8), (2.6, -53, 99.8), (5.4, -53, 98.6), (8.5, -53, 97), (11.8, -52.6, 95), (15, -51.6, 92),
         (18.2, -50, 88.5), (21.5, -49, 84.5)),
    25: ((0, -50, 100.3), (3, -49.8, 99.6), (6.4, -49.5, 97.6), (9.8, -49.2, 95.6), (13.2, -48.6, 93.8),
         (16, -46.8, 91.6), (17.8, -45.2, 88.2), (21, -44.5, 85)),
    26: ((0, -48.8, 103), (2.8, -48.7, 102.6), None, None, (14.4, -48, 96), (17, -44.8, 94), (18.2, -41.8, 89.6),
         (21, -40.5, 86)),
    27: ((0, -47.4, 106), (2.8, -47.3, 105.8), None, None, (14.4, -47.4, 98.5), (16.8, -43, 96), (17.8, -39, 91),
         (20.4, -36.5, 87)),
    28: ((0, -45.4, 109.2), (2.9, -45.3, 108.8), (6.2, -45.5, 107), (10.2, -46, 104), (13.4, -45.4, 100.8),
         (15.6, -40.8, 98), (16.6, -36.2, 92.8), (19.4, -32.5, 88)),
    29: ((0, -42.6, 111.8), (2.9, -42.5, 111.4), (6, -42.5, 110), (9.4, -42.2, 107), (12.2, -40.8, 103.2),
         (14.2, -37.4, 99.4), (15.6, -33, 94), (18.4, -28.5, 89)),
    30: ((0, -39.4, 113.4), (2.8, -39.3, 113.1), (5.7, -39, 111.9), (8.6, -38.4, 109), (11, -36.8, 104.8),
         (12.8, -34, 100), (14.6, -29.8, 95), (17.4, -25, 90)),
    31: ((0, -35.8, 113.8), (2.6, -35.6, 113.3), (5.1, -35.2, 111.6), (7.6, -34.2, 108.2), (9.8, -32.6, 104.2),
         (11.6, -30, 100), (13.6, -26.6, 95.5), (16.6, -22.5, 90.5)),
    32: ((0, -31.4, 111.4), (2.3, -31.2, 110.8), (4.5, -30.8, 109), (6.7, -30, 106), (8.8, -28.6, 102.4),
         (10.8, -26.6, 98.6), (13, -24, 94.8), (16, -21, 90)),
    33: ((0, -26.5, 108.3), (2.1, -26.4, 107.6), (4.1, -26.1, 105.8), (6.2, -25.5, 102.6), (8.3, -24.6, 99),
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
