"""What moves in each expression direction: the table behind ``expression`` (mm, sculpting frame, left side).

The movements follow the descriptions of ARKit's blend shape locations; sizes after what a face does: a smile carries
the lip corner 8-10 mm up and back, brows rise 6-8 mm.
"""

from __future__ import annotations

from dataclasses import dataclass

from .fields import Bump


@dataclass(frozen=True)
class Movement:
    """One movement, or a left and right pair of them: soft pushes, and parts of the lids' closing turn."""

    name: str
    group: str
    bumps: tuple[Bump, ...] = ()
    paired: bool = False
    upper_lid: float = 0.0
    lower_lid: float = 0.0


EYES, BROWS, CHEEKS, JAW, MOUTH = "Eyes", "Brows", "Cheeks and nose", "Jaw", "Mouth"
MIDDLE = (0.0, -70.0, 94.0)

MOVEMENTS = (
    Movement("eyeBlink", EYES, (Bump((31, 9, 76), (18, 7, 20), (0, -1.5, 0)),), True, 1.0, 1.0),
    Movement("eyeSquint", EYES, (Bump((33, -13, 74), (19, 9, 20), (0, 3.2, 1.2)),), True, 0.24, 1.6),
    Movement("eyeWide", EYES, (Bump((31, 11, 76), (17, 8, 20), (0, 1.6, 0)),), True, -0.32, -0.2),
    Movement("eyeLookUp", EYES, (Bump((31, 10, 76), (17, 8, 20), (0, 1.0, 0)),), True, -0.22, -0.5),
    Movement("eyeLookDown", EYES, (Bump((31, 9, 76), (18, 7, 20), (0, -1.0, 0)),), True, 0.5, -0.9),
    Movement("browDown", BROWS, (Bump((22, 14, 88), (17, 12, 30), (-2.2, -5.2, 1.0)),
                                 Bump((41, 16, 74), (14, 11, 30), (-0.6, -3.2, 0.3))), True),
    Movement("browInnerUp", BROWS, (Bump((12, 23, 90), (14, 14, 30), (0.6, 6.8, -0.5)),)),
    Movement("browOuterUp", BROWS, (Bump((38, 21, 80), (17, 18, 32), (0.4, 6.2, -1.0)),), True),
    Movement("cheekPuff", CHEEKS, (Bump((38, -64, 68), (20, 20, 28), (8.0, -0.5, 5.0)),
                                   Bump((0, -58, 100), (20, 7, 20), (0, 0, 2.0)))),
    Movement("cheekSquint", CHEEKS, (Bump((37, -26, 72), (20, 17, 26), (0.6, 4.4, 2.0)),), True, 0.0, 0.7),
    Movement("noseSneer", CHEEKS, (Bump((15, -34, 95), (12, 14, 18), (0.8, 4.2, 0.4)),
                                   Bump((12, -58, 98), (11, 10, 20), (0.4, 2.6, 0.6), only="upper"),
                                   Bump((9, -6, 92), (9, 10, 20), (-0.6, 1.2, 0.8))), True),
    Movement("jawForward", JAW, (Bump((0, -96, 75), (52, 34, 62), (0, 0, 6.0), only="lower"),)),
    Movement("jawLeft", JAW, (Bump((0, -96, 75), (52, 34, 62), (7.0, 0, 0), only="lower"),)),
    Movement("jawRight", JAW, (Bump((0, -96, 75), (52, 34, 62), (-7.0, 0, 0), only="lower"),)),
    Movement("mouthSmile", MOUTH, (Bump((26, -70, 84), (17, 15, 24), (7.0, 8.4, -5.6)),
                                   Bump((11, -69, 95), (12, 14, 24), (2.2, 1.6, -1.6)),
                                   Bump((0, -78, 98), (14, 8, 20), (0, 0.9, -0.6)),
                                   Bump((36, -42, 74), (16, 15, 26), (1.6, 4.0, 3.4)),
                                   Bump((34, -54, 84), (9, 12, 18), (1.4, 1.8, 2.8)),
                                   Bump((22.5, -54, 92), (5, 11, 16), (0.4, 0.6, -2.0))), True, 0.0, 0.35),
    Movement("mouthFrown", MOUTH, (Bump((26, -72, 84), (13, 14, 24), (0.8, -6.5, -1.2)),
                                   Bump((17, -88, 88), (13, 12, 24), (0, -2.2, 0.4))), True),
    Movement("mouthDimple", MOUTH, (Bump((27, -69, 83), (12, 12, 22), (5.0, 1.0, -4.0)),), True),
    Movement("mouthStretch", MOUTH, (Bump((27, -72, 83), (15, 17, 26), (7.2, -2.2, -5.0)),
                                     Bump((24, -92, 74), (16, 14, 30), (2.6, -2.0, -1.0))), True),
    Movement("mouthPucker", MOUTH, (Bump(MIDDLE, (27, 20, 30), (0, 0, 5.5), (-0.46, -0.06, 0)),)),
    Movement("mouthFunnel", MOUTH, (Bump(MIDDLE, (28, 22, 30), (0, 0, 5.0), (-0.34, 0, 0)),
                                    Bump((0, -66, 98), (22, 12, 20), (0, 3.2, 1.0), only="upper"),
                                    Bump((0, -75, 98), (22, 12, 20), (0, -3.6, 1.0), only="lower"))),
    Movement("mouthPress", MOUTH, (Bump((14, -64, 96), (16, 9, 20), (0.6, -1.7, -1.2), only="upper"),
                                   Bump((14, -77, 95), (16, 9, 20), (0.6, 1.7, -1.2), only="lower"),
                                   Bump((27, -70, 84), (9, 9, 20), (1.4, 0.3, -1.6))), True),
    Movement("mouthRollUpper", MOUTH, (Bump((0, -65, 99), (24, 7, 14), (0, -3.0, -3.6), only="upper"),)),
    Movement("mouthRollLower", MOUTH, (Bump((0, -76, 97), (24, 8, 14), (0, 2.8, -3.2), only="lower"),)),
    Movement("mouthShrugUpper", MOUTH, (Bump((0, -66, 99), (24, 11, 20), (0, 3.0, 1.6), only="upper"),)),
    Movement("mouthShrugLower", MOUTH, (Bump((0, -78, 97), (22, 14, 20), (0, 3.2, 2.4), only="lower"),
                                        Bump((0, -98, 96), (18, 12, 24), (0, 3.4, 1.2)))),
    Movement("mouthUpperUp", MOUTH, (Bump((13, -64, 97), (13, 12, 20), (0.6, 6.2, 0.2), only="upper"),
                                     Bump((17, -50, 92), (12, 12, 20), (0.6, 2.6, 1.0))), True),
    Movement("mouthLowerDown", MOUTH, (Bump((13, -77, 95), (13, 12, 20), (0.8, -6.4, -0.6), only="lower"),
                                       Bump((15, -90, 90), (13, 11, 20), (0.4, -2.2, 0)),), True),
    Movement("mouthLeft", MOUTH, (Bump(MIDDLE, (30, 20, 34), (7.5, 0.4, 0)),
                                  Bump((-18, -70, 88), (13, 14, 24), (0, 0, 4.0)),
                                  Bump((20, -70, 86), (13, 14, 24), (0, 0, -1.5)))),
    Movement("mouthRight", MOUTH, (Bump(MIDDLE, (30, 20, 34), (-7.5, 0.4, 0)),
                                   Bump((18, -70, 88), (13, 14, 24), (0, 0, 4.0)),
                                   Bump((-20, -70, 86), (13, 14, 24), (0, 0, -1.5)))),
)  # fmt: skip
