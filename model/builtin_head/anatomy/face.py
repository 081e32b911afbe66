"""Strokes of temple, brow and orbit, and the eyeball that they lie round (mm, sculpting frame)."""

from __future__ import annotations

from ..sculpt import Ellipsoid, Stroke, Tube

EYE_CENTRE = (31.5, 0.0, 66.8)  # pupil distance 63 mm
EYE_RADIUS = 12.1  # mm; adult eyes are 24.2 mm across (Bekerman et al. 2014)
LID_THICKNESS = 1.7

TEMPLES = (Stroke("temple", Ellipsoid((105, 18.5, 64.4), (16.9, 29.2, 25.7)), 44, cut=True),)

ORBITS = (
    Stroke(
        "brow ridge",
        Tube(((0, 3.7, 69.6), (16.4, 17.1, 71.4), (28.9, 15.9, 73.5), (53.3, 4.7, 63)), (5.3, 5.7, 4.8, 5.1)),
        32,
    ),
    Stroke("glabella", Ellipsoid((0, 3.9, 90.5), (13.1, 6.6, 8.7)), 20),
    Stroke("sellion", Ellipsoid((0, -2.3, 106.2), (16.9, 11.8, 18.1)), 16, cut=True),
    Stroke("orbit", Ellipsoid((40.6, 2.2, 103.4), (14.9, 11.9, 13.5), yaw=14), 24, cut=True),
    Stroke("nasal root", Ellipsoid((18.2, -1, 87.5), (6, 8, 10)), 22, cut=True),
    Stroke("outer canthus", Ellipsoid((51.4, -5.6, 74.8), (8.5, 7.7, 9.5), yaw=40), 18, cut=True),
    Stroke("lids", Ellipsoid(EYE_CENTRE, (EYE_RADIUS + LID_THICKNESS,) * 3), 13),
)
