"""The neutral head's strokes and the places that other modules share (mm, sculpting frame, see ``sculpt``)."""

from __future__ import annotations

from .sculpt import Ellipsoid, Sculpture, Stroke, Tube

EYE_CENTRE = (31.4, 0.0, 66.0)  # pupil distance 62.8 mm
EYE_RADIUS = 13.2  # larger than the true 12.1 mm, so that the whole fissure lies on the ball
LID_THICKNESS = 1.7

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

NECK = (
    Stroke("neck", Tube(((0, -40, -24), (0, -130, -27), (0, -235, -36)), (43, 44, 53)), 26),
    Stroke("trapezius", Tube(((24, -80, -50), (38, -150, -46), (82, -222, -42)), (13, 20, 21)), 34),
    Stroke("sternomastoid", Tube(((54, -58, -20), (41, -125, -4), (14, -208, 20)), (6, 8.0, 6.0)), 14),
    Stroke("larynx", Ellipsoid((0, -151, 16.5), (9, 12, 9)), 12),
    Stroke("windpipe", Tube(((0, -150, 10), (0, -215, 13)), (8, 8)), 16),
)

FACE = (
    Stroke("temple", Ellipsoid((95, 16, 54), (18, 28, 32)), 44, cut=True),
    Stroke("muzzle", Ellipsoid((0, -65, 65.5), (33, 28, 31)), 28),
    Stroke("upper orbicularis", Tube(((0, -62.5, 91.5), (22, -66, 82)), (6, 4)), 14),
    Stroke("lower orbicularis", Tube(((0, -77.5, 91), (21, -74, 81.5)), (6, 4)), 14),
    Stroke("labiomental fold", Tube(((0, -89.5, 103), (13, -88.5, 98.5)), (4.5, 2)), 14, cut=True),
    Stroke("brow ridge", Tube(((0, 12, 84), (14, 14, 84), (32, 18, 79), (49, 12, 64)), (6, 6, 5.5, 5)), 32),
    Stroke("orbit", Ellipsoid((33.5, -1.5, 92.5), (18, 11, 14), yaw=14), 24, cut=True),
    Stroke("nasal root", Ellipsoid((18.2, -1, 87.5), (6, 8, 10)), 22, cut=True),
    Stroke("outer canthus", Ellipsoid((51, -1, 82), (10, 9, 9), yaw=40), 18, cut=True),
    Stroke("lids", Ellipsoid(EYE_CENTRE, (EYE_RADIUS + LID_THICKNESS,) * 3), 13),
)

NOSE = (
    Stroke("nasion", Ellipsoid((0, -4, 110), (13, 8, 11)), 16, cut=True),
    Stroke("nasal bones", Tube(((0, 6, 81), (0, -14, 93.5), (0, -34, 108)), (7.2, 6.4, 6.6)), 15),
    Stroke("side of the nose", Ellipsoid((27, -40, 104), (8, 14, 10)), 14, cut=True),
    Stroke("tip", Ellipsoid((3.2, -36.8, 110.6), (6.9, 7.2, 8.4)), 8),
    Stroke("ala", Ellipsoid((13.0, -40.2, 96.6), (5.3, 7.4, 10.4), yaw=-24), 5.5),
    Stroke("alar groove", Tube(((20.4, -45.6, 96), (20, -38.8, 98), (17.2, -32.6, 103)), (1.6, 2.2, 1.3)), 5, cut=True),
    Stroke("columella", Tube(((0, -43.2, 110.5), (0, -48, 96)), (4.4, 4.0)), 7),
    Stroke("philtrum", Tube(((0, -51.2, 103.4), (0, -60, 102.7)), (3, 3.5)), 6, cut=True),
)

HEAD = Sculpture(SKULL + NECK + FACE + NOSE)
