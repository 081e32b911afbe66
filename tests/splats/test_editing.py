"""Splats of a region chosen, coloured and joined, against what each colour is from some sides."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from flame_blender.errors import AvatarError
from flame_blender.splats.editing import graded, joined, on_triangles
from flame_blender.splats.harmonics import basis
from tests.splats.made_up import directions, random_splats

COUNT = 200


def seen(splats, along: np.ndarray) -> np.ndarray:
    """(D, N, 3) colours before they are cut at 0."""
    return 0.5 + np.einsum("dk,nkc->dnc", basis(along, splats.degree), splats.harmonics.astype(float))


def test_a_region_has_triangles_that_lie_in_it_by_more_than_half():
    faces = np.array([[0, 1, 2], [1, 2, 3], [2, 3, 4], [3, 4, 5]])
    weights = np.array([1.0, 1.0, 1.0, 0.4, 0.0, 0.0])
    found = on_triangles(weights, faces, np.array([0, 3, 1, 2, 0]))
    np.testing.assert_array_equal(found, [True, False, True, False, True])


@pytest.mark.parametrize("degree", [0, 3])
def test_graded_colours_are_those_of_the_picture_graded(degree):
    """As a picture of them would be: gain and exposure of each channel, saturation about its luminance."""
    splats, which = random_splats(COUNT, degree), np.arange(COUNT) % 3 == 0
    gain = (1.2, 0.9, 0.4)
    found = graded(splats, which, gain=gain, exposure=-1.5, saturation=0.3, opacity=0.5)
    along = directions(100)
    before, after = seen(splats, along), seen(found, along)
    luminance = before @ np.array([0.2126, 0.7152, 0.0722])
    grey = luminance[..., None] + 0.3 * (before - luminance[..., None])
    wanted = grey * np.array(gain) * 2 ** (-1.5 / 2.2)
    np.testing.assert_allclose(after[:, which], wanted[:, which], atol=2e-6)
    np.testing.assert_array_equal(found.harmonics[~which], splats.harmonics[~which])
    np.testing.assert_allclose(found.opacities, splats.opacities * np.where(which, 0.5, 1), rtol=1e-6)
    assert graded(splats, which, opacity=100).opacities.max() == 1


def test_what_stays_as_it_is():
    splats = random_splats(COUNT, 3)
    found = graded(splats, np.ones(COUNT, bool))
    np.testing.assert_allclose(found.harmonics, splats.harmonics, atol=1e-6)


def test_joined_splats_look_as_each_did():
    one, other = random_splats(50, 1, 9, 1), random_splats(30, 3, 9, 2)
    found, along = joined(one, other), directions(40)
    assert len(found) == 80 and found.degree == 3
    np.testing.assert_allclose(seen(found, along)[:, :50], seen(one, along), atol=1e-6)
    np.testing.assert_allclose(seen(found, along)[:, 50:], seen(other, along), atol=1e-6)
    np.testing.assert_array_equal(found.triangles, np.concatenate([one.triangles, other.triangles]))
    np.testing.assert_array_equal(found.centres[50:], other.centres)
    with pytest.raises(AvatarError, match="expected splats that are both bound to triangles"):
        joined(one, dataclasses.replace(other, triangles=None))
