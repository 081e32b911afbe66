"""From a clip back to scores: that they are those it was made of, SciPy's, and told with what they leave."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy.optimize import lsq_linear

from flame_blender.errors import ModelError, ParameterError
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.model import FlameModel
from flame_blender.flame.params import FlameParams
from flame_blender.geometry.rotations import matrix_from_axis_angle
from flame_blender.long_work import result_of
from flame_blender.model_controls.control_basis import ControlBasis
from flame_blender.model_controls.over_time import solving_over_time
from flame_blender.model_controls.scores import ArkitScores, solve_arkit
from tests.model_controls.scored_clips import blinks, clip_of, faces, jitter, moving

FRAMES = 200


def _controlled(found) -> FlameModel:
    model, computed = found
    return dataclasses.replace(model, controls=computed.controls)


@pytest.fixture(scope="module")
def face_like(computed) -> FlameModel:
    return _controlled(computed)


@pytest.fixture(scope="module")
def mixture(mixed) -> FlameModel:
    return _controlled(mixed)


def _off(model: FlameModel, found: ArkitScores, true: np.ndarray) -> dict[str, float]:
    """Mean error of each control that moves anything."""
    moves = np.diag(ControlBasis(model).gram)[:52] > 1e-12
    off = np.abs(found.scores - true).mean(0)
    return {name: float(error) for name, error, some in zip(found.names, off, moves, strict=True) if some}


def test_each_frame_is_scipys():
    """Bounds met below and above, frames told each for itself."""
    rng = np.random.default_rng(0)
    matrix, right = rng.normal(size=(80, 12)), 3 * rng.normal(size=(80, 9))
    found = result_of(solving_over_time(matrix.T @ matrix, matrix.T @ right, 0.3, np.zeros(12)))
    for column in range(9):
        expected = lsq_linear(matrix, right[:, column], (0.0, 0.3), tol=1e-14).x
        assert np.allclose(found[:, column], expected, atol=1e-5)
    assert (found == 0.0).any() and (found == 0.3).any()


def test_frames_tied_to_each_other_are_scipys():
    """All frames in one large problem, the ties as rows of their own, each control with its own."""
    rng = np.random.default_rng(1)
    matrix, right, stillness = rng.normal(size=(40, 5)), 6 * rng.normal(size=(40, 8)), rng.uniform(20, 100, 5)
    found = result_of(solving_over_time(matrix.T @ matrix, matrix.T @ right, 0.4, stillness))
    data = np.kron(np.eye(8), matrix)
    ties = np.kron(np.diff(np.eye(8), axis=0), np.diag(np.sqrt(stillness)))
    wanted = np.r_[right.T.ravel(), np.zeros(len(ties))]
    expected = lsq_linear(np.vstack([data, ties]), wanted, (0.0, 0.4), tol=1e-14).x.reshape(8, 5).T
    assert np.allclose(found, expected, atol=1e-4)
    alone = result_of(solving_over_time(matrix.T @ matrix, matrix.T @ right, 0.4, np.zeros(5)))
    assert stillness @ (np.diff(found) ** 2).sum(1) < 0.8 * stillness @ (np.diff(alone) ** 2).sum(1)


def test_a_row_that_is_never_above_another():
    """In other unknowns, the first row and what the second has beyond it, both from 0."""
    rng = np.random.default_rng(2)
    matrix, right = rng.normal(size=(60, 4)), 3 * rng.normal(size=(60, 40))
    found = result_of(solving_over_time(matrix.T @ matrix, matrix.T @ right, 10.0, np.zeros(4), [(1, 2)]))
    other = matrix.copy()
    other[:, 1] += matrix[:, 2]
    for column in range(40):
        expected = lsq_linear(other, right[:, column], (0.0, 10.0), tol=1e-14).x
        expected[2] += expected[1]
        assert np.allclose(found[:, column], expected, atol=1e-4)
    assert (found[1] <= found[2] + 1e-12).all() and np.isclose(found[1], found[2]).any()


def test_scores_to_flame_and_back(face_like, built_in):
    """200 faces of some controls at once. Without correctives one-sided movements are FLAME's, and told as that."""
    for model in (face_like, built_in):
        names = model.controls.names
        true = faces(names, FRAMES, np.random.default_rng(2))
        found = solve_arkit(clip_of(model, true), model, smoothing=0)
        off = _off(model, found, true)
        assert np.mean(list(off.values())) < 0.002 and max(off.values()) < 0.01, off
        assert found.mean_residual < 0.01
    alone = clip_of(face_like, faces(face_like.controls.names, FRAMES, np.random.default_rng(2)), correctives=False)
    true = faces(face_like.controls.names, FRAMES, np.random.default_rng(2))
    off = _off(face_like, solve_arkit(alone, face_like, smoothing=0), true)
    assert np.mean(list(off.values())) < 0.055 and max(off.values()) < 0.16, off
    assert min(off["jawOpen"], off["eyeLookInLeft"]) < off["mouthPressLeft"], "what FLAME can do is told best"
    off = _off(face_like, solve_arkit(alone, face_like, smoothing=0, correctives=False), true)
    assert np.mean(list(off.values())) < 0.015, "told by what FLAME does of each"


def test_scores_come_back_from_mixtures(mixture):
    true = faces(mixture.controls.names, FRAMES, np.random.default_rng(3))
    for correctives in (True, False):
        clip = clip_of(mixture, true, correctives=correctives)
        off = _off(mixture, solve_arkit(clip, mixture, smoothing=0, correctives=correctives), true)
        assert np.mean(list(off.values())) < 0.01, off


def test_smoothing_halves_jitter_and_nothing_comes_late(face_like):
    names = face_like.controls.names
    rng = np.random.default_rng(4)
    true, noise = moving(names, 400, rng), jitter(face_like, 400, rng)
    clean, noisy = clip_of(face_like, true), clip_of(face_like, true, added=noise)

    def solved(clip, smoothing):
        return solve_arkit(clip, face_like, smoothing=smoothing).scores.astype(float)

    trembling, off, unshaken = {}, {}, {}
    for smoothing in (0.0, 1.0, 10.0):
        still, shaken = solved(clean, smoothing), solved(noisy, smoothing)
        unshaken[smoothing] = still
        trembling[smoothing] = np.diff(shaken - still, axis=0).std()
        off[smoothing] = np.sqrt(((shaken - true) ** 2).mean())
    assert trembling[1.0] < 0.75 * trembling[0.0] and trembling[10.0] < 0.52 * trembling[0.0], trembling
    assert off[1.0] < off[0.0], off
    column = names.index("eyeBlinkLeft")
    for smoothing, least in ((1.0, 0.95), (10.0, 0.9)):
        still = unshaken[smoothing]
        peaks = [still[start : start + 6, column] for start in blinks(400)]
        assert all(peak.argmax() == 2 and peak.max() > least for peak in peaks), "as high, and in its own frame"
        assert np.allclose(solved(clean[::-1], smoothing)[::-1], still, atol=2e-3), "the same backwards"
        steps, wanted = still - still.mean(0), true - true.mean(0)
        agreement = [(np.roll(steps, shift, 0) * wanted)[5:-5].sum() for shift in (-1, 0, 1)]
        assert np.argmax(agreement) == 1


def test_what_is_left_is_what_meshes_show(face_like):
    """The residual of a clip that no scores can tell, beside the vertices of the clip and of its scores."""
    model, controls = face_like, face_like.controls
    rng = np.random.default_rng(5)
    params = FlameParams(expression=rng.normal(0, 0.7, (20, model.n_expression)))
    clip = clip_of(model, np.zeros((20, 52))).with_params(expression=params.expression)
    found = solve_arkit(clip, model, smoothing=0)
    evaluator, basis = FlameEvaluator(model), ControlBasis(model)
    weights = basis.skin_roots[:, 0] ** 2
    shown = evaluator.vertices(params)
    values = found.scores @ controls.table
    told = evaluator.vertices(
        FlameParams(
            expression=values[:, :-9], jaw=values[:, -9:-6], offsets=np.tensordot(found.scores, controls.correctives, 1)
        )
    )
    off = 1000 * np.sqrt((((shown - told) ** 2).sum(2) * weights).sum(1))
    assert np.allclose(found.residuals, off, rtol=0.1, atol=0.02) and found.mean_residual > 0.2
    assert found.worst_frame == found.residuals.argmax() and f"in frame {found.worst_frame:g}" in found.summary()


def test_head_and_gaze_are_told_apart_from_the_face(built_in):
    names = built_in.controls.names
    true = np.zeros((2, 52))
    true[1, [names.index("eyeLookInLeft"), names.index("eyeLookUpRight"), names.index("jawOpen")]] = 0.5, 0.8, 0.6
    clip = clip_of(built_in, true)
    still = solve_arkit(clip.with_params(global_rotation=(0, 0, 0), neck=(0, 0, 0), translation=(0, 0, 0)), built_in)
    found = solve_arkit(clip, built_in)
    assert np.array_equal(found.scores, still.scores)
    expected = matrix_from_axis_angle(clip.params.global_rotation) @ matrix_from_axis_angle(clip.params.neck)
    assert np.allclose(matrix_from_axis_angle(found.head), expected, atol=1e-6)
    assert np.allclose(found.left_eye, clip.params.left_eye) and not still.head.any()
    only_eyes = clip.with_params(expression=np.zeros((2, built_in.n_expression)), jaw=(0, 0, 0))
    found = solve_arkit(only_eyes, built_in, smoothing=0)
    assert found.of("eyeLookInLeft")[1] == pytest.approx(0.5, abs=0.01)
    assert found.of("eyeLookUpRight")[1] == pytest.approx(0.8, abs=0.02), "though the lids stayed behind"


def test_a_jaw_that_its_joint_opens(face_like):
    """As trackers open it, without what the control adds to the joint's turn: told by the joint, by nothing else."""
    controls = face_like.controls
    opened = controls.table[controls.names.index("jawOpen"), -9:-6]
    clip = clip_of(face_like, np.zeros((3, 52))).with_params(jaw=np.outer((0, 0.6, 0.9), opened))
    found = solve_arkit(clip, face_like, smoothing=0)
    assert np.allclose(found.of("jawOpen"), (0, 0.6, 0.9), atol=0.02)
    others = np.delete(found.scores, controls.names.index("jawOpen"), axis=1)
    assert others.max() < 0.02, found.names[found.scores[1].argmax()]


def test_eyelids_count_as_a_blink(face_like):
    """Those of a clip, whether the model has shapes for them or not."""
    clip = clip_of(face_like, np.zeros((3, 52))).with_params(eyelids=[(0, 0), (1.0, 0.25), (0.5, 0)])
    found = solve_arkit(clip, face_like, smoothing=0)
    assert np.allclose(found.of("eyeBlinkLeft"), (0, 1.0, 0.5), atol=0.02)
    assert np.allclose(found.of("eyeBlinkRight"), (0, 0.25, 0), atol=0.02)


def test_the_persons_offsets_are_no_part_of_the_face(face_like):
    true = faces(face_like.controls.names, 20, np.random.default_rng(6))
    clip = clip_of(face_like, true, correctives=False)
    person = np.random.default_rng(7).normal(0, 1e-3, face_like.v_template.shape)
    found, without = (solve_arkit(each, face_like) for each in (clip.with_params(offsets=person), clip))
    assert np.array_equal(found.scores, without.scores)


def test_stronger_faces_where_they_are_asked_for(face_like):
    true = np.zeros((4, 52))
    true[:, face_like.controls.names.index("mouthSmileLeft")] = 1.4
    clip = clip_of(face_like, true)
    assert solve_arkit(clip, face_like).scores.max() == 1.0
    assert solve_arkit(clip, face_like, largest=2.0).of("mouthSmileLeft")[1] == pytest.approx(1.4, abs=0.01)


def test_what_does_not_fit_is_refused(face_like, built_in, computed):
    clip = clip_of(face_like, np.zeros((2, 52)), correctives=False)
    with pytest.raises(ModelError, match="named controls, found none; compute them"):
        solve_arkit(clip, computed[0])
    with pytest.raises(ParameterError, match=r"expression must have at most 47 .* found 100"):
        solve_arkit(clip, built_in)
    with pytest.raises(ParameterError, match="smoothing: expected 0 to 100, found -1"):
        solve_arkit(clip, face_like, smoothing=-1)
    shares: list[float] = []
    solve_arkit(clip, face_like, progress=shares.append)
    assert shares == sorted(shares) and shares[-1] <= 1.0
