"""Splats along strands lie on them, as long and as wide as their pieces."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from flame_blender.splats.harmonics import colours
from flame_blender.splats.strand_splats import LONG, WIDE, WIDEST, fair_shares, strand_splats


@pytest.fixture
def strands() -> tuple[np.ndarray, np.ndarray]:
    """Bent ones of unequal pieces, thinner to their tips."""
    steps = np.random.default_rng(1).normal(0, 2e-3, (40, 7, 3))
    return np.cumsum(steps, axis=1), np.tile(np.linspace(6e-5, 1e-5, 7), (40, 1))


def test_a_splat_lies_along_each_piece(strands):
    points, radii = strands
    seen = np.random.default_rng(2).uniform(0, 1, (40, 3))
    found = strand_splats(points, radii, seen)
    assert len(found) == 40 * 6
    begin, end = points[:, :-1].reshape(-1, 3), points[:, 1:].reshape(-1, 3)
    np.testing.assert_allclose(found.centres, (begin + end) / 2, atol=1e-8)
    axes = Rotation.from_quat(found.rotations.astype(float), scalar_first=True).as_matrix()
    lengths = np.linalg.norm(end - begin, axis=1)
    np.testing.assert_allclose(axes[:, :, 0], (end - begin) / lengths[:, None], atol=1e-5)
    np.testing.assert_allclose(found.scales[:, 0], LONG * lengths, rtol=1e-5)
    wide = WIDE * ((radii[:, 1:] + radii[:, :-1]) / 2).ravel()
    np.testing.assert_allclose(found.scales[:, 1:], np.stack([wide, wide], 1), rtol=1e-5)
    shown = colours(found.harmonics, np.tile(np.float32([0, 0, 1]), (240, 1)))
    np.testing.assert_allclose(shown, np.repeat(seen, 6, 0), atol=1e-6)


def test_a_strand_that_stands_for_several_is_as_wide(strands):
    points, radii = strands
    white = np.ones((40, 3))
    once, thrice, many = (strand_splats(points, radii, white, share).scales for share in (1.0, 3.0, 1e6))
    np.testing.assert_allclose(thrice[:, 1:], 3 * once[:, 1:], rtol=1e-5)
    np.testing.assert_allclose(many[:, 1:], WIDEST, rtol=1e-5)
    np.testing.assert_array_equal(thrice[:, 0], once[:, 0])


def test_a_piece_without_length_is_no_trouble():
    found = strand_splats(np.zeros((1, 3, 3)), np.full((1, 3), 1e-4), np.ones((1, 3)))
    assert np.isfinite(found.rotations).all() and np.isfinite(found.scales).all() and (found.scales > 0).all()


@pytest.mark.parametrize(
    ("wanted", "count", "shares"),
    [([10, 500, 20], 100, [10, 70, 20]), ([5, 6], 100, [5, 6]), ([90, 90, 90], 30, [10, 10, 10]), ([7], 3, [3])],
)
def test_small_pieces_are_whole_while_there_is_room(wanted, count, shares):
    assert fair_shares(wanted, count) == shares
