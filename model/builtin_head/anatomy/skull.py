"""Strokes of the bones and what lies straight on them: cranium, mid-face, cheek, jaw, chin (mm, sculpting frame)."""

from __future__ import annotations

from ..sculpt import Ellipsoid, Stroke, Tube

SKULL = (
    Stroke("cranium", Ellipsoid((0, 28, -8), (73, 82, 87)), 1),
    Stroke("frontal bone", Ellipsoid((0, 34, 28), (59, 58, 58)), 40),
    Stroke("occiput", Ellipsoid((0, 0, -42), (59, 52, 50)), 30),
    Stroke("mid-face", Ellipsoid((0, -34, 30), (53, 62, 54)), 30),
    Stroke("cheek fat", Ellipsoid((29, -50, 51), (25, 29, 28)), 30),
    Stroke("malar bone", Ellipsoid((40, -23, 57), (14, 11, 14), yaw=32), 30),
    Stroke("zygomatic arch", Tube(((48, -20, 46), (52, -16, 25), (55, -12, 0)), (5, 4, 4)), 34),
    Stroke("mandible", Tube(((48, -25, 0), (37, -76, 14), (24, -95, 46), (10, -102, 68)), (12, 10, 10.5, 12)), 32),
    Stroke("floor of the mouth", Ellipsoid((0, -76, 37), (37, 31, 43)), 26),
    Stroke("chin", Ellipsoid((0, -103, 82), (14, 12, 12.5)), 25),
    Stroke("chin pads", Ellipsoid((7.5, -103.5, 84), (8, 8, 9.5)), 14),
)
