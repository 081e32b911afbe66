"""Identity directions of one place each: how a face differs from others once its named traits are told (mm).

People differ at every place a little in every way; what no trait of ``identity_table.py`` moves, these do. The places
lie 25 to 30 mm apart over half the face, and one standard deviation is what faces differ by at such a place where
traits have had their share: 20 heads of 60 of FLAME 2023 Open's identity directions were fitted with these and the
traits, and the coefficients came out at about 1 (``tests/model/test_people.py``).
"""

from __future__ import annotations

import math

from .fields import Bump
from .identity_table import EYES, FACE, HEAD, JAW, MOUTH, NOSE, Trait

RADIUS = 24.0  # mm, over which a push fades to 1/e
SIZE = 1.41  # mm
WAYS = {"width": (1.0, 0.0, 0.0), "height": (0.0, 1.0, 0.0), "depth": (0.0, 0.0, 1.0)}

PLACES = {
    "Middle of the forehead": (HEAD, (0, 40, 93)),
    "Side of the forehead": (HEAD, (41, 23, 87)),
    "Upper temple": (HEAD, (61, 39, 50)),
    "Front of the temple": (HEAD, (60, 19, 67)),
    "Lower temple": (HEAD, (62, -4, 42)),
    "Inner end of the brow": (EYES, (7, 13, 96)),
    "Outer corner of the eye": (EYES, (47, -3, 72)),
    "Inner corner of the eye": (EYES, (13, -6, 78)),
    "Bridge of the nose": (NOSE, (0, -18, 103)),
    "Tip of the nose": (NOSE, (0, -38, 119)),
    "Beside the nose": (FACE, (23, -38, 88)),
    "Outer cheekbone": (FACE, (59, -31, 69)),
    "Before the ear": (FACE, (62, -46, 40)),
    "Middle of the cheek": (FACE, (44, -48, 81)),
    "Lower cheek": (FACE, (53, -64, 61)),
    "Angle of the jaw": (JAW, (55, -72, 30)),
    "Middle of the lips": (MOUTH, (0, -73, 105)),
    "Beside the mouth": (MOUTH, (32, -76, 87)),
    "Side of the chin": (JAW, (15, -91, 93)),
    "Edge of the jaw": (JAW, (42, -93, 59)),
    "Below the jaw's angle": (JAW, (38, -103, 31)),
    "Front of the jaw": (JAW, (25, -107, 78)),
    "Tip of the chin": (JAW, (0, -112, 95)),
    "Floor of the chin": (JAW, (16, -114, 49)),
}


def _traits() -> tuple[Trait, ...]:
    found = []
    for place, (group, centre) in PLACES.items():
        for way, push in WAYS.items():
            if centre[0] == 0 and way == "width":
                continue  # to one side, and a face is the same on both
            share = 1.0 if centre[0] == 0 else 1 / (1 + math.exp(-((2 * centre[0] / RADIUS) ** 2)))  # its mirror image
            x, y, z = (SIZE * share * part for part in push)
            found.append(Trait(f"{place}, {way}", group, (Bump(centre, RADIUS, (x, y, z)),)))
    return tuple(found)


REGIONAL_TRAITS = _traits()
