"""Strokes of the nose and the philtrum (mm, sculpting frame)."""

from __future__ import annotations

from ..sculpt import Ellipsoid, Stroke, Tube

NOSE = (
    Stroke(
        "nasal bones",
        Tube(((0, -12.1, 86.6), (0, -7, 96.8), (0, -24.4, 105.3), (0, -31.2, 107.5)), (7.5, 2.7, 7.5, 5.6)),
        15,
    ),
    Stroke("lateral cartilage", Tube(((1.8, -14.5, 84.9), (4.4, -18.5, 92.4), (7.3, -26.6, 90.3)), (4.7, 5.5, 5.6)), 9),
    Stroke("tip", Ellipsoid((3.2, -32.3, 109), (6.9, 7, 8.4)), 8),
    Stroke("ala", Tube(((13.4, -38.7, 91.9), (13, -35, 98.2), (9.8, -33, 104.9)), (4.9, 4.9, 4.2)), 4),
    Stroke(
        "alar groove",
        Tube(((19.8, -43.7, 89.9), (20.2, -36.1, 91.8), (18.6, -29.8, 96.9), (15.6, -27.6, 102.8)), (2.2, 2.5, 2, 1)),
        3.5,
        cut=True,
    ),
    Stroke("columella", Tube(((0, -37.4, 109.9), (0, -42.8, 97.4)), (4, 3.6)), 6),
    Stroke("philtral columns", Tube(((3.3, -47.9, 99.2), (2.8, -60.6, 100.4)), (2.2, 2.2)), 5),
    Stroke("philtrum", Tube(((0, -52.1, 103.5), (0, -58.3, 108.2)), (2.8, 3.6)), 4.5, cut=True),
)
