"""A skin's colour as measured people have it: tone, undertone and age, done to a painted skin in NumPy.

The nodes of ``shading/skin_layers.py`` do the same in renders; this is for files that hold no nodes, for the painter of
the built-in head, and for tests. Colours are linear.

``TONES``: from lightest to darkest, as CIELAB (D65, 2 degrees). From 0.2 to 0.45 the cheeks of 187 Caucasians (L*
59.6 +- 5.5, a* 11.8 +- 3.1, b* 14.6 +- 2.6), 202 Chinese (58.9, 11.4, 14.2), 145 Kurds (58.0, 11.7, 15.8) and 426
Thai (60.7, 10.5, 17.2): Xiao et al. 2017, "Characterising the variations in ethnic skin colours", Skin Research and
Technology 23, 21-29; the lightest is the first group's mean and two deviations. At 0.6 to 0.7 the cheeks and
foreheads of African-American women (48, 15, 20 and 44, 14, 19): de Rigal et al. 2010, Skin Research and Technology
16, 168-178, read off its figures. The two darkest are the darker clusters of 120 faces, (37.7, 17.2, 14.7) and (26.7,
14.6, 14.7): IADR 2009, abstract 120461, "Proposed shade guide for human facial skin", measured on nose and upper lip,
hence with a cheek's lower redness here.

``UNDERTONES``: what a cool and a warm skin differ by from the mean of their lightness: two deviations of b* and half
a deviation of a* within a group (Xiao et al. 2017: b* 1.5 to 2.6, a* 2.1 to 3.1).

``AGED``: what 50 years add. Darker, in all groups of de Rigal et al. 2010; yellower (b* and age: r = 0.34 in 40 women,
Skin Research and Technology 15 (2009), 496-502); a little paler.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

TONES = (
    (0.00, (70.6, 8.8, 12.6)),
    (0.20, (63.5, 11.2, 15.2)),
    (0.40, (57.0, 12.2, 17.0)),
    (0.55, (50.5, 13.6, 18.8)),
    (0.70, (44.0, 14.0, 18.6)),
    (0.85, (36.0, 13.0, 15.4)),
    (1.00, (27.0, 9.8, 10.4)),
)
REFERENCE_TONE, REFERENCE_AGE = 0.2, 25.0  # those of the painted picture
UNDERTONES = (0.0, 1.3, -4.6), (0.0, -1.2, 4.6)  # of a cool and of a warm skin
AGED, AGES = (-3.6, -1.0, 2.2), 50.0  # years over which it comes
WHITE = np.array([0.95047, 1.0, 1.08883])  # XYZ of D65
TO_RGB = np.array(
    [[3.2404542, -1.5371385, -0.4985314], [-0.9692660, 1.8760108, 0.0415560], [0.0556434, -0.2040259, 1.0572252]]
)  # IEC 61966-2-1
MELANIN = np.array([0.55, 1.0, 1.45])  # what a freckle absorbs, natural logarithms: as wavelength to the power -3.3
STUBBLE = np.array([0.52, 0.56, 0.62])  # of the skin's light, where hair roots show through
BROW = (0.050, 0.027, 0.016)
OF_STUBBLE, OF_GROOVES, OF_AGE_IN_SPOTS = 0.75, 0.34, 0.4
FLAT = 0.5  # of the wrinkles' picture: neither groove nor rim


class Complexion(NamedTuple):
    """What a head's skin is like: ``tone`` and amounts 0 to 1, ``undertone`` -1 cool to 1 warm, ``age`` in years."""

    tone: float = REFERENCE_TONE
    undertone: float = 0.0
    age: float = REFERENCE_AGE
    freckles: float = 0.0
    stubble: float = 0.0
    brows: float = 1.0


def from_lab(lab: Sequence[float]) -> np.ndarray:
    """(3,) linear RGB of a CIELAB colour (CIE 15:2004); what no screen shows is cut."""
    lightness, a, b = lab
    y = (lightness + 16) / 116
    parts = np.array([y + a / 500, y, y - b / 200])
    xyz = np.where(parts > 6 / 29, parts**3, 3 * (6 / 29) ** 2 * (parts - 4 / 29))
    return np.clip(TO_RGB @ (xyz * WHITE), 0.0, 1.0)


def tone_colours() -> tuple[tuple[float, np.ndarray], ...]:
    """Each tone of :data:`TONES` with its linear colour (3,): the stops of a colour ramp."""
    return tuple((tone, from_lab(lab)) for tone, lab in TONES)


def tone_colour(tone: float) -> np.ndarray:
    """(3,) linear: the mean cheek of a tone, between stops in linear light, as a colour ramp has it."""
    stops, colours = zip(*tone_colours(), strict=True)
    return np.array([np.interp(tone, stops, column) for column in np.array(colours).T])


def differing(by: Sequence[float]) -> np.ndarray:
    """(3,) factors that make the reference's colour differ by so much in CIELAB."""
    lab = dict(TONES)[REFERENCE_TONE]
    return from_lab([own + more for own, more in zip(lab, by, strict=True)]) / from_lab(lab)


def aged(age: float) -> float:
    """0 at the picture's age, 1 after 50 years."""
    return float(np.clip((age - REFERENCE_AGE) / AGES, 0.0, 1.2))


def coloured(
    skin: np.ndarray, relief: np.ndarray | None, marks: np.ndarray | None, complexion: Complexion
) -> np.ndarray:
    """(..., 3) linear colours of a painted skin (..., 3) as a head shows them.

    ``relief`` (..., 3): grooves, gloss, and how far melanin colours the place; ``marks`` (..., 3): freckles, beard,
    hair of the brows; all 0 to 1. None are a skin without them.
    """
    share, changed = aged(complexion.age), complexion != Complexion(brows=complexion.brows)
    factor = tone_colour(complexion.tone) / tone_colour(REFERENCE_TONE)
    cool, warm = (differing(by) for by in UNDERTONES)
    factor = factor * (1 + max(complexion.undertone, 0.0) * (warm - 1) + max(-complexion.undertone, 0.0) * (cool - 1))
    factor = factor * (1 + share * (differing(AGED) - 1))
    colours = np.asarray(skin)
    if changed:
        response = 1.0 if relief is None else relief[..., 2:]
        colours = colours * (1 + response * (factor - 1))
    if relief is not None and share:
        groove = np.maximum(FLAT - relief[..., :1], 0.0) / FLAT
        colours = colours * (1 - OF_GROOVES * share * groove)
    if marks is not None and changed:
        freckles = min(complexion.freckles + OF_AGE_IN_SPOTS * share, 1.0)
        colours = colours * np.exp(-freckles * marks[..., :1] * MELANIN)
        colours = colours * (1 + complexion.stubble * OF_STUBBLE * marks[..., 1:2] * (STUBBLE - 1))
    if marks is not None and complexion.brows:
        colours = colours + complexion.brows * marks[..., 2:] * (np.array(BROW) - colours)
    return colours
