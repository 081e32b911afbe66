"""FlameEvaluator against smplx, batches against single frames, and identities prepared once."""

from __future__ import annotations

import threading
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest

from flame_blender.errors import ParameterError
from flame_blender.flame import cores
from flame_blender.flame import evaluator as evaluator_module
from flame_blender.flame.evaluator import FRAMES_PER_CHUNK, PREPARED_IDENTITIES, FlameEvaluator
from flame_blender.flame.landmarks import YAW_SIGN_FLAME_PYTORCH, contour_row
from flame_blender.flame.model import FlameModel
from flame_blender.flame.params import POSE_FIELDS, FlameParams
from tests.flame.face_like import face_like_model
from tests.flame.full_size import full_size_arrays, random_parameters, small_model
from tests.flame.smplx_reference import smplx_results_of

METRES = 1e-6


@pytest.fixture(scope="module")
def small() -> FlameEvaluator:
    return FlameEvaluator(small_model())


def small_params(frames: int | None, seed: int = 0, **others) -> FlameParams:
    rng = np.random.default_rng(seed)
    axes = () if frames is None else (frames,)
    vectors = {name: rng.normal(0, 0.5, (*axes, 3)) for name in (*POSE_FIELDS, "translation")}
    shape, expression = rng.normal(size=4), rng.normal(size=(*axes, 3))
    return FlameParams(**{"shape": shape, "expression": expression, **vectors, **others})


def of_frame(params: FlameParams, row: int) -> FlameParams:
    names = ("shape", "expression", *POSE_FIELDS, "translation")
    fields = {name: getattr(params, name) for name in names}
    fields = {name: array[row] if array.ndim == 2 else array for name, array in fields.items()}
    offsets = params.offsets
    return FlameParams(**fields, offsets=offsets if offsets is None or offsets.ndim == 2 else offsets[row])


@pytest.mark.parametrize("number_of_cores", [1, 3])
def test_vertices_joints_and_landmarks_are_smplxs(model, thousand_params, smplx_results, number_of_cores, monkeypatch):
    monkeypatch.setattr(cores, "CORES", number_of_cores)
    evaluator = FlameEvaluator(model)
    vertices = evaluator.vertices(thousand_params)
    assert np.isfinite(vertices).all() and np.abs(vertices - smplx_results.vertices).max() <= METRES
    if number_of_cores == 1:
        landmarks = evaluator.landmarks(thousand_params, model.landmarks["ibug"], YAW_SIGN_FLAME_PYTORCH)
        np.testing.assert_allclose(evaluator.joints(thousand_params), smplx_results.joints, rtol=0, atol=METRES)
        np.testing.assert_allclose(landmarks, smplx_results.landmarks, rtol=0, atol=METRES)


def test_sparse_skinning_and_eyes_without_correctives_are_smplxs():
    """A file that moves as a face does: its batches leave out what is zero."""
    model, params = face_like_model(), FlameParams(**random_parameters(np.random.default_rng(5), frames=20))
    evaluator, expected = FlameEvaluator(model), smplx_results_of(model, params, model.landmarks["ibug"])
    assert evaluator.n_correctives == 18
    np.testing.assert_allclose(evaluator.vertices(params), expected.vertices, rtol=0, atol=METRES)
    for row in range(20):
        np.testing.assert_allclose(
            evaluator.vertices(of_frame(params, row)), expected.vertices[row], rtol=0, atol=METRES
        )


@pytest.mark.parametrize("kept", [0, 1, 9, 27, 36])
def test_correctives_of_zero_at_the_end_change_nothing(kept):
    model = small_model()
    first, params = len(model.basis) - 36, small_params(4)
    basis = model.basis.copy()
    basis[first + kept :] = 0
    found = FlameEvaluator(replace(model, basis=basis))
    assert found.n_correctives == kept
    every = FlameEvaluator(replace(model, basis=basis))
    every.n_correctives = 36
    np.testing.assert_allclose(found.vertices(params), every.vertices(params), rtol=0, atol=METRES)


def test_the_parameter_sets_reach_every_row_of_the_contour(thousand_params):
    rows = contour_row(thousand_params.global_rotation, thousand_params.neck, YAW_SIGN_FLAME_PYTORCH)
    assert set(rows.tolist()) == set(range(79))
    assert np.abs(thousand_params.global_rotation[:, 1]).max() > 1
    assert np.abs(thousand_params.neck[:, 1]).max() > 1


@pytest.mark.parametrize("frames", [1, FRAMES_PER_CHUNK - 1, FRAMES_PER_CHUNK, FRAMES_PER_CHUNK + 1])
@pytest.mark.parametrize("per_frame", [(), ("shape",), ("offsets",), ("shape", "offsets")])
def test_a_batch_is_its_frames(small, frames, per_frame):
    rng = np.random.default_rng(1)
    identity = {"shape": (4,), "offsets": (40, 3)}
    fields = {k: rng.normal(0, 0.1, (frames, *s) if k in per_frame else s) for k, s in identity.items()}
    params = small_params(frames, **fields)
    embedding = small.model.landmarks["ibug"]
    vertices, joints, landmarks = small.vertices(params), small.joints(params), small.landmarks(params, embedding)
    assert vertices.shape == (frames, 40, 3)
    for row in range(frames):
        one = of_frame(params, row)
        assert one.n_frames is None
        np.testing.assert_allclose(vertices[row], small.vertices(one), rtol=0, atol=METRES)
        np.testing.assert_allclose(joints[row], small.joints(one), rtol=0, atol=METRES)
        np.testing.assert_allclose(landmarks[row], small.landmarks(one, embedding), rtol=0, atol=METRES)


@pytest.mark.parametrize("field", ["shape", "expression", *POSE_FIELDS, "translation", "offsets"])
def test_any_one_field_may_be_the_batch(small, field):
    still = small_params(None)
    value = np.random.default_rng(2).normal(0, 0.1, (2, 40, 3) if field == "offsets" else (2, 3))
    params = small_params(None, **{field: value})
    vertices, joints = small.vertices(params), small.joints(params)
    for row in range(2):
        np.testing.assert_allclose(vertices[row], small.vertices(of_frame(params, row)), rtol=0, atol=METRES)
        np.testing.assert_allclose(joints[row], small.joints(of_frame(params, row)), rtol=0, atol=METRES)
    assert np.abs(vertices - small.vertices(still)).max() > 1e-3


def test_a_batch_without_frames_is_empty(small):
    params = FlameParams(jaw=np.zeros((0, 3)))
    assert small.vertices(params).shape == (0, 40, 3)
    assert small.joints(params).shape == (0, 5, 3)
    assert small.landmarks(params, small.model.landmarks["ibug"]).shape == (0, 68, 3)


def test_results_are_contiguous_float32_and_never_overwritten(small):
    for frames in (None, 3):
        params = small_params(frames)
        results = [small.vertices(params), small.joints(params), small.landmarks(params, small.model.landmarks["ibug"])]
        kept = [result.copy() for result in results]
        small.vertices(small_params(frames, seed=9))
        for result, copy in zip(results, kept, strict=True):
            assert result.dtype == np.float32
            assert result.flags.c_contiguous
            assert np.array_equal(result, copy)


def test_nothing_asked_gives_the_template(full_model):
    evaluator = FlameEvaluator(full_model)
    np.testing.assert_allclose(evaluator.vertices(FlameParams()), full_model.v_template, rtol=0, atol=1e-7)
    expected = full_model.joint_regressor @ full_model.v_template
    np.testing.assert_allclose(evaluator.joints(FlameParams()), expected, rtol=0, atol=METRES)


def test_short_vectors_are_filled_up_with_zeros(small):
    short = small_params(None, shape=[1.0, -2.0], expression=[0.5])
    full = small_params(None, shape=[1.0, -2.0, 0, 0], expression=[0.5, 0, 0])
    assert np.array_equal(small.vertices(short), small.vertices(full))
    assert np.array_equal(small.joints(short), small.joints(full))


@pytest.mark.parametrize("frames", [None, 2])
@pytest.mark.parametrize(
    ("field", "shape", "message"),
    [
        ("shape", (5,), r"shape must have at most 4 coefficients, found 5\."),
        ("expression", (4,), r"expression must have at most 3 coefficients, found 4\."),
        ("offsets", (39, 3), r"offsets must have one row for each of 40 vertices, found 39\."),
    ],
)
def test_what_does_not_fit_the_model_is_refused(small, frames, field, shape, message):
    params = FlameParams(**{field: np.zeros(shape if frames is None else (frames, *shape))})
    for evaluate in (small.vertices, small.joints):
        with pytest.raises(ParameterError, match=message):
            evaluate(params)


def test_offsets_are_a_changed_template():
    arrays = full_size_arrays()
    offsets = np.random.default_rng(3).normal(0, 5e-3, arrays["v_template"].shape).astype(np.float32)
    one = {k: v[0] for k, v in random_parameters(np.random.default_rng(4), 3).items()}
    found = FlameEvaluator(FlameModel.from_arrays(**arrays))
    arrays["v_template"] = arrays["v_template"] + offsets
    expected = FlameEvaluator(FlameModel.from_arrays(**arrays))
    with_offsets, without = FlameParams(**one, offsets=offsets), FlameParams(**one)
    np.testing.assert_allclose(found.vertices(with_offsets), expected.vertices(without), rtol=0, atol=METRES)
    np.testing.assert_allclose(found.joints(with_offsets), expected.joints(without), rtol=0, atol=METRES)


def test_root_turns_about_its_own_joint(small):
    rest = small.joints(FlameParams())[0]
    moved = np.array([1.0, 2.0, 3.0])
    turned = FlameParams(global_rotation=[0.3, 2.0, -1.0], translation=moved)
    np.testing.assert_allclose(small.joints(turned)[0], rest + moved, rtol=0, atol=METRES)
    arms, turned_arms = small.model.v_template - rest, small.vertices(turned) - (rest + moved)
    np.testing.assert_allclose(np.linalg.norm(turned_arms, axis=1), np.linalg.norm(arms, axis=1), rtol=0, atol=METRES)


def test_translation_moves_vertices_whose_weights_do_not_add_up_to_one():
    model = small_model()
    evaluator = FlameEvaluator(replace(model, weights=model.weights * np.float32(0.5)))
    moved = evaluator.vertices(FlameParams(translation=[1, 2, 3])) - evaluator.vertices(FlameParams())
    np.testing.assert_allclose(moved, np.tile([1, 2, 3], (40, 1)), rtol=0, atol=METRES)


@pytest.mark.parametrize(("n_identity", "n_expression"), [(0, 3), (4, 0), (0, 0), (7, 11)])
def test_any_count_of_directions(n_identity, n_expression):
    model = small_model(n_identity=n_identity, n_expression=n_expression)
    shape, expression = np.ones(n_identity), np.ones((2, n_expression))
    vertices = FlameEvaluator(model).vertices(FlameParams(shape=shape, expression=expression))
    expected = model.v_template + model.shapedirs.sum(-1)
    np.testing.assert_allclose(vertices, [expected, expected], rtol=0, atol=METRES)


def test_identity_is_prepared_once_for_the_same_values(small, monkeypatch):
    evaluator, shape, offsets = FlameEvaluator(small.model), np.array([1.0, 2.0]), np.zeros((40, 3))
    first = evaluator.prepare(shape, offsets)
    with monkeypatch.context() as patched:
        patched.setattr(evaluator, "_shaped", None)  # preparing again would fail
        assert evaluator.prepare([1, 2, 0, 0], offsets.astype(np.float32)) is first
        evaluator.vertices(small_params(None, shape=shape, offsets=offsets))
        evaluator.vertices(small_params(3, shape=shape, offsets=offsets))
    for array in (shape, offsets):
        array[0] += 1.0  # changed in place by its owner: the object is the same, the values are not
        assert evaluator.prepare(shape, offsets) is not first
    assert evaluator.prepare(shape) is not evaluator.prepare(shape, offsets)


def test_prepared_identities_are_given_up_in_the_end(small):
    evaluator = FlameEvaluator(small.model)
    first = evaluator.prepare([0.5])
    for value in range(PREPARED_IDENTITIES):
        evaluator.prepare([value])
    assert evaluator.prepare([0.5]) is not first


def test_prepare_is_for_one_identity(small):
    with pytest.raises(ParameterError, match="without a frame axis"):
        small.prepare(np.zeros((2, 4)))
    with pytest.raises(ParameterError, match="without a frame axis"):
        small.prepare(offsets=np.zeros((2, 40, 3)))
    with pytest.raises(ParameterError, match=r"shape must hold finite numbers"):
        small.prepare([np.nan])


def test_frame_is_planar_and_takes_what_blender_reads(small):
    params = small_params(None)
    identity, rotations = small.prepare(params.shape), params.pose15().reshape(5, 3)
    planar = identity.frame(params.expression, rotations, params.translation)
    assert planar.shape == (3, 40)
    assert planar.dtype == np.float32
    assert np.array_equal(planar.T, small.vertices(params))
    as_doubles = identity.frame(params.expression.astype(float), rotations.astype(float), params.translation.tolist())
    assert np.array_equal(as_doubles, planar)
    short = identity.frame(params.expression[:1], rotations, params.translation)
    assert np.array_equal(short, small.vertices(small_params(None, expression=params.expression[:1])).T)
    joints = identity.joints_frame(params.expression, rotations, params.translation)
    assert np.array_equal(joints, small.joints(params))


def test_evaluators_share_the_models_arrays(full_model):
    tracemalloc.start()
    evaluators = [FlameEvaluator(full_model) for _ in range(10)]
    for evaluator in evaluators:
        evaluator.vertices(FlameParams(shape=np.ones(300), expression=np.ones(100), jaw=[0.1, 0, 0]))
    held, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < full_model.basis.nbytes / 5
    assert peak < full_model.basis.nbytes / 2
    assert np.shares_memory(evaluators[9].driven_directions, full_model.basis)


def test_threads_do_not_disturb_each_other(full_model):
    evaluator = FlameEvaluator(full_model)
    params = [FlameParams(expression=[i], jaw=[0.1 * i, 0, 0]) for i in range(4)]
    expected = [evaluator.vertices(p) for p in params]
    differing: list[object] = []

    def evaluate(i: int) -> None:
        differing.extend(i for _ in range(30) if not np.array_equal(evaluator.vertices(params[i]), expected[i]))

    threads = [threading.Thread(target=evaluate, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not differing


def test_zero_coefficients_cost_no_directions():
    directions = np.full((3, 6), np.nan, np.float32)
    directions[0] = 1.0
    assert evaluator_module.combine(np.array([2, 0, 0], np.float32), directions).tolist() == [2] * 6
    assert evaluator_module.combine(np.zeros((2, 3), np.float32), directions).tolist() == [[0] * 6] * 2
