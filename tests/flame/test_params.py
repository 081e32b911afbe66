"""FlameParams: zeros, batches, pose orders, FLAME_PyTorch's arguments, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from flame_blender.errors import ParameterError
from flame_blender.flame.params import POSE_FIELDS, VECTOR_FIELDS, FlameParams, padded


def test_everything_left_out_is_zero():
    params = FlameParams()
    assert params.n_frames is None
    assert params.shape.shape == params.expression.shape == (0,)
    assert params.offsets is None
    for name in VECTOR_FIELDS:
        assert np.array_equal(getattr(params, name), np.zeros(3))
    assert np.array_equal(FlameParams(jaw=None).jaw, np.zeros(3))


def test_arrays_are_float32_copies_that_nobody_can_write():
    given = np.array([1.0, 2.0])
    params = FlameParams(shape=given)
    given[0] = 9
    assert params.shape.dtype == np.float32
    assert params.shape.tolist() == [1, 2]
    for array in (params.shape, params.neck):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def test_lists_and_whole_numbers_are_taken():
    assert FlameParams(shape=[1, 2], jaw=(0, 1, 0)).jaw.tolist() == [0, 1, 0]


@pytest.mark.parametrize("field", ["shape", "expression", *VECTOR_FIELDS])
def test_any_field_with_a_frame_axis_makes_a_batch(field):
    assert FlameParams(**{field: np.zeros((7, 3))}).n_frames == 7


def test_offsets_with_a_frame_axis_make_a_batch():
    assert FlameParams(offsets=np.zeros((5, 3))).n_frames is None
    assert FlameParams(offsets=np.zeros((7, 5, 3))).n_frames == 7


def test_batch_without_frames():
    assert FlameParams(jaw=np.zeros((0, 3))).n_frames == 0


def test_different_frame_counts_are_refused():
    with pytest.raises(ParameterError, match=r"same number of frames, found shape 2, jaw 3\."):
        FlameParams(shape=np.zeros((2, 4)), jaw=np.zeros((3, 3)), neck=np.zeros(3))


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("jaw", np.zeros(4), r"jaw must have shape \(3\) or \(frames, 3\), found \(4,\)\."),
        ("jaw", 1.0, r"jaw must have shape \(3\) or \(frames, 3\), found \(\)\."),
        ("translation", np.zeros((1, 2, 3)), r"translation must have shape .*, found \(1, 2, 3\)\."),
        ("shape", np.zeros((1, 2, 3)), r"shape must have shape \(any\) or \(frames, any\), found \(1, 2, 3\)\."),
        ("offsets", np.zeros((4, 2)), r"offsets must have shape \(any, 3\) or \(frames, any, 3\), found \(4, 2\)\."),
        ("offsets", np.zeros(3), r"offsets must have shape .* found \(3,\)\."),
        ("shape", [0, np.nan], r"shape must hold finite numbers, found NaN or infinity\."),
        ("neck", [0, 0, np.inf], r"neck must hold finite numbers"),
        ("expression", [1e300], r"expression must hold finite numbers"),
        ("offsets", np.full((4, 3), np.nan), r"offsets must hold finite numbers"),
        ("shape", ["a"], r"shape must hold numbers, found <U1\."),
        ("shape", [1j], r"shape must hold numbers, found complex128\."),
    ],
)
def test_bad_values_are_refused_by_name(field, value, message):
    with pytest.raises(ParameterError, match=message):
        FlameParams(**{field: value})


@pytest.mark.parametrize("frames", [None, 1, 4])
def test_pose15_order_and_round_trip(frames):
    pose = np.arange(15.0) if frames is None else np.arange(15.0 * frames).reshape(frames, 15)
    params = FlameParams.from_pose15(pose, shape=[1.0])
    assert POSE_FIELDS == ("global_rotation", "neck", "jaw", "left_eye", "right_eye")
    assert np.array_equal(params.jaw, pose[..., 6:9])
    assert np.array_equal(params.right_eye, pose[..., 12:])
    assert np.array_equal(params.pose15(), pose)
    assert params.shape.tolist() == [1]
    assert params.n_frames == frames


def test_pose15_of_a_batch_repeats_what_holds_for_all_frames():
    pose = FlameParams(neck=[1, 2, 3], jaw=np.ones((4, 3))).pose15()
    assert pose.shape == (4, 15)
    assert np.array_equal(pose[:, 3:6], np.tile([1, 2, 3], (4, 1)))


def test_pose6_is_root_and_jaw():
    params = FlameParams.from_pose6(np.arange(6.0), neck=[7, 8, 9])
    assert params.global_rotation.tolist() == [0, 1, 2]
    assert params.jaw.tolist() == [3, 4, 5]
    assert params.neck.tolist() == [7, 8, 9]
    assert params.pose6().tolist() == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize(("make", "width"), [(FlameParams.from_pose15, 15), (FlameParams.from_pose6, 6)])
def test_poses_of_another_width_are_refused(make, width):
    with pytest.raises(ParameterError, match=rf"pose must have shape \({width}\) or \(frames, {width}\), found \(7,\)"):
        make(np.zeros(7))


def test_torch_arguments_round_trip():
    rng = np.random.default_rng(0)
    fields = {name: rng.normal(size=(3, 3)) for name in VECTOR_FIELDS}
    params = FlameParams(shape=rng.normal(size=20), expression=rng.normal(size=(3, 50)), **fields)
    arguments = params.torch_arguments()
    assert {name: a.shape for name, a in arguments.items()} == {
        "shape_params": (3, 100),
        "expression_params": (3, 50),
        "pose_params": (3, 6),
        "neck_pose": (3, 3),
        "eye_pose": (3, 6),
        "transl": (3, 3),
    }
    back = FlameParams.from_torch_arguments(**{name: torch.tensor(a) for name, a in arguments.items()})
    assert np.array_equal(back.pose15(), params.pose15())
    assert np.array_equal(back.translation, params.translation)
    assert np.array_equal(back.expression, params.expression)
    assert np.array_equal(back.shape, np.tile(padded("shape", params.shape, 100), (3, 1)))


def test_torch_arguments_of_a_single_frame_get_a_batch_axis():
    arguments = FlameParams(jaw=[1, 2, 3]).torch_arguments(n_shape=0, n_expression=2)
    assert arguments["pose_params"].tolist() == [[0, 0, 0, 1, 2, 3]]
    assert arguments["shape_params"].shape == (1, 0)
    assert arguments["expression_params"].shape == (1, 2)


def test_torch_arguments_refuse_what_the_call_cannot_say():
    with pytest.raises(ParameterError, match=r"shape must have at most 100 coefficients, found 101\."):
        FlameParams(shape=np.zeros(101)).torch_arguments()
    with pytest.raises(ParameterError, match="offsets must be None"):
        FlameParams(offsets=np.zeros((5, 3))).torch_arguments()


def test_tensors_with_gradients_are_taken():
    params = FlameParams.from_torch_arguments(shape_params=torch.ones(1, 2, requires_grad=True))
    assert params.shape.tolist() == [[1, 1]]
    assert params.n_frames == 1


def test_padding_fills_up_at_the_end_and_copies_nothing_that_fits():
    full = np.ones((2, 3), np.float32)
    assert padded("shape", full, 3) is full
    assert padded("shape", full, 5).tolist() == [[1, 1, 1, 0, 0]] * 2
    with pytest.raises(ParameterError, match=r"shape must have at most 2 coefficients, found 3\."):
        padded("shape", full, 2)
