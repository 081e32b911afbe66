"""Strokes of the bones and what lies straight on them: cranium, mid-face, cheek, jaw, chin (mm, sculpting frame)."""

from __future__ import annotations

from ..sculpt import Ellipsoid, Stroke, Tube

SKULL = (
    Stroke("cranium", Ellipsoid((0, 31.2, -17.3), (74.2, 78.6, 80)), 1),
    Stroke("frontal bone", Ellipsoid((0, 37.2, 25.6), (58.6, 47.5, 58.9)), 40),
    Stroke("occiput", Ellipsoid((0, 0.3, -44.6), (58.7, 52.2, 50.4)), 30),
    Stroke("mid-face", Ellipsoid((0, -13.7, 30), (35, 50.3, 67)), 30),
    Stroke("cheek fat", Ellipsoid((34.1, -48.1, 47.1), (20.5, 22.3, 30.1)), 30),
    Stroke("malar bone", Ellipsoid((38.6, -30.2, 57.2), (12.1, 10.7, 14.7), yaw=32), 30),
    Stroke("zygomatic arch", Tube(((52.2, -19.5, 43.1), (56, -18.3, 25.1), (66.4, -3.7, 9.1)), (5.6, 4.9, 6)), 34),
    Stroke(
        "mandible",
        Tube(
            ((52.3, -25.9, -1.8), (43.3, -74.9, 9.3), (36.2, -82.8, 52.3), (25.5, -105.5, 69.4)), (8.7, 9.4, 10.2, 9.9)
        ),
        32,
    ),
    Stroke("masseter", Ellipsoid((50.7, -50.9, 22.7), (11.4, 23.9, 18.4), yaw=12), 26),
    Stroke("buccal fat", Ellipsoid((32.4, -72.3, 42.6), (13, 17.9, 16.1)), 30),
    Stroke("floor of the mouth", Ellipsoid((0, -86.1, 25.3), (39.5, 28.2, 38.2)), 26),
    Stroke("chin", Ellipsoid((0, -99.9, 73.7), (10.7, 12, 15)), 25),
    Stroke("chin pads", Ellipsoid((6.5, -98.0, 85.6), (10.5, 9.9, 12.5)), 14),
)
