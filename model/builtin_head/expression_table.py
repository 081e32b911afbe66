"""What moves in each expression direction: the table behind ``expression`` (mm, sculpting frame, left side).

The movements are those of ARKit's blend shape locations. What each does to a face follows the public descriptions of
the Facial Action Coding System's action units (Ekman and Friesen 1978; "AU" below) and the lines of the muscles. Sizes
are of full efforts: a smile carries the lip corner 9.3 mm +- 2.8, brows are lifted by 10.6 +- 2.5 (12 people, markers:
"Objective computerized evaluation of normal patterns of facial muscles contraction", Brazilian Journal of
Otorhinolaryngology), in their middle by 7.6 to 9.0 (81 people: Cruz and Cruz 2004, Arquivos Brasileiros de Oftalmologia
67, 237-240); a spontaneous smile widens the mouth by 27 %, its corners going up and out at 47 degrees (Tarantili et al.
2005, American Journal of Orthodontics 128, 8-15). While the lower forehead goes up the upper one comes down (Cotofana
et al. 2020, Plastic and Reconstructive Surgery).
"""

from __future__ import annotations

from dataclasses import dataclass

from .fields import Bump
from .gliding import Fold, Swell
from .topology import EYE, Key
from .topology import MOUTH as MOUTH_BLOCK


@dataclass(frozen=True)
class Movement:
    """One movement, or a left and right pair of them.

    ``glide`` are pushes along the skin's surface, ``bumps`` pushes through space, ``shape`` swells and folds, ``rolls``
    the degrees by which upper and lower lip roll out, ``lids`` the parts of their closing turn that the lids take.
    """

    name: str
    group: str
    glide: tuple[Bump, ...] = ()
    bumps: tuple[Bump, ...] = ()
    shape: tuple[Swell | Fold, ...] = ()
    rolls: tuple[float, float] = (0.0, 0.0)
    lids: tuple[float, float] = (0.0, 0.0)
    paired: bool = False


EYES, BROWS, CHEEKS, JAW, MOUTH = "Eyes", "Brows", "Cheeks and nose", "Jaw", "Mouth"
MIDDLE = (0.0, -70.0, 92.0)
UPPER, LOWER = "upper", "lower"


def _row(row: int, columns: range) -> tuple[Key, ...]:
    return tuple(("grid", column, row) for column in columns)


def _column(column: int, rows: range) -> tuple[Key, ...]:
    return tuple(("grid", column, row) for row in rows)


LIP_FREED = Bump((0, -75, 100), (24, 6, 22), (0, -0.6, 0), only=LOWER)  # from the upper lip that it passes sideways
# courses of folds
NASOLABIAL = (*_column(7, range(28, 23, -1)), *((MOUTH_BLOCK.name, 1, spoke) for spoke in range(8, 11)))
BESIDE_CORNER = tuple((MOUTH_BLOCK.name, 1, spoke) for spoke in range(8, 13))
WING_FOLD = (*_column(7, range(29, 23, -1)), (MOUTH_BLOCK.name, 1, 8))
MARIONETTE = tuple((MOUTH_BLOCK.name, 1, spoke) for spoke in (11, 12, 13))
MENTOLABIAL = tuple((MOUTH_BLOCK.name, 2, spoke) for spoke in range(17, 23))
FROWN_LINE = _column(1, range(42, 37, -1))
NASAL_ROOT = _row(37, range(5))
INNER_LINES = _row(42, range(6)), _row(44, range(6))
OUTER_LINES = _row(42, range(5, 12)), _row(44, range(5, 12))
CROWS_FEET = tuple(tuple((EYE.name, ring, spoke) for ring in (3, 2, 1)) for spoke in (13, 15, 17, 19))
BAG = tuple((EYE.name, 1, spoke) for spoke in range(28, 18, -1))

MOVEMENTS = (
    # Eyes: AU45 and AU43, AU7, AU5, and the lids going with the gaze
    Movement("eyeBlink", EYES, bumps=(Bump((31, 9, 76), (18, 7, 20), (0, -1.5, 0)),), lids=(1.0, 1.0), paired=True),
    Movement("eyeSquint", EYES, (Bump((32, -17, 74), (19, 8, 22), (0, 2.8, 0)),
                                 Bump((50, -1, 66), (10, 9, 20), (-1.8, 0.3, 0)),
                                 Bump((36, 15, 76), (18, 7, 24), (0, -1.6, 0))),
             shape=(Swell((31, -11, 78), (15, 4.5, 18), 1.2), Fold(BAG, 0.8, 0.2, 0.7),
                    *(Fold(line, 0.7, 0.3, 0.3, 4.0) for line in CROWS_FEET)),
             lids=(0.18, 1.3), paired=True),
    Movement("eyeWide", EYES, bumps=(Bump((31, 11, 76), (17, 8, 20), (0, 1.8, 0)),), lids=(-0.34, -0.2), paired=True),
    Movement("eyeLookUp", EYES, bumps=(Bump((31, 10, 76), (17, 8, 20), (0, 1.0, 0)),), lids=(-0.22, -0.5), paired=True),
    Movement("eyeLookDown", EYES, bumps=(Bump((31, 9, 76), (18, 7, 20), (0, -1.0, 0)),), lids=(0.5, -0.9), paired=True),
    # Brows: AU4, AU1, AU2
    Movement("browDown", BROWS, (Bump((14, 13, 94), (12, 12, 34), (-3.2, -5.8, 0)),
                                 Bump((33, 18, 84), (17, 12, 34), (-1.8, -4.8, 0)),
                                 Bump((16, 36, 92), (22, 12, 40), (0, -1.8, 0))),
             shape=(Fold(FROWN_LINE, 1.5, 1.2, 0.5, 5.0), Fold(NASAL_ROOT, 0.6, 0.6, 0.3, 5.0),
                    Swell((11, 10, 96), (6, 7, 24), 1.2), Swell((27, 11, 88), (15, 4.5, 24), 1.6)), paired=True),
    Movement("browInnerUp", BROWS, (Bump((10, 17, 94), (14, 15, 34), (-0.6, 7.8, 0)),
                                    Bump((10, 58, 88), (24, 14, 40), (0, -1.6, 0))),
             shape=(Swell((12, 26, 94), (16, 5, 30), 0.7), *(Fold(line, 0.9, 0.9, 0.9) for line in INNER_LINES))),
    Movement("browOuterUp", BROWS, (Bump((37, 19, 84), (16, 16, 36), (0.4, 7.8, 0)),
                                    Bump((36, 56, 76), (20, 14, 40), (0, -1.4, 0))),
             shape=(Swell((38, 27, 82), (15, 5, 30), 0.6), *(Fold(line, 0.8, 0.8, 0.8) for line in OUTER_LINES)),
             paired=True),
    # Cheeks and nose: AU33, AU6, AU9
    Movement("cheekPuff", CHEEKS, shape=(Swell((36, -64, 78), (22, 19, 30), 9.0), Swell((0, -58, 104), (24, 7, 20), 2.2),
                                         Swell((0, -86, 100), (22, 7, 20), 1.6))),
    Movement("cheekSquint", CHEEKS, (Bump((38, -27, 76), (20, 15, 30), (-0.4, 5.4, 0)),
                                     Bump((50, -1, 66), (10, 9, 20), (-1.6, -0.4, 0)),
                                     Bump((46, 14, 72), (12, 8, 28), (0, -1.4, 0))),
             shape=(Swell((38, -25, 78), (16, 10, 26), 2.8), Swell((31, -11, 78), (15, 4, 16), 0.7),
                    Fold(BAG, 0.3, 0.2, 0.4), *(Fold(line, 0.8, 0.3, 0.3, 4.0) for line in CROWS_FEET)),
             lids=(0.0, 0.75), paired=True),
    Movement("noseSneer", CHEEKS, (Bump((14, -56, 99), (13, 10, 22), (0.4, 4.6, 0), only=UPPER),
                                   Bump((9, -9, 96), (9, 9, 22), (-0.8, 2.8, 0)),
                                   Bump((13, 12, 96), (12, 10, 34), (-1.2, -2.6, 0)),
                                   Bump((24, -24, 88), (14, 14, 26), (-0.8, 4.4, 0))),
             (Bump((16, -39, 99), (10, 11, 20), (1.2, 5.4, 0)),),
             (Fold(WING_FOLD, 2.2, 2.4), Swell((9, -7, 96), (6, 6, 20), 1.4), Swell((22, -19, 86), (11, 8, 24), 1.8),
              Fold(NASAL_ROOT, 1.0, 0.8, 0.6, 5.0)), lids=(0.1, 0.7), paired=True),
    # Jaw: AU29, AU30
    Movement("jawForward", JAW, bumps=(Bump((0, -96, 75), (52, 34, 62), (0, 0, 6.0), only=LOWER),)),
    Movement("jawLeft", JAW, bumps=(Bump((0, -96, 75), (52, 34, 62), (7.0, 0, 0), only=LOWER), LIP_FREED)),
    Movement("jawRight", JAW, bumps=(Bump((0, -96, 75), (52, 34, 62), (-7.0, 0, 0), only=LOWER), LIP_FREED)),
    # Mouth: AU12, AU15, AU14, AU20
    Movement("mouthSmile", MOUTH, (Bump((27, -69, 89), (16.5, 13, 28), (8.6, 7.4, 0)),
                                   Bump((12, -65, 100), (11, 10, 24), (2.6, 2.0, 0)),
                                   Bump((12, -77, 98), (12, 9, 24), (2.6, 1.2, 0)),
                                   Bump((0, -82, 100), (24, 6, 24), (0, 1.4, 0), only=LOWER),
                                   Bump((33, -48, 86), (15, 13, 30), (2.6, 5.0, 0)),
                                   Bump((37, -30, 78), (18, 13, 30), (0.2, 4.2, 0)),
                                   Bump((17, -42, 98), (7, 7, 16), (1.2, 0.8, 0))),
             (Bump((28, -70, 86), (13, 12, 26), (0, 0, -2.2)),),
             shape=(Swell((36, -35, 80), (13, 12, 28), 4.0), Fold(NASOLABIAL, 2.2, 2.2, 0.0, 7.0), Fold(BAG, 0.3, 0.2, 0.4),
                    Swell((0, -72, 103), (24, 11, 22), -1.1)), lids=(0.0, 0.75), paired=True),
    Movement("mouthFrown", MOUTH, (Bump((26, -71, 89), (14, 13, 28), (1.2, -7.4, 0)),
                                   Bump((20, -88, 90), (13, 11, 26), (0.4, -2.4, 0)),
                                   Bump((15, -64, 99), (10, 9, 24), (0, -1.2, 0)),
                                   Bump((0, -77, 102), (12, 9, 22), (0, 1.4, 0), only=LOWER)),
             shape=(Fold(MARIONETTE, 2.0, 2.2), Swell((9, -98, 98), (11, 9, 22), 1.2)), paired=True),
    Movement("mouthDimple", MOUTH, (Bump((27, -69, 88), (12, 11, 26), (5.0, 0.8, 0)),),
             shape=(Swell((34, -68, 82), (6, 9, 22), -2.6), Swell((42, -64, 74), (7, 11, 22), 1.2)), paired=True),
    Movement("mouthStretch", MOUTH, (Bump((27, -71, 88), (16, 15, 30), (8.4, -2.8, 0)),
                                     Bump((12, -71, 99), (12, 12, 24), (2.6, 0, 0)),
                                     Bump((25, -91, 82), (17, 14, 34), (3.0, -2.6, 0))),
             shape=(Fold(BESIDE_CORNER, 1.8, 1.8, 0.0, 6.0),), paired=True),
    # AU18, AU22, AU24, AU28, AU17, AU10, AU16
    Movement("mouthPucker", MOUTH,
             bumps=(Bump(MIDDLE, (40, 26, 48), (0, 0, 0), (-0.40, 0.10, 0), power=4),
                    Bump((0, -71, 100), (24, 19, 36), (0, 0, 7.4)), Bump((22, -70, 88), (13, 16, 30), (0, 0, 3.4)),
                    Bump((0, -67, 104), (18, 7, 22), (0, -1.4, 0), only=UPPER),
                    Bump((0, -74, 102), (18, 7, 22), (0, 3.2, 0), only=LOWER)),
             shape=(Swell((36, -62, 78), (15, 16, 28), -1.6),), rolls=(20, 24)),
    Movement("mouthFunnel", MOUTH, (Bump(MIDDLE, (40, 26, 48), (0, 0, 0), (-0.31, 0, 0), power=4),),
             (Bump((0, -70, 100), (24, 20, 36), (0, 0, 5.0)),
              Bump((0, -66, 102), (22, 12, 26), (0, 3.6, 0), only=UPPER),
              Bump((0, -75, 102), (22, 12, 26), (0, -3.4, 0), only=LOWER)), rolls=(26, 24)),
    Movement("mouthPress", MOUTH, (Bump((27, -70, 89), (9, 9, 22), (1.8, 0.2, 0)),),
             (Bump((14, -64, 99), (16, 9, 22), (0.6, -1.8, -0.4), only=UPPER),
              Bump((14, -77, 98), (16, 9, 22), (0.6, 1.8, -0.4), only=LOWER)),
             (Swell((12, -57, 102), (16, 4.5, 22), 1.0), Swell((12, -86, 98), (15, 5, 22), 1.2),
              Swell((31, -70, 84), (5, 8, 20), -1.6)), rolls=(-12, -12), paired=True),
    Movement("mouthRollUpper", MOUTH, bumps=(Bump((0, -65, 102), (24, 7, 20), (0, -3.0, -0.8), only=UPPER),),
             rolls=(-22, 0)),
    Movement("mouthRollLower", MOUTH, bumps=(Bump((0, -76, 101), (24, 8, 20), (0, 2.8, -0.6), only=LOWER),),
             rolls=(0, -20)),
    Movement("mouthShrugUpper", MOUTH, bumps=(Bump((0, -66, 102), (24, 11, 22), (0, 3.0, 1.6), only=UPPER),),
             rolls=(8, 0)),
    Movement("mouthShrugLower", MOUTH, (Bump((0, -99, 96), (20, 12, 30), (0, 4.0, 0)),),
             (Bump((0, -78, 101), (22, 14, 22), (0, 3.4, 1.8), only=LOWER),
              Bump((0, -64, 102), (20, 8, 22), (0, 1.4, 0.4), only=UPPER)),
             (Swell((0, -97, 100), (15, 8, 26), 1.6), Fold(MENTOLABIAL, 1.4, 0.4, 0.4)), rolls=(0, 12)),
    Movement("mouthUpperUp", MOUTH, (Bump((13, -62, 100), (13, 11, 24), (0.6, 6.2, 0), only=UPPER),
                                     Bump((22, -44, 92), (12, 13, 26), (0.4, 3.2, 0))),
             (Bump((15, -40, 99), (8, 9, 18), (0.8, 2.0, 0)),), (Fold(WING_FOLD, 1.8, 1.8),), rolls=(8, 0), paired=True),
    Movement("mouthLowerDown", MOUTH, (Bump((13, -78, 98), (13, 11, 24), (0.8, -6.4, 0), only=LOWER),
                                       Bump((15, -91, 94), (13, 11, 26), (0.4, -2.4, 0))), rolls=(0, 8), paired=True),
    Movement("mouthLeft", MOUTH, (Bump((0, -70, 94), (30, 20, 40), (8.5, 0.6, 0)),)),
    Movement("mouthRight", MOUTH, (Bump((0, -70, 94), (30, 20, 40), (-8.5, 0.6, 0)),)),
)  # fmt: skip
