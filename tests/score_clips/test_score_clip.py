"""What is done to a clip of scores before it comes onto a head, beside SciPy's interpolation and plain arithmetic."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter1d
from scipy.spatial.transform import Rotation, Slerp

from flame_blender.errors import SequenceError
from flame_blender.score_clips import score_clip
from flame_blender.score_clips.score_clip import ScoreClip

NAMES = ("jawOpen", "mouthClose", "eyeBlinkLeft")


@pytest.fixture
def clip() -> ScoreClip:
    """Rows at uneven times, as where a camera lost some."""
    rng = np.random.default_rng(0)
    times = np.cumsum(rng.uniform(0.01, 0.05, 60))
    head = np.cumsum(rng.normal(0, 0.05, (60, 3)), 0)
    return ScoreClip("random", NAMES, rng.uniform(0, 1, (60, 3)), times - times[0], head)


def test_resampled_by_time(clip: ScoreClip):
    found = score_clip.resampled(clip, 24.0)
    times = np.arange(int(clip.times[-1] * 24) + 1) / 24
    np.testing.assert_allclose(found.times, times)
    for name in NAMES:
        np.testing.assert_allclose(found.of(name), np.interp(times, clip.times, clip.of(name)))
    expected = Slerp(clip.times, Rotation.from_rotvec(clip.head))(times)
    np.testing.assert_allclose((Rotation.from_rotvec(found.head).inv() * expected).magnitude(), 0, atol=1e-6)
    assert found.left_eye is None


def test_a_row_is_the_face_at_rest(clip: ScoreClip):
    found = score_clip.without_neutral(clip, 7)
    np.testing.assert_allclose(found.scores, np.clip(clip.scores - clip.scores[6], 0, None))
    turns = Rotation.from_rotvec(clip.head)
    expected = turns[6].inv() * turns
    np.testing.assert_allclose((Rotation.from_rotvec(found.head).inv() * expected).magnitude(), 0, atol=1e-6)
    for row in (0, 61):
        with pytest.raises(SequenceError, match="1 to 60"):
            score_clip.without_neutral(clip, row)


def test_smoothed_as_a_gaussian_does(clip: ScoreClip):
    found = score_clip.smoothed(clip, 2.0)
    inner = slice(12, -12)  # at the ends SciPy makes up rows
    np.testing.assert_allclose(
        found.scores[inner], gaussian_filter1d(clip.scores, 2.0, axis=0, truncate=4)[inner], atol=1e-9
    )
    assert score_clip.smoothed(clip, 0.0) is clip
    jitter = [np.abs(np.diff(each.head, 2, axis=0)).mean() for each in (clip, found)]
    assert jitter[1] < 0.2 * jitter[0]


def test_gains_and_names(clip: ScoreClip):
    found = score_clip.with_gains(clip, {"jawOpen": 0.5})
    np.testing.assert_allclose(found.scores, clip.scores * [0.5, 1, 1])
    found = score_clip.with_gains(clip, {"jawOpen": 0.5, "mouth": 2.0, "jaw": 3.0})
    np.testing.assert_allclose(found.scores, clip.scores * [1.5, 2, 1])
    found = score_clip.renamed(clip, {"mouthClose": "jawOpen", "eyeBlinkLeft": ""})
    assert found.names == ("jawOpen",)
    np.testing.assert_allclose(found.of("jawOpen"), clip.scores[:, 0] + clip.scores[:, 1])
    for wrong in ({"smile": 1.0}, {"jawOpen": np.nan}):
        with pytest.raises(SequenceError, match="gains"):
            score_clip.with_gains(clip, wrong)
    for unknown in ({"smile": "jawOpen"}, {"jawOpen": "smile"}):
        with pytest.raises(SequenceError, match="mapping"):
            score_clip.renamed(clip, unknown)


def test_one_row_is_a_clip(clip: ScoreClip):
    one = ScoreClip("one", NAMES, clip.scores[:1], np.zeros(1))
    assert len(score_clip.resampled(one, 24.0)) == 1 and one.fps is None
