"""Strokes round the mouth: muzzle, orbicularis, labiomental fold (mm, sculpting frame)."""

from __future__ import annotations

from ..sculpt import Ellipsoid, Stroke, Tube

MOUTH = (
    Stroke("muzzle", Ellipsoid((0, -65, 65.5), (33, 28, 31)), 28),
    Stroke("upper orbicularis", Tube(((0, -62.5, 91.5), (22, -66, 82)), (6, 4)), 14),
    Stroke("lower orbicularis", Tube(((0, -77.5, 91), (21, -74, 81.5)), (6, 4)), 14),
    Stroke("labiomental fold", Tube(((0, -89.5, 103), (13, -88.5, 98.5)), (4.5, 2)), 14, cut=True),
)
