"""Similar and weak perspective alignment: exact where they can be, least squares where not."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.optimize
from scipy.spatial.transform import Rotation

from flame_blender.geometry.rigid import similarity_alignment
from flame_blender.geometry.weak_perspective import weak_perspective


@pytest.mark.parametrize("weighted", [False, True])
def test_similarities_come_back(weighted: bool) -> None:
    """Scale, rotation and translation of exact points, also where some weigh nothing and are wrong."""
    rng = np.random.default_rng(0)
    for turn in Rotation.random(30, rng=rng).as_matrix():
        source, scale, shift = rng.normal(size=(20, 3)), rng.uniform(0.01, 100), rng.normal(size=3)
        target, weights = scale * source @ turn.T + shift, None
        if weighted:
            weights = rng.uniform(0.1, 2, 20)
            weights[:3], target[:3] = 0, 9
        found = similarity_alignment(source, target, weights)
        np.testing.assert_allclose(found[0], scale, rtol=1e-9)
        np.testing.assert_allclose(found[1], turn, atol=1e-9)
        np.testing.assert_allclose(found[2], shift, atol=1e-9 * scale + 1e-12)


def test_noisy_similarities_are_the_least_squares() -> None:
    """Against SciPy's minimum over scale, rotation vector and translation, with weights and with a mirrored target."""
    rng = np.random.default_rng(1)
    for mirrored in (1, -1):
        source = rng.normal(size=(12, 3))
        target = source * [mirrored, 1, 1] * 3 + rng.normal(0, 0.4, (12, 3))
        weights = rng.uniform(0.2, 2, 12)
        scale, rotation, translation = similarity_alignment(source, target, weights)
        assert np.linalg.det(rotation) == pytest.approx(1)

        def error(x: np.ndarray, source=source, target=target, weights=weights) -> np.ndarray:
            moved = x[0] * Rotation.from_rotvec(x[1:4]).apply(source) + x[4:]
            return (np.sqrt(weights)[:, None] * (moved - target)).ravel()

        start = np.concatenate([[scale], Rotation.from_matrix(rotation).as_rotvec(), translation])
        best = scipy.optimize.least_squares(error, start + rng.normal(0, 0.05, 7), xtol=1e-14, ftol=1e-14)
        assert (error(start) ** 2).sum() == pytest.approx(2 * best.cost, rel=1e-9)


def test_weak_perspective_cameras_come_back() -> None:
    """Exact projections, whatever the turn; the face that looks away is told, and so is one in a mirror."""
    rng = np.random.default_rng(3)
    for turn in Rotation.random(50, rng=rng).as_matrix():
        points, scale, shift = rng.normal(size=(15, 3)), rng.uniform(1, 5000), rng.uniform(0, 2000, 2)
        pixels = scale * (points @ turn[:2].T) * [1, -1] + shift
        weights = rng.uniform(0.1, 1, 15)
        found = weak_perspective(points, pixels, weights)
        np.testing.assert_allclose(found.rotation, turn, atol=1e-8)
        np.testing.assert_allclose(found.scale, scale, rtol=1e-9)
        np.testing.assert_allclose(found.translation, shift, atol=1e-7 * scale)
        np.testing.assert_allclose(found.project(points), pixels, atol=1e-7 * scale)
        assert found.mirrored == (turn[2, 2] < 0)


def test_a_face_in_a_mirror_is_told() -> None:
    """Its pixels' x counted the other way."""
    rng = np.random.default_rng(4)
    points = rng.normal(size=(15, 3))
    pixels = points[:, :2] * [100, -100] + rng.normal(0, 2, (15, 2))
    assert not weak_perspective(points, pixels).mirrored
    assert weak_perspective(points, pixels * [-1, 1]).mirrored


def test_noisy_cameras_are_near_the_best() -> None:
    """The orthographic least squares have no closed form; SciPy's minimum from there is hardly better."""
    rng = np.random.default_rng(5)
    points = rng.normal(size=(51, 3))
    for turn in Rotation.random(10, rng=rng):
        pixels = 100 * turn.apply(points)[:, :2] * [1, -1] + rng.normal(0, 3, (51, 2))
        found = weak_perspective(points, pixels)

        def error(x: np.ndarray, pixels=pixels) -> np.ndarray:
            seen = x[0] * Rotation.from_rotvec(x[1:4]).apply(points)[:, :2] * [1, -1] + x[4:]
            return (seen - pixels).ravel()

        start = np.concatenate([[found.scale], Rotation.from_matrix(found.rotation).as_rotvec(), found.translation])
        best = scipy.optimize.least_squares(error, start)
        assert (error(start) ** 2).sum() < 1.05 * 2 * best.cost
