"""Random coefficients: repeatable, inside their soft ranges, as widely spread as asked."""

from __future__ import annotations

import numpy as np

from flame_blender.flame.model import Direction
from flame_blender.flame.randomise import random_coefficients


def test_deviations_are_normal_and_stay_in_range():
    directions = [Direction(f"d{i}", "g") for i in range(4000)]
    drawn = random_coefficients(directions, 1.0, np.random.default_rng(1))
    assert abs(drawn.mean()) < 0.05 and 0.95 < drawn.std() < 1.05
    wide = random_coefficients(directions, 3.0, np.random.default_rng(1))
    assert np.abs(wide).max() == 3.0
    np.testing.assert_array_equal(drawn, random_coefficients(directions, 1.0, np.random.default_rng(1)))


def test_movements_are_few_and_positive():
    directions = [Direction(f"d{i}", "g", "weight", (0.0, 1.0)) for i in range(4000)]
    drawn = random_coefficients(directions, 0.5, np.random.default_rng(1))
    assert drawn.min() >= 0.0 and drawn.max() <= 0.5
    assert 0.2 < (drawn > 0).mean() < 0.3


def test_no_directions_give_no_coefficients():
    assert random_coefficients([], 1.0, np.random.default_rng(1)).shape == (0,)
