"""Bands as tensors, turned index by index, are what turns them by their values."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from flame_blender.splats.harmonic_tensors import TOLD, band_of
from flame_blender.splats.harmonics import BANDS, turned


@pytest.mark.parametrize("degree", [1, 2, 3])
def test_a_turned_tensor_is_a_turned_band(degree):
    rng = np.random.default_rng(5)
    harmonics, band = rng.normal(size=(20, 16, 3)), band_of(degree)
    coefficients = harmonics[:, BANDS[degree]]
    for rotation in (np.eye(3), *Rotation.random(4, rng=rng).as_matrix()):
        tensor = np.zeros((3,) * degree + (20, 3))
        for index in product(range(3), repeat=degree):
            tensor[index] = sum(factor * coefficients[:, at] for factor, at in band.into[tuple(sorted(index))])
        for axis in range(degree):
            tensor = np.moveaxis(np.tensordot(rotation, tensor, (1, axis)), 0, axis)
        found = np.stack([sum(factor * tensor[index] for factor, index in terms) for terms in band.back], 1)
        np.testing.assert_allclose(found, turned(harmonics, rotation)[:, BANDS[degree]], atol=1e-12)
        assert {index for terms in band.back for _, index in terms} <= set(TOLD[degree])
