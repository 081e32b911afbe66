"""Strokes of the bones and what lies straight on them: cranium, mid-face, cheek, jaw, chin (mm, sculpting frame)."""

from __future__ import annotations

from ..sculpt import Ellipsoid, Stroke, Tube

SKULL = (
    Stroke("cranium", Ellipsoid((0, 31.5, -14), (74.9, 78.7, 83.5)), 1),
    Stroke("frontal bone", Ellipsoid((0, 21.4, 26.4), (57.6, 57.4, 60.1)), 40),
    Stroke("occiput", Ellipsoid((0, 0.3, -44.6), (58.7, 52.2, 50.4)), 30),
    Stroke("mid-face", Ellipsoid((0, -18.6, 28.4), (41.3, 47.7, 60.8)), 30),
    Stroke("cheek fat", Ellipsoid((25.9, -52.9, 50.6), (18, 23.8, 33.5)), 30),
    Stroke("malar bone", Ellipsoid((38.9, -36, 57.5), (11.6, 11, 14.2), yaw=32), 30),
    Stroke("zygomatic arch", Tube(((46.6, -24.9, 42.7), (53.7, -18.2, 22.8), (63.7, -6.7, 8.7)), (5.5, 4.8, 5.3)), 34),
    Stroke(
        "mandible",
        Tube(((50.5, -27, -2.1), (45.8, -77.3, 9.7), (30.4, -85.8, 47.2), (22.7, -100, 68.8)), (8.1, 10.6, 8.9, 8.6)),
        32,
    ),
    Stroke("masseter", Ellipsoid((52.7, -47.9, 28.7), (11.8, 22, 20.8), yaw=12), 26),
    Stroke("buccal fat", Ellipsoid((31, -71.3, 50.6), (13.9, 19.4, 12.9)), 30),
    Stroke("floor of the mouth", Ellipsoid((0, -88.5, 26.8), (35.8, 30.6, 39.3)), 26),
    Stroke("chin", Ellipsoid((0, -95.3, 80.3), (10.9, 12.3, 14.9)), 25),
    Stroke("chin pads", Ellipsoid((4.9, -100.2, 85.9), (14.8, 9.6, 9.3)), 14),
)
