"""People: their sex and age, pigments of their irises and how they mix, and looks drawn as strangers have them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from ..errors import ParameterError
from ..flame.model import FlameModel
from ..flame.randomise import identity_of
from .complexion import Complexion

# of the iris and of the ring round its pupil, linear
PIGMENTS: Mapping[str, tuple[tuple[float, float, float], tuple[float, float, float]]] = {
    "blue": ((0.095, 0.190, 0.280), (0.210, 0.260, 0.270)),
    "grey": ((0.150, 0.180, 0.190), (0.220, 0.215, 0.190)),
    "green": ((0.105, 0.135, 0.085), (0.190, 0.150, 0.065)),
    "hazel": ((0.110, 0.095, 0.038), (0.165, 0.080, 0.024)),
    "brown": ((0.052, 0.026, 0.011), (0.080, 0.037, 0.013)),
}
# tone: shares of PIGMENTS, chosen and not measured: light eyes with light skin, brown ones almost always with dark
OF_TONE = (
    (0.00, (0.44, 0.16, 0.14, 0.12, 0.14)),
    (0.25, (0.26, 0.10, 0.12, 0.17, 0.35)),
    (0.45, (0.05, 0.02, 0.06, 0.17, 0.70)),
    (0.60, (0.00, 0.00, 0.01, 0.07, 0.92)),
    (1.00, (0.00, 0.00, 0.00, 0.02, 0.98)),
)
MIXED = 0.45  # how much of an iris is a second pigment, at most
YOUNGEST, USUAL, OLDEST = 18.0, 34.0, 82.0  # years
MEAN_AGE = (YOUNGEST + USUAL + OLDEST) / 3
AGE_DEVIATION = (((OLDEST - YOUNGEST) ** 2 - (USUAL - YOUNGEST) * (OLDEST - USUAL)) / 18) ** 0.5  # of their triangle
APART = 0.9  # of the sexes from the middle, in deviations of all people
FRECKLED, BEARDED = 0.55, 0.6  # shares of the lightest who have freckles, and of men who show a beard
PERSON_STREAM, LOOKS_STREAM = 13, 11  # of a seed's random numbers


class Person(NamedTuple):
    """What shape, skin and hair have in common: ``sex`` is above 0 in men, near 1 or -1; ``age`` in years."""

    sex: float
    age: float

    @property
    def numbers(self) -> tuple[float, float]:
        """Sex and age in deviations of all people: the first of those that a model's ``identity_mixing`` takes."""
        return self.sex, (self.age - MEAN_AGE) / AGE_DEVIATION


class Irises(NamedTuple):
    """Linear colours of the iris and of the ring round its pupil."""

    colour: tuple[float, float, float]
    centre: tuple[float, float, float]


def mixed(pigments: Mapping[str, float]) -> Irises:
    """The irises of a mix: amounts by names of :data:`PIGMENTS`, which need not sum to 1.

    Pigments lie in front of each other, so that their absorbances are what is averaged. Raises ParameterError.
    """
    total = sum(pigments.values())
    if not pigments or pigments.keys() - PIGMENTS.keys() or min(pigments.values()) < 0 or not 0 < total < np.inf:
        raise ParameterError(f"pigments: expected amounts of some of {', '.join(PIGMENTS)}, found {dict(pigments)!r}.")
    colours = np.log([PIGMENTS[name] for name in pigments])
    shares = np.array(list(pigments.values())) / total
    (red, green, blue), (red_2, green_2, blue_2) = np.exp(np.tensordot(shares, colours, 1)).tolist()
    return Irises((red, green, blue), (red_2, green_2, blue_2))


def person(seed: int) -> Person:
    """The stranger of a seed: a man as often as a woman, adult."""
    rng = np.random.default_rng([seed, PERSON_STREAM])
    sex = APART if rng.random() < 0.5 else -APART
    return Person(sex + (1 - APART**2) ** 0.5 * float(rng.normal()), float(rng.triangular(YOUNGEST, USUAL, OLDEST)))


def identity(model: FlameModel, seed: int, strength: float, rng: np.random.Generator) -> np.ndarray:
    """(S,) float32 identity coefficients: the shape of the stranger of a seed where the model knows people."""
    numbers = rng.standard_normal(model.n_identity)
    if model.identity_mixing is not None:
        numbers[:2] = person(seed).numbers
    return identity_of(model, numbers, strength)


def drawn(seed: int, brows: float = 1.0) -> tuple[Complexion, Irises]:
    """A stranger's skin and eyes: tones all along the scale, eyes and freckles as people of that tone have them."""
    rng, stranger = np.random.default_rng([seed, LOOKS_STREAM]), person(seed)
    tone = float(rng.beta(1.15, 1.25))
    stops, shares = [stop for stop, _shares in OF_TONE], np.array([shares for _stop, shares in OF_TONE])
    likely = np.array([np.interp(tone, stops, column) for column in shares.T])
    first, second = rng.choice(len(PIGMENTS), 2, p=likely / likely.sum())
    names = list(PIGMENTS)
    amounts = dict.fromkeys(names, 0.0)
    share = MIXED * rng.random()
    amounts[names[first]] += 1 - share
    amounts[names[second]] += share
    light = rng.uniform(0.8, 1.25)
    irises = Irises(*(_times(colour, light) for colour in mixed(amounts)))
    freckled = rng.random() < FRECKLED * max(1 - 1.6 * tone, 0.08)
    bearded = stranger.sex > 0 and rng.random() < BEARDED
    complexion = Complexion(
        tone=tone,
        undertone=float(np.clip(rng.normal(0, 0.5), -1, 1)),
        age=float(np.round(stranger.age)),
        freckles=float(freckled * rng.beta(1.6, 2.2)),
        stubble=float(bearded * rng.beta(2.0, 2.0)),
        brows=brows,
    )
    return complexion, irises


def _times(colour: tuple[float, float, float], by: float) -> tuple[float, float, float]:
    red, green, blue = (part * by for part in colour)
    return red, green, blue
