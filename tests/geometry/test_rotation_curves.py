"""Rotations over time against SciPy's."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation, Slerp

from flame_blender.geometry.rotation_curves import interpolated, unwrapped


def a_long_turn(rng: np.random.Generator, frames: int = 200) -> np.ndarray:
    """Rotation vectors of a head that tumbles by small steps, written with angles in 0..pi as trackers write them."""
    steps = Rotation.from_rotvec(rng.normal(0, 0.1, (frames, 3)))
    turn, turns = Rotation.random(random_state=rng), []
    for step in steps:
        turn = step * turn
        turns.append(turn.as_rotvec())
    return np.array(turns)


@pytest.mark.parametrize("seed", range(10))
def test_unwrapping_keeps_rotations_and_is_the_nearest_way_to_write_them(seed):
    given = a_long_turn(np.random.default_rng(seed))
    found = unwrapped(given)
    difference = Rotation.from_rotvec(found) * Rotation.from_rotvec(given).inv()
    assert difference.magnitude().max() < 1e-12
    gaps = np.linalg.norm(np.diff(found, axis=0), axis=1)
    for i, vector in enumerate(found[1:]):
        axis = vector / np.linalg.norm(vector)
        others = [np.linalg.norm(vector + 2 * np.pi * k * axis - found[i]) for k in (-2, -1, 1, 2)]
        assert gaps[i] <= min(others) + 1e-9


def test_a_turn_about_one_axis_goes_on_and_on():
    angles = np.linspace(0, 20, 150)
    axis = np.array([2.0, -1, 2]) / 3
    given = Rotation.from_rotvec(angles[:, None] * axis).as_rotvec()
    np.testing.assert_allclose(unwrapped(given), angles[:, None] * axis, atol=1e-9)


def test_small_rotations_are_left_alone():
    given = np.random.default_rng(0).uniform(-1, 1, (100, 3))
    assert np.array_equal(unwrapped(given), given)


@pytest.mark.parametrize("seed", range(5))
def test_in_betweens_are_scipys(seed):
    rng = np.random.default_rng(seed)
    given = Rotation.random(30, random_state=seed).as_rotvec()
    times = rng.uniform(0, 29, 300)
    found = Rotation.from_rotvec(interpolated(given, times))
    expected = Slerp(np.arange(30), Rotation.from_rotvec(given))(times)
    assert (found * expected.inv()).magnitude().max() < 1e-9


def test_equal_neighbours_single_frames_and_times_beyond_the_ends():
    one = np.array([[0.1, 0.2, 0.3]])
    np.testing.assert_allclose(interpolated(one, np.array([-1.0, 0, 5])), np.repeat(one, 3, 0), atol=1e-12)
    np.testing.assert_allclose(interpolated(np.repeat(one, 4, 0), np.array([1.5])), one, atol=1e-12)
