"""Irises by pigments, and looks that are drawn: alike for a seed, unlike between seeds, as people are."""

from __future__ import annotations

import numpy as np
import pytest

from flame_blender.errors import ParameterError
from flame_blender.looks.complexion import tone_colour
from flame_blender.looks.people import PIGMENTS, drawn, mixed, person


@pytest.mark.parametrize("name", PIGMENTS)
def test_one_pigment_is_itself(name):
    np.testing.assert_allclose(mixed({name: 3.0}), PIGMENTS[name])


def test_a_mix_lies_between():
    """Half and half lets through the geometric mean of what each does."""
    found = mixed({"blue": 2, "brown": 2})
    blue, brown = np.array(PIGMENTS["blue"]), np.array(PIGMENTS["brown"])
    np.testing.assert_allclose(found, np.sqrt(blue * brown))


@pytest.mark.parametrize("pigments", [{}, {"red": 1.0}, {"blue": -1.0, "brown": 2.0}, {"blue": 0.0}, {"blue": np.nan}])
def test_what_is_no_mix_is_refused(pigments):
    with pytest.raises(ParameterError, match="pigments: expected amounts of some of blue, grey"):
        mixed(pigments)


def test_strangers():
    people = [drawn(seed) for seed in range(2000)]
    assert drawn(5) == people[5]
    tones = np.array([complexion.tone for complexion, _ in people])
    shares = np.histogram(tones, 5, (0, 1))[0] / len(people)
    assert (shares > 0.12).all(), "every fifth of the scale has its people"
    ages = np.array([complexion.age for complexion, _ in people])
    assert 18 <= ages.min() < 25 and 70 < ages.max() <= 82
    dark = np.array([np.array(irises.colour).sum() for _, irises in people])
    assert np.median(dark[tones > 0.7]) < 0.4 * np.median(dark[tones < 0.1])
    assert all(0 <= each <= 1 for complexion, _ in people for each in (complexion.freckles, complexion.stubble))
    skins = np.array([tone_colour(tone) for tone in tones[:12]])
    apart = np.linalg.norm(skins[:, None] - skins, axis=2)[np.triu_indices(12, 1)]
    assert np.median(apart) > 0.1


def test_a_person_is_a_man_or_a_woman_of_an_age():
    """Numbers of people have no mean and a deviation of 1; the skin is that person's, and no woman's is shaven."""
    people = [person(seed) for seed in range(4000)]
    numbers = np.array([each.numbers for each in people])
    np.testing.assert_allclose(numbers.mean(0), 0, atol=0.05)
    np.testing.assert_allclose(numbers.std(0), 1, atol=0.04)
    assert abs(np.corrcoef(numbers.T)[0, 1]) < 0.05
    assert (np.abs(numbers[:, 0]) < 0.3).mean() < 0.12, "few are between"
    for seed, each in enumerate(people[:300]):
        complexion, _ = drawn(seed)
        assert abs(complexion.age - each.age) <= 0.5
        assert each.sex > 0 or complexion.stubble == 0
