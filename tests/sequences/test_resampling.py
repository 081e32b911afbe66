"""Clips at another frame rate against SciPy's and NumPy's interpolation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation, Slerp

from flame_blender.flame.errors import SequenceError
from flame_blender.flame.params import FlameParams
from flame_blender.sequences import FlameSequence
from flame_blender.sequences.resampling import resampled


@pytest.mark.parametrize(("old", "new"), [(25, 60), (60, 24), (30, 30), (29.97, 24)])
def test_another_frame_rate(old, new):
    rng = np.random.default_rng(1)
    values, turns = rng.normal(size=(50, 4)), Rotation.random(50, random_state=2)
    found = resampled(FlameSequence(FlameParams(expression=values, neck=turns.as_rotvec()), fps=old), new)
    times = np.arange(len(found)) * old / new
    assert times[-1] <= 49 + 1e-5 < times[-1] + old / new + 1e-4
    for column in range(4):
        expected = np.interp(times, np.arange(50), values[:, column])
        np.testing.assert_allclose(found.params.expression[:, column], expected, atol=2e-6)
    expected = Slerp(np.arange(50), turns)(np.minimum(times, 49))
    assert (Rotation.from_rotvec(found.params.neck) * expected.inv()).magnitude().max() < 2e-6
    assert found.fps == new


def test_eyelids_are_resampled_and_stay_with_their_frames():
    lids = np.random.default_rng(4).uniform(0, 1, (30, 2))
    clip = FlameSequence(FlameParams(jaw=np.zeros((30, 3)), eyelids=lids), fps=30)
    expected = np.stack([np.interp(np.arange(0, 29.01, 0.5), np.arange(30), column) for column in lids.T], 1)
    np.testing.assert_allclose(resampled(clip, 60).eyelids, expected, atol=1e-6)
    np.testing.assert_array_equal(clip.frame(7).eyelids, lids[7].astype(np.float32))


def test_frame_rates_that_are_none():
    clip = FlameSequence(FlameParams(jaw=np.zeros((5, 3))))
    assert len(resampled(clip, 50, source_fps=25)) == 9
    for fps in (0, -1, float("nan"), float("inf")):
        with pytest.raises(SequenceError, match="Frame rates must be numbers above 0"):
            resampled(clip, fps, source_fps=25)
    with pytest.raises(SequenceError, match="at most 1000000 frames"):
        resampled(clip, 1e9, source_fps=25)
