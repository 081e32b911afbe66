"""Strokes round the mouth, bent round the dental arch: muzzle, orbicularis, labiomental fold (mm, sculpting frame)."""

from __future__ import annotations

from ..sculpt import Ellipsoid, Stroke, Tube

MOUTH = (
    Stroke("muzzle", Ellipsoid((0, -65, 65.5), (33, 28, 31)), 28),
    Stroke("upper lip", Tube(((0, -55, 96.2), (12, -57, 93), (21, -61, 86)), (5.8, 5.2, 4)), 12),
    Stroke("upper orbicularis", Tube(((0, -63, 94.2), (12, -64, 91.6), (22, -67, 82.5)), (6, 5.2, 4)), 14),
    Stroke("lower orbicularis", Tube(((0, -77, 93.2), (12, -76.5, 90.6), (22, -73.5, 81.5)), (6, 5.2, 4)), 14),
    Stroke("modiolus", Ellipsoid((29, -71.5, 83), (4, 6, 5)), 10),
    Stroke("labiomental fold", Tube(((0, -88, 105), (13, -87.5, 99.5)), (4.5, 2)), 14, cut=True),
)
