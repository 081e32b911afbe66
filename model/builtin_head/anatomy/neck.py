"""Strokes of the neck: column, trapezius, sternomastoids, larynx (mm, sculpting frame)."""

from __future__ import annotations

from ..sculpt import Ellipsoid, Stroke, Tube

NECK = (
    Stroke("neck", Tube(((0, -40, -24), (0, -130, -27), (0, -235, -36)), (43, 44, 53)), 26),
    Stroke("trapezius", Tube(((24, -80, -50), (38, -150, -46), (82, -222, -42)), (13, 20, 21)), 34),
    Stroke("sternomastoid", Tube(((54, -58, -20), (41, -125, -4), (14, -208, 20)), (6, 8.0, 6.0)), 14),
    Stroke("larynx", Ellipsoid((0, -151, 16.5), (9, 12, 9)), 12),
    Stroke("windpipe", Tube(((0, -150, 10), (0, -215, 13)), (8, 8)), 16),
)
