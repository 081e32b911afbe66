"""Strokes of the nose and the philtrum (mm, sculpting frame)."""

from __future__ import annotations

from ..sculpt import Ellipsoid, Stroke, Tube

NOSE = (
    Stroke("nasion", Ellipsoid((0, -4, 110), (13, 8, 11)), 16, cut=True),
    Stroke("nasal bones", Tube(((0, 6, 81), (0, -14, 93.5), (0, -34, 108)), (7.2, 6.4, 6.6)), 15),
    Stroke("side of the nose", Ellipsoid((27, -40, 104), (8, 14, 10)), 14, cut=True),
    Stroke("tip", Ellipsoid((3.2, -36.8, 110.6), (6.9, 7.2, 8.4)), 8),
    Stroke("ala", Ellipsoid((13.0, -40.2, 96.6), (5.3, 7.4, 10.4), yaw=-24), 5.5),
    Stroke("alar groove", Tube(((20.4, -45.6, 96), (20, -38.8, 98), (17.2, -32.6, 103)), (1.6, 2.2, 1.3)), 5, cut=True),
    Stroke("columella", Tube(((0, -43.2, 110.5), (0, -48, 96)), (4.4, 4.0)), 7),
    Stroke("philtrum", Tube(((0, -51.2, 103.4), (0, -60, 102.7)), (3, 3.5)), 6, cut=True),
)
