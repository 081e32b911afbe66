"""Strokes of temple, brow and orbit, and the eyeball that they lie round (mm, sculpting frame)."""

from __future__ import annotations

from ..sculpt import Ellipsoid, Stroke, Tube

EYE_CENTRE = (31.5, 0.0, 66.8)  # pupil distance 63 mm
EYE_RADIUS = 12.1  # mm; adult eyes are 24.2 mm across (Bekerman et al. 2014)
LID_THICKNESS = 1.7

TEMPLES = (Stroke("temple", Ellipsoid((101.9, 21.8, 64.2), (15.9, 31.6, 27.1)), 44, cut=True),)

ORBITS = (
    Stroke(
        "brow ridge",
        Tube(((0, 4.8, 70.3), (13.9, 24, 65.7), (22.4, 13.2, 75.5), (41.5, 1.7, 68.8)), (5.7, 5.2, 4.8, 6.2)),
        32,
    ),
    Stroke("glabella", Ellipsoid((0, -2.4, 89.3), (12.2, 6.3, 8.4)), 20),
    Stroke("sellion", Ellipsoid((0, -7.9, 104.9), (15.6, 11.2, 21.5)), 16, cut=True),
    Stroke("orbit", Ellipsoid((29.8, 5.4, 112.6), (14.4, 12.7, 12.7), yaw=14), 24, cut=True),
    Stroke("nasal root", Ellipsoid((22, -1.6, 85.5), (5.4, 6.1, 12.5)), 22, cut=True),
    Stroke("outer canthus", Ellipsoid((41.2, -2.9, 76.2), (12.3, 8.1, 8.3), yaw=40), 18, cut=True),
    Stroke("lids", Ellipsoid(EYE_CENTRE, (EYE_RADIUS + LID_THICKNESS,) * 3), 13),
)
