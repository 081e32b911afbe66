"""Strokes of the nose and the philtrum (mm, sculpting frame)."""

from __future__ import annotations

from ..sculpt import Ellipsoid, Stroke, Tube

NOSE = (
    Stroke("nasion", Ellipsoid((0, -4.5, 108.5), (13, 7, 11)), 14, cut=True),
    Stroke("nasal bones", Tube(((0, -4, 81), (0, -14, 94.4), (0, -24, 102.4), (0, -34, 108.6)),
                               (7.2, 6.4, 6.2, 6.4)), 15),
    Stroke("lateral cartilage", Tube(((4.5, -11, 86.5), (6.2, -18, 91), (8.8, -29, 97)), (5.0, 5.4, 5.6)), 9),
    Stroke("tip", Ellipsoid((3.2, -35.8, 110.6), (6.9, 7.0, 8.4)), 8),
    Stroke("ala", Tube(((13.4, -41.0, 93.4), (13.0, -38.4, 100), (9.8, -36.6, 106.5)), (4.9, 4.9, 4.2)), 4),
    Stroke("alar groove", Tube(((19.8, -45.0, 91.2), (20.2, -38.6, 93.2), (18.6, -33, 98), (15.6, -30.6, 103.5)),
                               (2.2, 2.5, 2.0, 1.0)), 3.5, cut=True),
    Stroke("columella", Tube(((0, -40.4, 111.8), (0, -45.0, 99.6)), (4.0, 3.6)), 6),
    Stroke("philtral columns", Tube(((3.8, -49, 99.0), (5.8, -60, 100.4)), (2.2, 2.2)), 5),
    Stroke("philtrum", Tube(((0, -50.5, 106.9), (0, -59.5, 107.6)), (2.8, 3.6)), 4.5, cut=True),
)  # fmt: skip
