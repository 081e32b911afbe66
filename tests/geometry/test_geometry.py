"""Axes, frames and cameras: back and forth, and cameras that are none."""

from __future__ import annotations

import numpy as np
import pytest

from flame_blender.errors import SequenceError
from flame_blender.geometry.axes import TO_BLENDER, to_blender, to_flame
from flame_blender.geometry.camera import Camera
from flame_blender.geometry.frame import USUAL, Frame
from flame_blender.geometry.rotation_curves import continuous
from flame_blender.geometry.rotations import matrix_from_axis_angle

GOOD = {
    "intrinsics": (900, 900, 128, 128),
    "width": 256,
    "height": 256,
    "rotation": np.eye(3),
    "translation": (0, 0, 1),
}
TURN = matrix_from_axis_angle(np.array([0.2, -0.7, 0.4]))


@pytest.fixture
def points() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(5, 7, 3)).astype(np.float32)


def test_axes_go_and_come_back(points):
    assert np.array_equal(to_flame(to_blender(points)), points) and to_flame(points).dtype == np.float32
    assert np.allclose(to_blender(points), points @ TO_BLENDER.T)
    assert to_blender(np.array([0.0, 0.0, 1.0])).tolist() == [0, -1, 0], "a face looks along -Y"


@pytest.mark.parametrize("frame", [USUAL, Frame(1.5 * TURN @ TO_BLENDER, np.array([0.1, -2.0, 0.3]))])
def test_a_frame_goes_and_comes_back(points, frame):
    there = frame.to_object(points)
    assert there.dtype == np.float32 and np.allclose(frame.to_flame(there), points, atol=1e-5)
    differences = frame.directions_to_object(points[1:] - points[:-1])
    assert np.allclose(differences, there[1:] - there[:-1], atol=1e-5)


def test_neighbouring_quaternions_lie_on_one_side():
    rng = np.random.default_rng(1)
    steady = np.cumsum(rng.normal(0, 0.05, (40, 4)), axis=0) + np.array([1, 0, 0, 0])
    signs = rng.choice([-1, 1], (40, 1))
    straight = continuous(signs * steady)
    assert ((straight[1:] * straight[:-1]).sum(1) > 0).all()
    assert np.allclose(straight, straight[0, 0] / steady[0, 0] * steady)


def test_a_moving_camera_projects_frame_by_frame(points):
    moving = Camera(**{**GOOD, "translation": np.array([[0, 0, 4.0], [0.1, 0, 5], [0, 0.2, 6], [0, 0, 7], [0, 0, 8]])})
    assert moving.n_frames == 5 and moving[1:3].n_frames == 2 and Camera(**GOOD).n_frames is None
    for number, pixels in enumerate(moving.project(points)):
        still = Camera(**{**GOOD, "translation": moving.translation[number]})
        assert np.allclose(pixels, still.project(points[number]))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"width": 0}, "sides of 1 to 65536 pixels, found 0 x 256"),
        ({"height": 1 << 17}, "sides of 1 to 65536"),
        ({"intrinsics": (900, 0, 128, 128)}, "positive focal lengths"),
        ({"intrinsics": (900, 128, 128)}, r"intrinsics must have shape \(4\) or \(frames, 4\)"),
        ({"translation": (0, 0, np.nan)}, "translation must hold finite numbers"),
        ({"translation": ("a", "b", "c")}, "translation must have shape"),
        ({"rotation": 2 * np.eye(3)}, "rotation matrix"),
        ({"rotation": np.diag([1.0, 1, -1])}, "rotation matrix"),
        ({"translation": np.zeros((4, 3)), "image_paths": ("1.png", "2.png")}, "translation 4, image_paths 2"),
    ],
)
def test_a_camera_that_is_none_is_refused(wrong, said):
    with pytest.raises(SequenceError, match=said):
        Camera(**{**GOOD, **wrong})
