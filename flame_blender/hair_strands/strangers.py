"""The hair of a stranger, drawn: styles, colour, grey and hairline as people of an age, tone and sex have them.

Grey sets in at 34 +- 9.6 years in light and at 44 +- 10.3 in dark people (Tobin and Paus 2001, "Graying:
gerontobiology of the hair follicle pigmentary unit", Experimental Gerontology 36, 29-54), and of people of 45 to 65
three in four show some, 27 % of their hair on average (Panhard, Lozano and Loussouarn 2012, "Greying of the human hair:
a worldwide survey", British Journal of Dermatology 167, 865-873). How many hairlines have gone back is after Hamilton
1951, "Patterned loss of hair in man", Annals of the New York Academy of Sciences 53, 708-728. How often styles are worn
is chosen, not measured.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from .styles import NONE

Odds = Mapping[str, float]
SCALP_OF_MEN: Odds = {
    "BUZZ": 0.22,
    "CROP": 0.40,
    "SIDE_PART": 0.25,
    "BUN": 0.03,
    "LONG": 0.03,
    "WAVY": 0.04,
    NONE: 0.03,
}
SCALP_OF_WOMEN: Odds = {"CROP": 0.06, "SIDE_PART": 0.10, "BOB": 0.26, "LONG": 0.22, "WAVY": 0.21, "BUN": 0.15}
LONG, SHORTER, SELDOMER = ("LONG", "WAVY"), (45.0, 65.0), 0.7  # styles; years over which they are worn so much less
BROWS_OF_MEN: Odds = {"NATURAL": 0.7, "BUSHY": 0.3}
BROWS_OF_WOMEN: Odds = {"NATURAL": 0.62, "THIN": 0.38}
LASHES_OF_WOMEN: Odds = {"NATURAL": 0.6, "LONG": 0.4}
BEARDS: Odds = {NONE: 0.52, "STUBBLE": 0.2, "SHORT": 0.14, "FULL": 0.07, "GOATEE": 0.07}
MOUSTACHES: Odds = {NONE: 0.93, "NATURAL": 0.06, "HANDLEBAR": 0.01}  # without a beard
WITH_BEARD: Mapping[str, Odds] = {
    "STUBBLE": {"STUBBLE": 1.0},
    "SHORT": {"NATURAL": 0.85, NONE: 0.15},
    "FULL": {"NATURAL": 0.85, "HANDLEBAR": 0.1, NONE: 0.05},
    "GOATEE": {"NATURAL": 0.7, "STUBBLE": 0.2, NONE: 0.1},
}
DARK = 0.55  # a skin's tone, from where on hair is black or nearly so
SHADES: Mapping[str, tuple[tuple[float, float], tuple[float, float]]] = {  # melanin, redness: from, to
    "blond": ((0.16, 0.38), (0.1, 0.4)), "red": ((0.42, 0.62), (0.75, 1.0)), "light": ((0.45, 0.65), (0.15, 0.4)),
    "brown": ((0.65, 0.86), (0.1, 0.35)), "black": ((0.9, 1.0), (0.0, 0.2)),
}  # fmt: skip
LIGHTEST: Odds = {"blond": 0.34, "red": 0.06, "light": 0.28, "brown": 0.28, "black": 0.04}
MEDIUM: Odds = {"blond": 0.01, "red": 0.01, "light": 0.06, "brown": 0.32, "black": 0.60}
ONSET, ONSET_DARK = (34.0, 9.6), (43.9, 10.3)  # years and their deviation
GREYING, GREYS = 45.0, 1.5  # years from the first grey to white; how that rises
YOUNG, RECEDED = 20.0, 0.012  # years; share of men whose hairline has gone back, more each year
THINNED = 0.004  # of the density, with each year from 40 on


class DrawnHair(NamedTuple):
    """A stranger's hair, as :func:`flame_blender.api.grow_hair` has it in keywords."""

    scalp: str
    brows: str
    lashes: str
    beard: str
    moustache: str
    melanin: float
    redness: float
    greyness: float
    density: float
    length: float
    recession: float
    seed: int


def drawn_hair(seed: int, *, age: float, tone: float, masculine: float | None = None) -> DrawnHair:
    """Of ``age`` in years, a skin's ``tone`` 0 light to 1 dark, and how likely it is a man's face, 0 to 1.

    None: either, by lot. The same numbers give the same hair.
    """
    generator = np.random.default_rng([seed, 23])
    is_man = bool(generator.random() < (0.5 if masculine is None else masculine))
    older = float(np.clip((age - SHORTER[0]) / (SHORTER[1] - SHORTER[0]), 0, 1))
    worn = SCALP_OF_MEN if is_man else SCALP_OF_WOMEN
    scalp = _one_of({name: odd * (1 - SELDOMER * older * (name in LONG)) for name, odd in worn.items()}, generator)
    brows = _one_of(BROWS_OF_MEN if is_man else BROWS_OF_WOMEN, generator)
    lashes = "NATURAL" if is_man else _one_of(LASHES_OF_WOMEN, generator)
    beard = _one_of(BEARDS, generator) if is_man else NONE
    moustache = _one_of(WITH_BEARD.get(beard, MOUSTACHES), generator) if is_man else NONE
    melanin, redness = _colour(tone, generator)
    mean, spread = (np.array(ONSET) + (np.array(ONSET_DARK) - ONSET) * min(tone / DARK, 1.0)).tolist()
    onset = generator.normal(mean, spread)
    greyness = float(np.clip((age - onset) / GREYING, 0, 1) ** GREYS)
    back = generator.random() < np.clip(RECEDED * (age - YOUNG), 0.05, 0.85)
    recession = float(is_man * back * np.clip(generator.beta(2, 3) + (age - 40) / 120, 0, 1))
    density = float(np.clip(generator.normal(1.0, 0.08) - THINNED * max(age - 40, 0), 0.6, 1.2))
    length = float(generator.uniform(0.85, 1.2))
    return DrawnHair(
        scalp, brows, lashes, beard, moustache, melanin, redness, greyness, density, length, recession, seed
    )


def likely_man(sex: float) -> float:
    """How likely a face is a man's, 0 to 1, by its coefficient along the direction "Sex", which points to men."""
    return float(1 / (1 + np.exp(-5 * sex)))


def _colour(tone: float, generator: np.random.Generator) -> tuple[float, float]:
    share = min(tone / DARK, 1.0)
    odds = {name: (1 - share) * LIGHTEST[name] + share * MEDIUM[name] for name in SHADES}
    darker = max(tone - DARK, 0.0) / (1 - DARK)
    odds = {name: odd * (1 - darker) + darker * (name == "black") for name, odd in odds.items()}
    melanins, rednesses = SHADES[_one_of(odds, generator)]
    return float(generator.uniform(*melanins)), float(generator.uniform(*rednesses))


def _one_of(odds: Odds, generator: np.random.Generator) -> str:
    shares = np.array(list(odds.values()))
    return list(odds)[int(generator.choice(len(shares), p=shares / shares.sum()))]
