"""Colours by direction: against SciPy's spherical harmonics, and turned against what is seen from the other side."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation
from scipy.special import lpmv

from flame_blender.geometry.axes import TO_BLENDER
from flame_blender.splats.harmonics import BANDS, basis, colours, degree_of, turned, turned_each
from tests.splats.made_up import directions


def real_harmonic(degree: int, order: int, along: np.ndarray) -> np.ndarray:
    """By Legendre's functions with the phase of Condon and Shortley, as PlenOctrees takes them."""
    x, y, z = along.T
    turn = np.arctan2(y, x)
    size = abs(order)
    factorials = np.prod(np.arange(degree - size + 1, degree + size + 1), dtype=float) if size else 1.0
    norm = np.sqrt((2 * degree + 1) / (4 * np.pi) / factorials)
    legendre = lpmv(size, degree, z)
    if order == 0:
        return norm * legendre
    return np.sqrt(2) * norm * legendre * (np.cos(size * turn) if order > 0 else np.sin(size * turn))


def test_the_basis_is_that_of_real_harmonics():
    along = directions(500)
    for degree, band in enumerate(BANDS):
        wanted = np.stack([real_harmonic(degree, order, along) for order in range(-degree, degree + 1)], 1)
        np.testing.assert_allclose(basis(along)[:, band], wanted, atol=1e-12)


@pytest.mark.parametrize("degree", range(4))
def test_turned_splats_show_what_is_turned(degree):
    """In 1,000 directions, for Blender's axes and any other rotation."""
    rng = np.random.default_rng(1)
    harmonics = rng.normal(size=(20, (degree + 1) ** 2, 3)).astype(np.float32) * 0.3
    along = directions(1000)
    for rotation in (TO_BLENDER, *Rotation.random(5, rng=rng).as_matrix()):
        found = turned(harmonics, rotation)
        assert found.dtype == np.float32
        seen = np.einsum("dk,nkc->ndc", basis(along @ rotation.T, degree), found)
        np.testing.assert_allclose(seen, np.einsum("dk,nkc->ndc", basis(along, degree), harmonics), atol=1e-5)


def test_each_by_its_own_rotation_is_each_by_itself():
    rng = np.random.default_rng(2)
    harmonics = rng.normal(size=(30, 16, 3)).astype(np.float32)
    rotations, which = Rotation.random(4, rng=rng).as_matrix(), rng.integers(0, 4, 30)
    found = turned_each(harmonics, rotations, which)
    for number in range(4):
        np.testing.assert_allclose(
            found[which == number], turned(harmonics[which == number], rotations[number]), atol=1e-5
        )


def test_colours_are_light():
    harmonics = np.zeros((3, 4, 3), np.float32)
    harmonics[1, 0], harmonics[2, 0] = 1.0, -9.0
    found = colours(harmonics, directions(3))
    np.testing.assert_allclose(found, [[0.5] * 3, [0.5 + 0.28209479] * 3, [0.0] * 3], rtol=1e-6)


def test_degrees():
    assert [degree_of(count) for count in (1, 4, 9, 16)] == [0, 1, 2, 3]
    with pytest.raises(KeyError):
        degree_of(5)
