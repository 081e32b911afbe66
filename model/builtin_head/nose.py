"""Where the grid's nose points want to lie, and the nostril hollows (mm, sculpting frame)."""

from __future__ import annotations

import numpy as np

from .topology import NOSTRIL, HalfMesh

# Rows 24 (below the columella) to 33 (supratip), columns 0 (midline) to 7 (cheek): x, y, z before projection.
# Column 6 follows the alar groove, column 4 the lower rim of the ala; the nostril block is rows 25-28, columns 1-4.
GUESSES = {
    24: ((0, -51.8, 99.8), (2.6, -51.8, 99.8), (5.4, -51.8, 98.6), (8.5, -51.8, 97), (11.8, -51.4, 95),
         (15, -50.4, 92), (18.2, -49.4, 88.5), (21.5, -48.4, 84.5)),
    25: ((0, -48.4, 100.4), (3, -48.2, 99.6), (6.4, -47.9, 97.6), (9.8, -47.6, 95.6), (13.2, -47, 93.8),
         (16, -45.2, 91.6), (17.8, -44.4, 88.2), (21, -43.7, 85)),
    26: ((0, -48.2, 104.1), (2.8, -48, 103.5), None, None, (14.4, -46, 96),
         (17, -43.2, 94), (18.2, -41, 89.6), (21, -39.7, 86)),
    27: ((0, -47.2, 108.2), (2.8, -46.9, 107.9), None, None, (14.4, -45, 98.5),
         (16.8, -41.4, 96), (17.8, -38.2, 91), (20.4, -35.7, 87)),
    28: ((0, -45, 112.5), (2.9, -44.6, 112), (6.2, -43, 109.5), (10.2, -42.9, 105.4), (13.4, -42.7, 101.1),
         (15.6, -39.2, 98), (16.6, -35.4, 92.8), (19.4, -31.7, 88)),
    29: ((0, -41.8, 116), (2.9, -41.6, 115.5), (6, -40.8, 113.6), (9.4, -40, 109.5), (12.2, -39.4, 104.4),
         (14.2, -36, 99.4), (15.6, -32.3, 94), (18.4, -27.8, 89)),
    30: ((0, -38.2, 118.2), (2.8, -38.1, 117.8), (5.7, -37.8, 116.2), (8.6, -37.2, 112.2), (11, -35.6, 106.5),
         (12.8, -32.8, 100), (14.6, -29.2, 95), (17.4, -24.4, 90)),
    31: ((0, -35, 118.8), (2.6, -34.8, 118.1), (5.1, -34.4, 115.8), (7.6, -33.4, 111.2), (9.8, -31.8, 105.7),
         (11.6, -29.2, 100), (13.6, -26.2, 95.5), (16.6, -22.1, 90.5)),
    32: ((0, -31, 115.5), (2.3, -30.8, 114.7), (4.5, -30.4, 112.2), (6.7, -29.6, 108.2), (8.8, -28.2, 103.3),
         (10.8, -26.2, 98.6), (13, -23.8, 94.8), (16, -20.8, 90)),
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
