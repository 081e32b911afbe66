"""What one standard deviation of each identity direction does (mm, sculpting frame, left side).

The sizes are chosen so that independent N(0, 1) draws of all directions together spread the usual measures of the head
about as wide as adult samples do: the norms and their sources are in ``anthropometry/norms.py``, ``measure_head.py``
prints what came out, and ``tests/model/test_norms.py`` keeps it within 30 %.
"""

from __future__ import annotations

from dataclasses import dataclass

from .fields import Bump


@dataclass(frozen=True)
class Trait:
    """One identity direction as soft pushes; ``+1`` is one standard deviation.

    ``fissure`` is the growth of the eye fissure along the ball (a part of its length) and ``tilt`` a turn of the lids
    about the eye's axis (degrees, outer canthus up). A ``soft`` trait leaves the teeth alone.
    """

    name: str
    group: str
    bumps: tuple[Bump, ...] = ()
    fissure: float = 0.0
    tilt: float = 0.0
    soft: bool = False


HEAD, FACE, JAW, NOSE, EYES, MOUTH, EARS, NECK, OVERALL = (
    "Head", "Face", "Jaw and chin", "Nose", "Eyes and brows", "Mouth", "Ears", "Neck", "Overall",
)  # fmt: skip
NO = (0.0, 0.0, 0.0)

HEAD_TRAITS = (
    Trait("Head breadth", HEAD, (Bump((0, 34, -12), (130, 78, 120), NO, (0.0489, 0, 0)),)),
    Trait("Head length", HEAD, (Bump((0, 25, -10), (130, 85, 150), NO, (0, 0, 0.0376)),)),
    Trait("Head height", HEAD, (Bump((0, 112, -8), (140, 72, 130), (0, 5.49, 0)),)),
    Trait("Crown shape", HEAD, (Bump((0, 105, -50), (70, 48, 56), (0, 4.64, -1.29)),)),
    Trait("Back of the head", HEAD, (Bump((0, 18, -95), (66, 52, 50), (0, 0, -5.31)),)),
    Trait("Nape", HEAD, (Bump((0, -38, -72), (48, 36, 40), (0, -0.73, -3.65)),)),
    Trait("Forehead slope", HEAD, (Bump((0, 70, 80), (64, 34, 56), (0, 0, 4.03)),)),
    Trait("Forehead height", HEAD, (Bump((0, 84, 62), (70, 36, 60), (0, 4.8, 1.6)),)),
    Trait("Forehead breadth", HEAD, (Bump((54, 42, 46), (30, 36, 44), (1.69, 0, 0.282)),)),
    Trait("Forehead bosses", HEAD, (Bump((26, 52, 88), (18, 18, 30), (0.266, 0, 1.73)),)),
    Trait("Temples", HEAD, (Bump((66, 18, 46), (22, 28, 34), (1.49, 0, 0.495)),)),
)

FACE_TRAITS = (
    Trait("Face height", FACE, (Bump((0, -118, 60), (110, 74, 110), (0, -5.16, 0)),)),
    Trait(
        "Midface height",
        FACE,
        (Bump((0, -92, 60), (110, 44, 110), (0, -1.78, 0)), Bump((0, -150, 20), (110, 60, 110), (0, -1.43, 0))),
    ),
    Trait("Face breadth", FACE, (Bump((0, -24, 34), (110, 38, 84), NO, (0.0343, 0, 0)),)),
    Trait("Face projection", FACE, (Bump((0, -46, 92), (60, 54, 60), (0, 0, 1.79)),)),
    Trait("Cheekbone width", FACE, (Bump((55, -18, 34), (22, 20, 36), (3.45, 0, 0.255)),)),
    Trait("Cheekbone prominence", FACE, (Bump((42, -22, 66), (19, 15, 28), (0.707, 0.157, 1.33)),)),
    Trait("Cheekbone height", FACE, (Bump((46, -20, 58), (24, 22, 36), (0, 2.36, 0)),)),
    Trait("Cheek fullness", FACE, (Bump((45, -56, 52), (24, 26, 36), (1.88, 0, 1.02)),), soft=True),
    Trait("Hollow cheeks", FACE, (Bump((49, -48, 46), (15, 19, 26), (-1.94, 0, -0.968)),), soft=True),
    Trait(
        "Nasolabial fold",
        FACE,
        (Bump((23, -56, 93), (7, 13, 16), (-0.429, 0, -0.966)), Bump((31, -52, 88), (8, 14, 18), (0.322, 0, 1.18))),
        soft=True,
    ),
    Trait("Midface depth", FACE, (Bump((22, -34, 88), (20, 20, 30), (0, 0, 1.2)),)),
    Trait("Muzzle projection", FACE, (Bump((0, -68, 98), (38, 26, 40), (0, 0, 1.41)),)),
)

JAW_TRAITS = (
    Trait("Jaw width", JAW, (Bump((50, -78, 8), (30, 34, 46), (4.33, 0, 0)),)),
    Trait("Jaw angle height", JAW, (Bump((48, -84, 6), (24, 24, 32), (0, 3.96, 0)),)),
    Trait("Jaw angle flare", JAW, (Bump((49, -82, 0), (17, 17, 24), (2.79, -1.01, -1.77)),)),
    Trait("Jaw depth", JAW, (Bump((0, -104, 62), (52, 28, 56), (0, -2.31, 0)),)),
    Trait("Jaw line", JAW, (Bump((34, -96, 44), (15, 17, 32), (1.22, -0.786, 0.438)),)),
    Trait("Chin projection", JAW, (Bump((0, -104, 92), (28, 18, 32), (0, 0, 2.46)),)),
    Trait("Chin length", JAW, (Bump((0, -113, 86), (34, 18, 44), (0, -2.76, 0)),)),
    Trait("Chin width", JAW, (Bump((15, -106, 86), (14, 15, 26), (2.25, 0, 0)),)),
    Trait(
        "Chin cleft",
        JAW,
        (Bump((0, -105, 97), (3.6, 8, 14), (0, 0, -0.973)), Bump((8, -105, 95), (7, 9, 16), (0, 0, 0.608))),
    ),
    Trait("Chin crease", JAW, (Bump((0, -89, 96), (17, 6.5, 18), (0, 0, -0.664)),)),
    Trait("Under the chin", JAW, (Bump((0, -119, 48), (32, 18, 36), (0, -2.53, 0.597)),), soft=True),
)

NOSE_TRAITS = (
    Trait("Nose length", NOSE, (Bump((0, -44, 104), (22, 21, 28), (0, -1.68, 0)),)),
    Trait("Nose width", NOSE, (Bump((15, -43, 96), (9, 13, 18), (1.68, 0, 0)),)),
    Trait("Nose projection", NOSE, (Bump((0, -37, 110), (16, 18, 22), (0, 0, 1.57)),)),
    Trait("Nose bridge height", NOSE, (Bump((0, -10, 98), (10, 17, 18), (0, 0, 2.18)),)),
    Trait("Nose bridge width", NOSE, (Bump((8, -12, 92), (7.5, 18, 16), (1.17, 0, 0.13)),)),
    Trait("Nose hump", NOSE, (Bump((0, -15, 101), (8, 8.5, 14), (0, 0, 1.6)),)),
    Trait("Nasal root depth", NOSE, (Bump((0, 4, 96), (12, 10, 18), (0, 0, -1.44)),)),
    Trait("Nose tip height", NOSE, (Bump((0, -37, 113), (12, 11, 14), (0, 1.83, 0.203)),)),
    Trait("Nose tip width", NOSE, (Bump((6, -37, 109), (6, 9, 11), (1.13, 0, 0.252)),)),
    Trait("Nose tip roundness", NOSE, (Bump((0, -37, 113), (8.5, 8, 10), (0, 0, 1.27)),)),
    Trait("Nostril height", NOSE, (Bump((13, -47, 97), (8, 8, 12), (0, 1.32, 0)),)),
    Trait("Nostril flare", NOSE, (Bump((15.5, -43.5, 95), (6, 8, 10), (1.28, 0, 0.579)),)),
    Trait("Columella", NOSE, (Bump((0, -48.5, 104), (6, 7, 11), (0, -0.942, 0.171)),)),
    Trait(
        "Nose bend",
        NOSE,
        (Bump((0, -22, 106), (12, 18, 20), (0.72, 0, 0)), Bump((0, -42, 110), (14, 12, 20), (-0.72, 0, 0))),
    ),
)

EYE_TRAITS = (
    Trait("Eye spacing", EYES, (Bump((31.4, 0, 70), (21, 22, 34), (1.03, 0, 0)),)),
    Trait("Eye size", EYES, fissure=0.0957),
    Trait("Eye tilt", EYES, tilt=1.95),
    Trait("Eye height", EYES, (Bump((31.4, 0, 70), (28, 24, 34), (0, 1.14, 0)),)),
    Trait("Eye depth", EYES, (Bump((31.4, 0, 72), (24, 20, 30), (0, 0, -0.816)),)),
    Trait("Upper lid fold", EYES, (Bump((32, 10.5, 80), (17, 5.5, 12), (0, -1.14, 1.14)),), soft=True),
    Trait("Lower lid bag", EYES, (Bump((31, -13, 80), (15, 5.5, 14), (0, -0.368, 1.23)),), soft=True),
    Trait("Brow height", EYES, (Bump((30, 17, 86), (28, 11, 30), (0, 1.98, 0)),), soft=True),
    Trait(
        "Brow tilt",
        EYES,
        (Bump((14, 15, 92), (12, 10, 24), (0, -1.37, 0)), Bump((44, 17, 76), (13, 11, 26), (0, 1.78, 0))),
        soft=True,
    ),
    Trait("Brow ridge", EYES, (Bump((20, 14, 93), (22, 9.5, 26), (0, 0, 1.91)),)),
    Trait("Brow overhang", EYES, (Bump((38, 13.5, 82), (16, 8, 22), (0, -0.85, 1.58)),)),
    Trait("Glabella", EYES, (Bump((0, 15, 99), (12, 10, 20), (0, 0, 1.13)),)),
)

MOUTH_TRAITS = (
    Trait("Mouth width", MOUTH, (Bump((25, -70, 85), (14, 14, 26), (2.02, 0, -0.533)),), soft=True),
    Trait("Mouth height", MOUTH, (Bump((0, -71, 96), (36, 17, 34), (0, 1.26, 0)),)),
    Trait("Upper lip fullness", MOUTH, (Bump((0, -64.5, 102), (24, 6.5, 15), (0, 0.675, 0.76)),), soft=True),
    Trait("Lower lip fullness", MOUTH, (Bump((0, -77.5, 100), (22, 7, 15), (0, -0.981, 1.09)),), soft=True),
    Trait("Lip protrusion", MOUTH, (Bump((0, -70, 101), (25, 12, 18), (0, 0, 1.25)),), soft=True),
    Trait(
        "Philtrum depth",
        MOUTH,
        (Bump((0, -57, 101), (2.8, 6.5, 12), (0, 0, -0.608)), Bump((5.5, -57, 100), (3.4, 6.5, 12), (0, 0, 0.486))),
        soft=True,
    ),
    Trait("Upper lip length", MOUTH, (Bump((0, -68, 98), (34, 14, 32), (0, -1.08, 0)),)),
    Trait(
        "Cupid's bow",
        MOUTH,
        (Bump((5.2, -61.5, 101), (4.5, 4.5, 12), (0, 0.773, 0.129)), Bump((0, -63, 102), (3, 4.5, 12), (0, -0.644, 0))),
        soft=True,
    ),
    Trait("Mouth corners", MOUTH, (Bump((26, -70, 84), (9, 9, 22), (0, 1.31, 0)),), soft=True),
)

EAR_TRAITS = (
    Trait("Ear length", EARS, (Bump((82, -21, -12), (30, 50, 36), NO, (0, 0.131, 0)),)),
    Trait("Ear breadth", EARS, (Bump((82, -21, 2), (28, 48, 40), NO, (0, 0, 0.0858)),)),
    Trait("Ear protrusion", EARS, (Bump((98, -14, -24), (20, 40, 26), (3.72, 0, 0)),)),
    Trait(
        "Ear tilt",
        EARS,
        (Bump((85, 10, -16), (24, 22, 30), (0, 0, -2.06)), Bump((80, -50, -2), (24, 20, 30), (0, 0, 1.8))),
    ),
    Trait("Ear lobe", EARS, (Bump((84, -51, -4), (15, 13, 20), (0.386, -3.09, 0.258)),)),
)

NECK_TRAITS = (
    Trait("Neck width", NECK, (Bump((0, -170, -22), (110, 66, 110), NO, (0.0707, 0, 0.0235)),)),
    Trait("Neck depth", NECK, (Bump((0, -170, -22), (110, 66, 110), NO, (0, 0, 0.0587)),)),
    Trait("Larynx", NECK, (Bump((0, -150, 26), (14, 18, 24), (0, 0, 2.58)),)),
    Trait("Throat angle", NECK, (Bump((0, -126, 36), (36, 22, 34), (0, -1.95, 2.14)),)),
)

OVERALL_TRAITS = (
    Trait("Weight", OVERALL, (Bump((46, -62, 44), (28, 32, 44), (2.09, -0.447, 0.745)),
                              Bump((0, -120, 44), (46, 24, 48), (0, -2.38, 0.893)),
                              Bump((0, -165, -20), (110, 66, 110), NO, (0.0372, 0, 0.0298)),
                              Bump((30, -98, 62), (22, 18, 34), (1.04, -0.893, 0.447))), soft=True),
    Trait("Age", OVERALL, (Bump((30, -90, 70), (14, 13, 26), (0.745, -1.41, 0.298)),
                           Bump((31, -52, 88), (9, 15, 18), (0, -0.668, 0.597)),
                           Bump((23, -58, 93), (6.5, 12, 16), (0, 0, -0.521)),
                           Bump((31, -14, 80), (15, 6, 14), (0, -0.372, 0.521)),
                           Bump((30, 16, 86), (26, 11, 30), (0, -0.745, 0)),
                           Bump((0, -40, 110), (14, 12, 20), (0, -0.745, 0)),
                           Bump((0, -65, 102), (24, 7, 14), (0, -0.223, -0.447)),
                           Bump((0, -77, 100), (22, 7, 14), (0, 0.298, -0.372)),
                           Bump((76, -34, -6), (26, 32, 34), (0, -0.893, 0)),
                           Bump((0, -119, 52), (20, 15, 34), (0, -1.19, 0))), soft=True),
    Trait("Sex", OVERALL, (Bump((0, 20, -5), (150, 120, 150), NO, (0.00986, 0.00849, 0.00986)),
                           Bump((0, -112, 62), (90, 44, 90), (0, -1.55, 0.282)),
                           Bump((48, -80, 10), (28, 30, 44), (1.2, 0, 0)),
                           Bump((13, -106, 88), (16, 15, 28), (0.564, 0, 0.564)),
                           Bump((20, 14, 93), (24, 10, 28), (0, 0, 0.915)),
                           Bump((0, 70, 84), (56, 30, 50), (0, 0, -0.986)),
                           Bump((0, -38, 110), (20, 22, 26), (0, -0.564, 0.849)),
                           Bump((15, -43, 96), (9, 13, 18), (0.494, 0, 0)),
                           Bump((0, -170, -22), (110, 66, 110), NO, (0.0423, 0, 0.0282)),
                           Bump((0, -150, 26), (14, 18, 24), (0, 0, 0.986)),
                           Bump((30, 17, 86), (28, 11, 30), (0, -0.564, 0)),
                           Bump((0, -64, 102), (24, 7, 14), (0, -0.211, -0.211)))),
)  # fmt: skip

TRAITS = (
    *HEAD_TRAITS, *FACE_TRAITS, *JAW_TRAITS, *NOSE_TRAITS, *EYE_TRAITS, *MOUTH_TRAITS, *EAR_TRAITS, *NECK_TRAITS,
    *OVERALL_TRAITS,
)  # fmt: skip
