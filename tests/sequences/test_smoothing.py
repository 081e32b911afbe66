"""Smoothing against SciPy's weighted means, and the median identity."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from flame_blender.errors import SequenceError
from flame_blender.flame.params import FlameParams
from flame_blender.sequences import FlameSequence
from flame_blender.sequences.smoothing import smoothed
from flame_blender.sequences.steady_identity import with_steady_identity


@pytest.mark.parametrize("strength", [0.7, 2.5])
def test_rotations_and_coefficients_are_scipys_means(strength):
    rng = np.random.default_rng(0)
    turns = Rotation.from_rotvec(rng.normal(0, 0.2, (40, 3))) * Rotation.from_rotvec([3.0, 0, 0.3])
    values = rng.normal(size=(40, 5))
    found = smoothed(FlameSequence(FlameParams(expression=values, global_rotation=turns.as_rotvec())), strength)
    for i in range(40):
        near = np.arange(max(0, i - int(np.ceil(4 * strength))), min(40, i + int(np.ceil(4 * strength)) + 1))
        weights = np.exp(-0.5 * ((near - i) / strength) ** 2)
        np.testing.assert_allclose(found.params.expression[i], weights @ values[near] / weights.sum(), atol=1e-6)
        expected = turns[near].mean(weights)
        assert (Rotation.from_rotvec(found.params.global_rotation[i]) * expected.inv()).magnitude() < 2e-6
    assert found.params.jaw.shape == (3,)


def test_strength_zero_changes_nothing_and_bad_ones_are_refused():
    clip = FlameSequence(FlameParams(jaw=np.random.default_rng(0).normal(size=(5, 3))))
    assert smoothed(clip, 0) is clip
    for strength in (-1, float("nan"), 1e9):
        with pytest.raises(SequenceError, match=r"strength of smoothing must lie in 0\.\.1000"):
            smoothed(clip, strength)


def test_the_median_identity_does_not_follow_single_frames():
    shape = np.repeat(np.arange(4.0)[None], 9, 0)
    shape[3] = 100
    assert with_steady_identity(FlameSequence(FlameParams(shape=shape))).identity.tolist() == [0, 1, 2, 3]
