"""Where FLAME's axes lie in an object, and how a mesh was moved: by one similarity, unevenly, or here and there."""

from __future__ import annotations

import numpy as np
import pytest

from flame_blender.geometry.axes import TO_BLENDER, to_blender
from flame_blender.geometry.frame import USUAL, Frame, move_between

SIZES = (1e-3, 0.01, 1.0, 7.3, 1e3)


@pytest.fixture
def rng():
    return np.random.default_rng(7)


@pytest.fixture
def points(rng):
    """(V, 3) float32 of a head's size."""
    return (rng.normal(size=(800, 3)) * (0.07, 0.1, 0.12)).astype(np.float32)


def orthogonal(rng, mirrored: bool) -> np.ndarray:
    turned = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    turned[:, 0] *= np.sign(np.linalg.det(turned)) * (-1 if mirrored else 1)
    return turned


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("size", SIZES)
def test_a_similarity_in_single_precision_is_found(points, rng, size, mirrored):
    linear, shift = size * orthogonal(rng, mirrored), rng.normal(size=3) * size
    after = points @ linear.astype(np.float32).T + shift.astype(np.float32)
    moved = move_between(points, after)
    assert moved.is_similar
    assert not moved.is_stretched
    np.testing.assert_allclose(moved.linear, linear, atol=1e-6 * size)
    np.testing.assert_allclose(moved.shift, shift, atol=1e-6 * size)
    np.testing.assert_allclose(moved.linear.T @ moved.linear, size**2 * np.eye(3), atol=1e-12 * size**2)


@pytest.mark.parametrize("uneven", [1.0005, 1.3, -0.2])
def test_a_stretch_is_no_similarity(points, rng, uneven):
    linear = orthogonal(rng, mirrored=False) @ np.diag([1.0, uneven, 1.0])
    moved = move_between(points, (points @ linear.T).astype(np.float32))
    assert (moved.is_similar, moved.is_stretched) == (False, True)


def test_flat_and_gone_are_no_similarity(points):
    for after in (points * np.float32([1, 1, 0]), points * np.float32(0)):
        assert not move_between(points, after).is_similar


@pytest.mark.parametrize("share", [0.001, 0.5, 0.999])
def test_a_sculpt_is_neither_however_much_of_the_head_it_moves(points, rng, share):
    after = points.copy()
    after[: max(1, int(share * len(points)))] += np.float32([0, 1e-5, 0])
    moved = move_between(points, after)
    assert (moved.is_similar, moved.is_stretched) == (False, False)


def test_moves_add_up(points, rng):
    frame, in_object = USUAL, to_blender(points)
    for mirrored in (False, True, True):
        linear = 1.7 * orthogonal(rng, mirrored)
        moved = (in_object @ linear.astype(np.float32).T + np.array([0.3, 0, -1], np.float32)).astype(np.float32)
        frame, in_object = move_between(in_object, moved).then(frame), moved
    np.testing.assert_allclose(frame.to_object(points), in_object, atol=2e-6)
    np.testing.assert_allclose(frame.to_flame(in_object), points, atol=2e-6)
    np.testing.assert_allclose(frame.scale, 1.7**3, rtol=1e-6)


@pytest.mark.parametrize("mirrored", [False, True])
def test_turn_axes_and_scale_are_the_linear_part(rng, mirrored):
    frame = Frame(0.4 * orthogonal(rng, mirrored) @ TO_BLENDER, rng.normal(size=3))
    assert frame.is_mirrored == mirrored
    np.testing.assert_allclose(frame.scale * frame.turn @ frame.axes, frame.linear, atol=1e-12)
    np.testing.assert_allclose(frame.turn @ frame.turn.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(frame.turn) > 0
    assert sorted(np.abs(frame.axes).ravel().tolist()) == [0] * 6 + [1] * 3


def test_the_usual_frame_is_blenders_axes_to_the_bit(points):
    assert USUAL.is_usual
    np.testing.assert_array_equal(USUAL.to_object(points), to_blender(points))
    np.testing.assert_array_equal(USUAL.matrix, np.eye(4))
