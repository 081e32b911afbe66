"""Strokes of temple, brow and orbit, and the eyeball that they lie round (mm, sculpting frame)."""

from __future__ import annotations

from ..sculpt import Ellipsoid, Stroke, Tube

EYE_CENTRE = (31.4, 0.0, 66.0)  # pupil distance 62.8 mm
EYE_RADIUS = 13.2  # larger than the true 12.1 mm, so that the whole fissure lies on the ball
LID_THICKNESS = 1.7

TEMPLES = (Stroke("temple", Ellipsoid((95, 16, 54), (18, 28, 32)), 44, cut=True),)

ORBITS = (
    Stroke("brow ridge", Tube(((0, 12, 84), (14, 14, 84), (32, 18, 79), (49, 12, 64)), (6, 6, 5.5, 5)), 32),
    Stroke("orbit", Ellipsoid((33.5, -1.5, 92.5), (18, 11, 14), yaw=14), 24, cut=True),
    Stroke("nasal root", Ellipsoid((18.2, -1, 87.5), (6, 8, 10)), 22, cut=True),
    Stroke("outer canthus", Ellipsoid((51, -1, 82), (10, 9, 9), yaw=40), 18, cut=True),
    Stroke("lids", Ellipsoid(EYE_CENTRE, (EYE_RADIUS + LID_THICKNESS,) * 3), 13),
)
