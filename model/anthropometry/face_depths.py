"""How far the front of a face lies before its sellion: what the strokes of the neutral head are held against.

Measured on FLAME 2023 Open's template (CC BY 4.0, Li et al. 2017), the mean of thousands of scans, by
``tests.model.mean_face``, which measures the built-in head alike; the largest depth where a line meets skin more than
once. Only these figures were taken.
"""

from __future__ import annotations

ASIDE = (0, 10, 20, 30, 40, 50, 60, 70)  # mm to the left of the middle
# mm above the sellion -> mm before it at each of ASIDE, as far to the side as there is skin that looks ahead
DEPTHS: dict[int, tuple[float, ...]] = {
    30: (-3.5, -3.5, -5.0, -8.9, -15.3, -25.5, -40.9, -64.3),
    20: (-1.8, -1.9, -3.0, -6.2, -11.5, -21.4, -39.5, -63.1),
    10: (-1.5, -3.8, -7.7, -9.4, -11.4, -18.8, -38.3, -64.5),
    0: (-0.3, -10.4, -15.6, -22.6, -24.9, -23.3, -37.3, -64.1),
    -10: (6.8, -6.6, -14.7, -14.1, -17.3, -26.9, -36.4, -61.4),
    -20: (14.7, 3.0, -10.3, -12.9, -16.2, -22.3, -32.8, -58.7),
    -30: (22.0, 14.7, -5.7, -9.4, -13.0, -18.4, -29.9, -61.7),
    -40: (21.6, 2.5, -5.3, -6.6, -10.5, -17.9, -30.7),
    -50: (7.2, 3.3, -3.7, -6.3, -10.0, -18.7, -34.3),
    -60: (7.8, 6.5, 0.0, -6.0, -11.2, -20.9, -38.9),
    -70: (4.7, 2.9, -3.2, -7.8, -13.2, -24.1, -43.7),
    -80: (5.5, 3.7, -3.3, -10.0, -15.5, -27.8, -53.9),
    -90: (3.4, 1.2, -4.3, -11.4, -19.7, -34.1),
    -100: (4.5, 2.6, -3.8, -13.7, -26.5, -72.9),
    -110: (1.5, -0.3, -8.1, -25.1, -58.6, -80.3),
}
