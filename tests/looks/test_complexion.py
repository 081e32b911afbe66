"""A skin's colours: against CIELAB worked out the other way, measured people, and the formula written out."""

from __future__ import annotations

import numpy as np
import pytest

from flame_blender.looks.complexion import (
    AGED,
    BROW,
    MELANIN,
    REFERENCE_TONE,
    TONES,
    UNDERTONES,
    Complexion,
    coloured,
    differing,
    tone_colour,
)

# cheeks: mean and standard deviation of L*, a*, b* (Xiao et al. 2017)
GROUPS = (
    ((59.6, 5.5), (11.8, 3.1), (14.6, 2.6)),
    ((58.9, 3.1), (11.4, 2.1), (14.2, 1.5)),
    ((58.0, 4.4), (11.7, 2.3), (15.8, 2.1)),
    ((60.7, 4.0), (10.5, 2.3), (17.2, 2.1)),
)


def lab_of(linear: np.ndarray) -> np.ndarray:
    """CIELAB of linear sRGB: the primaries' own chromaticities, CIE 15's formula."""
    primaries = np.array([[0.64, 0.33], [0.30, 0.60], [0.15, 0.06]])
    columns = np.array([[x / y, 1.0, (1 - x - y) / y] for x, y in primaries]).T
    white = np.array([0.3127 / 0.3290, 1.0, (1 - 0.3127 - 0.3290) / 0.3290])
    xyz = columns * np.linalg.solve(columns, white) @ linear
    f = np.where(xyz / white > (6 / 29) ** 3, np.cbrt(xyz / white), xyz / white / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def test_tones_are_the_tables():
    for tone, lab in TONES:
        np.testing.assert_allclose(lab_of(tone_colour(tone)), lab, atol=0.05)
    lightness = [lab_of(tone_colour(tone))[0] for tone in np.linspace(0, 1, 50)]
    assert (np.diff(lightness) < 0).all(), "each tone is darker than the one before"


@pytest.mark.parametrize("group", GROUPS)
def test_every_measured_group_has_its_tone(group):
    """The mean cheek of each group is met within a deviation of each of its axes, by some tone and undertone."""
    means, deviations = np.array(group).T
    off = [
        np.abs(
            (lab_of(coloured(tone_colour(REFERENCE_TONE), None, None, Complexion(tone, undertone))) - means)
            / deviations
        )
        for tone in np.linspace(0, 1, 41)
        for undertone in np.linspace(-1, 1, 21)
    ]
    assert min(each.max() for each in off) < 1


def test_undertone_and_age_go_as_far_as_told():
    reference = tone_colour(REFERENCE_TONE)
    before = lab_of(reference)
    for by, complexion in zip(
        (*UNDERTONES, AGED), (Complexion(undertone=-1), Complexion(undertone=1), Complexion(age=75)), strict=True
    ):
        np.testing.assert_allclose(lab_of(coloured(reference, None, None, complexion)) - before, by, atol=0.05)


def test_the_picture_is_shown_as_it_is(rng_colours):
    skin, relief, marks = rng_colours
    assert np.array_equal(coloured(skin, relief, marks, Complexion(brows=0)), skin)


def test_layers_lie_on_each_other(rng_colours):
    """Each pixel by itself, in plain Python."""
    skin, relief, marks = rng_colours
    complexion = Complexion(tone=0.8, undertone=0.5, age=60, freckles=0.3, stubble=0.6, brows=0.7)
    found = coloured(skin, relief, marks, complexion)
    share = (60 - 25) / 50
    factor = tone_colour(0.8) / tone_colour(0.2)
    factor = factor * (1 + 0.5 * (differing(UNDERTONES[1]) - 1)) * (1 + share * (differing(AGED) - 1))
    for own, (height, _gloss, response), (spots, beard, brow), shown in zip(skin, relief, marks, found, strict=True):
        for channel in range(3):
            value = own[channel] * (1 + response * (factor[channel] - 1))
            value *= 1 - 0.34 * share * max(0.5 - height, 0) / 0.5
            value *= np.exp(-min(0.3 + 0.4 * share, 1) * spots * MELANIN[channel])
            value *= 1 + 0.6 * 0.75 * beard * ((0.52, 0.56, 0.62)[channel] - 1)
            value += 0.7 * brow * (BROW[channel] - value)
            assert shown[channel] == pytest.approx(value, abs=1e-9)


@pytest.fixture
def rng_colours() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    skin, relief, marks = np.random.default_rng(4).random((3, 40, 3))
    return skin, relief, marks
