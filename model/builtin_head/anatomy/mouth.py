"""Strokes round the mouth, bent round the dental arch: muzzle, orbicularis, labiomental fold (mm, sculpting frame)."""

from __future__ import annotations

from ..sculpt import Ellipsoid, Stroke, Tube

MOUTH = (
    Stroke("muzzle", Ellipsoid((0, -67.9, 61.1), (37.1, 32.6, 22.2)), 28),
    Stroke("upper lip", Tube(((0, -53.1, 95.6), (10.1, -60.9, 93.6), (20.3, -65.1, 92.5)), (5.6, 5.9, 2.8)), 12),
    Stroke("upper orbicularis", Tube(((0, -61.7, 93.7), (5.6, -59.2, 84.3), (12.6, -65.4, 81)), (6.3, 5, 3.4)), 14),
    Stroke(
        "lower orbicularis", Tube(((0, -86.8, 93.1), (12.3, -78.7, 82.9), (12.1, -70.7, 79.7)), (7.4, 4.9, 3.8)), 14
    ),
    Stroke("modiolus", Ellipsoid((19.4, -72.5, 75.6), (4, 6.1, 4.8)), 10),
    Stroke("labiomental fold", Tube(((0, -85, 106.6), (16.4, -88.1, 103.5)), (4.5, 2)), 14, cut=True),
)
