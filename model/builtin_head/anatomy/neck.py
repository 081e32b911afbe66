"""Strokes of the neck: column, trapezius, sternomastoids, larynx (mm, sculpting frame)."""

from __future__ import annotations

from ..sculpt import Ellipsoid, Stroke, Tube

NECK = (
    Stroke("neck", Tube(((0, -39.7, -15.6), (0, -125.4, -22.5), (0, -231.7, -41.6)), (57.7, 47.2, 65.5)), 26),
    Stroke("throat", Tube(((0, -87.9, 26.1), (0, -127.1, 2.6), (0, -212.6, -4.8)), (19.4, 8, 10.9)), 28),
    Stroke(
        "trapezius", Tube(((22.3, -81.4, -49.9), (25.3, -150.9, -34.4), (84.3, -212.6, -37.5)), (10.6, 26, 33.9)), 34
    ),
    Stroke("sternomastoid", Tube(((56, -58, -20), (45.2, -125.6, 1.7), (14, -208, 24)), (6, 8.2, 6)), 14),
    Stroke("larynx", Ellipsoid((0, -139, 14.2), (9, 11, 8.7)), 12),
)
