"""Clips at another frame rate against SciPy's and NumPy's interpolation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation, Slerp

from flame_blender.errors import SequenceError
from flame_blender.flame.params import FlameParams
from flame_blender.sequences import Camera, FlameSequence
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


def test_what_never_changes_comes_out_as_it_is():
    """To the bit, between the frames too: it is then known for constant."""
    rng = np.random.default_rng(6)
    row = rng.normal(size=300).astype(np.float32)
    found = resampled(FlameSequence(FlameParams(expression=np.tile(row, (40, 1))), fps=30), 23.976)
    assert (found.params.expression == row).all()


def test_a_moving_camera_is_resampled_with_the_clip():
    rng = np.random.default_rng(8)
    turns = Rotation.random(20, random_state=9)
    lens, places = rng.uniform(500, 900, (20, 4)), rng.normal(size=(20, 3))
    camera = Camera(lens, 640, 480, turns.as_matrix(), places, image_paths=tuple(f"{n}.png" for n in range(20)))
    found = resampled(FlameSequence(FlameParams(jaw=np.zeros((20, 3))), 25, camera=camera), 60).camera
    times = np.arange(len(found.translation)) * 25 / 60
    for given, taken in ((lens, found.intrinsics), (places, found.translation)):
        expected = np.stack([np.interp(times, np.arange(20), column) for column in given.T], axis=1)
        np.testing.assert_allclose(taken, expected, rtol=1e-6, atol=1e-6)
    expected = Slerp(np.arange(20), turns)(times)
    assert (Rotation.from_matrix(found.rotation) * expected.inv()).magnitude().max() < 2e-6
    assert not found.image_paths, "no picture lies between two"


def test_a_camera_that_stands_still_goes_on_so():
    camera = Camera(np.array([700.0, 700, 320, 240]), 640, 480, np.eye(3), np.array([0, 0, 1.0]))
    found = resampled(FlameSequence(FlameParams(jaw=np.zeros((20, 3))), 25, camera=camera), 60).camera
    for name in ("intrinsics", "rotation", "translation"):
        np.testing.assert_array_equal(getattr(found, name), getattr(camera, name))
