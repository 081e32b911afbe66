"""Rotations against SciPy's, and round trips through every notation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from flame_blender.geometry import rotations as r

ANGLES = [0.0, 1e-300, 1e-160, 1e-12, 1e-8, 1e-4, 0.1, 1.0, np.pi - 1e-7, np.pi, 4.0, 2 * np.pi, 20.0]


@pytest.fixture(scope="module")
def axis_angles() -> np.ndarray:
    """Random axes at angles from nothing to many turns, and each coordinate axis at half a turn."""
    rng = np.random.default_rng(3)
    axes = rng.normal(size=(len(ANGLES), 50, 3))
    axes /= np.linalg.norm(axes, axis=-1, keepdims=True)
    turned = (axes * np.array(ANGLES)[:, None, None]).reshape(-1, 3)
    return np.concatenate([turned, np.pi * np.eye(3), -np.pi * np.eye(3)])


def test_matrix_is_scipys(axis_angles):
    expected = Rotation.from_rotvec(axis_angles).as_matrix()
    np.testing.assert_allclose(r.matrix_from_axis_angle(axis_angles), expected, atol=2e-14)


def test_zero_rotation_is_exactly_the_identity():
    assert np.array_equal(r.matrix_from_axis_angle(np.zeros((2, 3))), np.tile(np.eye(3), (2, 1, 1)))


def test_small_rotations_keep_their_first_digits():
    matrix = r.matrix_from_axis_angle([1e-9, -2e-9, 3e-9])
    assert matrix[2, 1] == pytest.approx(1e-9, rel=1e-12)
    assert matrix[0, 2] == pytest.approx(-2e-9, rel=1e-12)
    assert matrix[1, 0] == pytest.approx(3e-9, rel=1e-12)


@pytest.mark.parametrize("shape", [(3,), (1, 3), (4, 3), (2, 5, 3)])
def test_leading_axes_are_kept(shape):
    axis_angle = np.random.default_rng(0).normal(size=shape)
    matrix = r.matrix_from_axis_angle(axis_angle)
    assert matrix.shape == (*shape, 3)
    assert r.quaternion_from_axis_angle(axis_angle).shape == (*shape[:-1], 4)
    assert r.quaternion_from_matrix(matrix).shape == (*shape[:-1], 4)
    assert r.axis_angle_from_matrix(matrix).shape == shape
    assert r.sixd_from_matrix(matrix).shape == (*shape[:-1], 6)
    assert r.matrix_from_6d(r.sixd_from_matrix(matrix)).shape == (*shape, 3)


def test_quaternion_is_scipys_up_to_sign(axis_angles):
    expected = Rotation.from_rotvec(axis_angles).as_quat()[:, [3, 0, 1, 2]]
    found = r.quaternion_from_axis_angle(axis_angles)
    np.testing.assert_allclose(np.abs((expected * found).sum(-1)), 1, atol=1e-13)


def test_matrix_from_quaternion_of_any_length(axis_angles):
    quaternion = r.quaternion_from_axis_angle(axis_angles)
    expected = r.matrix_from_axis_angle(axis_angles)
    np.testing.assert_allclose(r.matrix_from_quaternion(-3 * quaternion), expected, atol=5e-14)


def test_axis_angle_comes_back_by_the_short_way(axis_angles):
    matrix = r.matrix_from_axis_angle(axis_angles)
    found = r.axis_angle_from_matrix(matrix)
    assert np.all(np.linalg.norm(found, axis=-1) <= np.pi + 1e-12)
    np.testing.assert_allclose(r.matrix_from_axis_angle(found), matrix, atol=5e-14)


def test_quaternion_and_minus_quaternion_turn_alike():
    quaternion = Rotation.random(100, random_state=1).as_quat()
    np.testing.assert_allclose(
        r.axis_angle_from_quaternion(quaternion), r.axis_angle_from_quaternion(-quaternion), atol=1e-15
    )


def test_6d_is_the_first_two_rows_made_orthonormal():
    matrix = Rotation.random(50, random_state=2).as_matrix()
    six = r.sixd_from_matrix(matrix)
    np.testing.assert_array_equal(six[:, :3], matrix[:, 0])
    np.testing.assert_array_equal(six[:, 3:], matrix[:, 1])
    sheared = np.concatenate([2 * six[:, :3], six[:, 3:] + 0.7 * six[:, :3]], -1)
    np.testing.assert_allclose(r.matrix_from_6d(sheared), matrix, atol=1e-14)
