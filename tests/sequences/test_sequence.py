"""FlameSequence: cutting, frames, what is refused; the project's own .npz gives everything back exactly."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from flame_blender.errors import ParameterError, SequenceError
from flame_blender.flame.params import COEFFICIENT_FIELDS, VECTOR_FIELDS, FlameParams
from flame_blender.sequences import Camera, FlameSequence, load_sequence
from flame_blender.sequences.project_npz import save_sequence
from flame_blender.sequences.sequence import Found

N = 12
FIELDS = (*COEFFICIENT_FIELDS, *VECTOR_FIELDS)


def random_clip(seed: int = 0) -> FlameSequence:
    rng = np.random.default_rng(seed)
    camera = Camera(
        intrinsics=rng.uniform(500, 900, (N, 4)), width=640, height=480, rotation=np.diag([1.0, -1, -1]),
        translation=rng.normal(0, 1, (N, 3)), image_paths=tuple(f"{i:05d}.png" for i in range(N)),
    )  # fmt: skip
    params = FlameParams(
        shape=rng.normal(size=300), expression=rng.normal(size=(N, 100)), global_rotation=rng.normal(size=(N, 3)),
        jaw=rng.normal(size=(N, 3)), translation=rng.normal(size=(N, 3)), offsets=rng.normal(size=(N, 7, 3)),
        eyelids=rng.uniform(0, 1, (N, 2)), eyelids_unturned=bool(rng.integers(2)),
    )  # fmt: skip
    return FlameSequence(params, 23.976, "tool", camera, "FLAME 2020", ("a note",), Found(300, 100, "pose"))


def assert_same(found: FlameSequence, expected: FlameSequence) -> None:
    for name in (*FIELDS, "offsets"):
        np.testing.assert_array_equal(getattr(found.params, name), getattr(expected.params, name), strict=True)
    np.testing.assert_array_equal(found.eyelids, expected.eyelids, strict=True)
    assert found.params.eyelids_unturned == expected.params.eyelids_unturned
    for name in ("fps", "source", "release", "notes", "found"):
        assert getattr(found, name) == getattr(expected, name)
    for field in dataclasses.fields(Camera):
        np.testing.assert_array_equal(getattr(found.camera, field.name), getattr(expected.camera, field.name))


def test_the_projects_file_gives_everything_back(tmp_path):
    clip = random_clip()
    save_sequence(clip, tmp_path / "clip.npz")
    assert_same(load_sequence(tmp_path / "clip.npz"), clip)


def test_a_clip_without_extras_comes_back(tmp_path):
    clip = FlameSequence(FlameParams(jaw=np.zeros((2, 3))))
    save_sequence(clip, tmp_path / "clip.npz")
    found = load_sequence(tmp_path / "clip.npz")
    assert (found.fps, found.camera, found.eyelids, found.offsets, found.notes) == (None, None, None, None, ())


@pytest.mark.parametrize("frames", [slice(3, 7), slice(None, None, 3), slice(-2, None), slice(None, None, -1)])
def test_cutting(frames):
    clip, part = random_clip(), random_clip()[frames]
    for name in FIELDS:
        np.testing.assert_array_equal(part.values(name), clip.values(name)[frames])
    np.testing.assert_array_equal(part.offsets, clip.offsets[frames])
    np.testing.assert_array_equal(part.eyelids, clip.eyelids[frames])
    np.testing.assert_array_equal(part.camera.translation, clip.camera.translation[frames])
    assert part.camera.image_paths == clip.camera.image_paths[frames]
    assert part.fps == clip.fps / abs(frames.step or 1)
    assert part.identity.shape == (300,)


def test_one_frame():
    params = random_clip().frame(3)
    assert params.n_frames is None
    np.testing.assert_array_equal(params.jaw, random_clip().params.jaw[3])


def test_what_is_refused():
    with pytest.raises(SequenceError, match="at least one frame, found none"):
        FlameSequence(FlameParams())
    with pytest.raises(SequenceError, match="camera must have the clip's 12 frames, found 3"):
        dataclasses.replace(random_clip(), camera=random_clip().camera[:3])
    with pytest.raises(ParameterError, match=r"same number of frames, found .* eyelids 3"):
        random_clip().with_params(eyelids=np.zeros((3, 2)))
    with pytest.raises(SequenceError, match="frame rate must be above 0, found nan"):
        dataclasses.replace(random_clip(), fps=float("nan"))
    with pytest.raises(SequenceError, match="rotation must be a rotation matrix"):
        dataclasses.replace(random_clip().camera, rotation=np.diag([1.0, 1, -1]))
    with pytest.raises(SequenceError, match="hold some of them"):
        random_clip()[5:5]


def test_a_camera_projects_by_its_own_definition():
    camera = Camera(np.array([500.0, 400, 320, 240]), 640, 480, np.diag([1.0, -1, -1]), np.array([0.0, 0, 2]))
    assert camera.project(np.array([[0.1, 0.2, 1.0]])).tolist() == [[320 + 500 * 0.1, 240 - 400 * 0.2]]
