"""Photos of people whom the model cannot show, and of those whom it can, with nothing told about noise."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from flame_blender.fitting.landmarks.definitions import DefinitionSpread, whitened
from flame_blender.fitting.landmarks.landmarks_2d import View, fit_landmarks_2d
from flame_blender.fitting.landmarks.landmarks_3d import fit_landmarks_3d
from flame_blender.fitting.landmarks.views import UPRIGHT
from flame_blender.fitting.reports.doubts import DOUBTFUL
from flame_blender.fitting.reports.focal import LikelyFocal
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.landmarks import landmark_points
from flame_blender.flame.model import FlameModel
from flame_blender.flame.params import FlameParams
from flame_blender.geometry.camera import Camera
from flame_blender.geometry.rigid import similarity_alignment
from flame_blender.landmark_files.observed import ObservedLandmarks
from tests.fitting.portraits import ALL, HEADS, SIDE, STATIC, fitted, portrait_of, portraits, real_person, turned
from tests.fitting.random_heads import face_region, mean_mm
from tests.fitting.real_scans import MOTION, make_face_model

# Of the twenty heads, all of which benchmarks/fitting.py fits; the ends are the hardest lenses. Without ../shared the
# last is left out: the lens of the made head comes out 2.4 times off from 51 points.
SOME = (0, 6, 13, 19) if MOTION.exists() else (0, 6, 13)


@pytest.fixture(scope="module")
def face_model(tmp_path_factory: pytest.TempPathFactory) -> FlameModel:
    """FLAME 2023 Open's identities, moving as a face does."""
    return make_face_model(tmp_path_factory.mktemp("face"))


@pytest.mark.parametrize("indices", [ALL, STATIC], ids=["68", "51"])
def test_people_whom_the_built_in_head_cannot_show(
    face_model: FlameModel, built_in: FlameModel, indices: np.ndarray
) -> None:
    """Coefficients stay a person's, the lens is found and known to be uncertain, the face is nearer than the mean's."""
    found = [fitted(each, face_model, built_in, indices) for each in portraits(face_model, SOME)]
    for each in found:
        assert each.largest < 3.5
        assert each.root_mean_square < 1.5
        assert each.focal_factor < 2
        assert each.face_mm < 3.5
        assert not any(note.startswith(DOUBTFUL) for note in each.fit.report.notes)
    assert sum(each.focal_told for each in found) >= len(found) - 1
    assert np.mean([each.face_mm for each in found]) < np.mean([each.mean_face_mm for each in found])


@pytest.mark.parametrize("whole", [False, True], ids=["a face's directions", "all 400"])
def test_the_models_own_people(face_model: FlameModel, whole: bool) -> None:
    """Exact points and the focal length are enough: turn and face come back on each head.

    Nothing is told about noise; that the points are exact is found out.
    """
    evaluator, face = FlameEvaluator(face_model), face_region(face_model)
    for seed in range(3):
        rng = np.random.default_rng(500 + seed)
        portrait = portrait_of(face_model, real_person(face_model, rng, whole=whole), 1.5, rng, 0.0)
        fit = fit_landmarks_2d(evaluator, face_model.landmarks["ibug"], [portrait.view(focal=True)])
        assert (turned(fit.params) * turned(portrait.truth).inv()).magnitude() < np.deg2rad(3)
        one, other = (evaluator.vertices(each)[face].astype(np.float64) for each in (fit.params, portrait.truth))
        scale, rotation, translation = similarity_alignment(one, other)
        assert mean_mm(scale * one @ rotation.T + translation, other) < 3
        assert fit.report.mean < 0.2


def test_a_photo_that_tells_its_lens(face_model: FlameModel, built_in: FlameModel) -> None:
    """What EXIF says is nearly believed, and makes the interval narrow."""
    portrait = portraits(face_model, [HEADS - 1])[0]
    true = float(portrait.camera.intrinsics[0])
    said = dataclasses.replace(portrait.view(), likely_focal=LikelyFocal(1.03 * true, 0.05, "its EXIF"))
    focal = fit_landmarks_2d(FlameEvaluator(built_in), built_in.landmarks["ibug"], [said]).report.focal
    assert focal.pixels == pytest.approx(true, rel=0.1)
    assert focal.most / focal.least < 1.2
    assert "its EXIF" in focal.summary()


def test_landmarks_of_no_photo_of_a_face_are_doubted(built_in: FlameModel) -> None:
    """A face with its mouth below its chin and an eye on its forehead: the head stays a person's, and is doubted."""
    pixels = FlameEvaluator(built_in).landmarks(FlameParams(), built_in.landmarks["ibug"])[:, :2] * (4000, -4000) + 512
    pixels[48:] += (0, 90)
    pixels[36:42] -= (0, 120)
    view = View(ObservedLandmarks(pixels, ALL), SIDE, SIDE)
    report = fit_landmarks_2d(FlameEvaluator(built_in), built_in.landmarks["ibug"], [view]).report
    (doubt,) = [note for note in report.notes if "placed right" in note]
    assert doubt.startswith(DOUBTFUL)
    assert "right eye" in doubt
    assert abs(report.coefficients.largest) < 6


@pytest.mark.parametrize("noise", [0.0, 2e-3])
def test_landmarks_in_space_of_somebody_else(face_model: FlameModel, built_in: FlameModel, noise: float) -> None:
    """The same gap in space: coefficients stay a person's, where a millimetre's noise makes three times as much."""
    person, own, rng = FlameEvaluator(face_model), FlameEvaluator(built_in), np.random.default_rng(1)
    largest = []
    for _ in range(3):
        points = person.landmarks(real_person(face_model, rng), face_model.landmarks["ibug"])[17:].astype(np.float64)
        observed = ObservedLandmarks(points + rng.normal(0, noise, points.shape), STATIC)
        fit = fit_landmarks_3d(own, built_in.landmarks["ibug"], observed)
        told = fit_landmarks_3d(own, built_in.landmarks["ibug"], observed, noise=1e-3)
        assert np.abs(fit.params.shape).max() < 3.5
        assert fit.report.coefficients.root_mean_square < 1.5
        largest.append((np.abs(fit.params.shape).max(), np.abs(told.params.shape).max()))
    assert np.mean(largest, 0)[0] < 0.6 * np.mean(largest, 0)[1]


def test_calibrated_photos_of_somebody_else(face_model: FlameModel, built_in: FlameModel) -> None:
    """Three photos meet at places that are not the head's own: its coefficients stay a person's all the same."""
    rng, views = np.random.default_rng(40), []
    truth = real_person(face_model, rng)
    vertices = FlameEvaluator(face_model).vertices(truth)
    for yaw in (-0.6, 0.0, 0.6):
        look = UPRIGHT @ Rotation.from_rotvec([0, yaw, 0]).as_matrix()
        camera = Camera(np.array([1500.0, 1500, 512, 512]), SIDE, SIDE, look, np.array([0, 0.01, 0.8]))
        seen = (Rotation.from_matrix(UPRIGHT @ look) * turned(truth)).as_rotvec()
        points = landmark_points(vertices, face_model.faces, face_model.landmarks["ibug"], seen, np.zeros(3))
        pixels = camera.project(points.astype(np.float64))
        views.append(View(ObservedLandmarks(pixels + rng.normal(0, 2, pixels.shape), ALL), SIDE, SIDE, camera=camera))
    evaluator, embedding = FlameEvaluator(built_in), built_in.landmarks["ibug"]
    fit, told = (fit_landmarks_2d(evaluator, embedding, views, noise=noise) for noise in (None, 2.0))
    assert np.abs(fit.params.shape).max() < 3.5
    assert np.sqrt((fit.params.shape**2).mean()) < 1.5
    assert np.abs(told.params.shape).max() > 2 * np.abs(fit.params.shape).max()
    if MOTION.exists():  # the made head is not so far from the built-in one
        assert np.abs(told.params.shape).max() > 4.5
        assert any(note.startswith(DOUBTFUL) for note in told.report.notes)


@pytest.mark.parametrize("n_rows", [2, 3])
def test_whitening_makes_the_spread_independent(built_in: FlameModel, n_rows: int) -> None:
    """Displacements drawn as the spread says, seen along any directions: whitened they have the unit covariance."""
    rng, embedding = np.random.default_rng(n_rows), built_in.landmarks["ibug"]
    indices = rng.permutation(68)[:40]
    spread, noise, count = DefinitionSpread.of(embedding, indices), 0.7, 40_000
    along = rng.normal(size=(40, n_rows, 3)) * 500
    regions = rng.normal(size=(count, 68, 3))[:, spread.regions] * spread.common
    moved = regions + rng.normal(size=(count, 40, 3)) * spread.own
    seen = np.einsum("lri,nli->nlr", along, moved) + noise * rng.normal(size=(count, 40, n_rows))
    whitening = spread.whitening(along, noise)
    flat = seen.reshape(count, -1) @ whitening
    np.testing.assert_allclose(flat.T @ flat / count, np.eye(40 * n_rows), atol=0.05)
    np.testing.assert_allclose(whitened(whitening, seen[0]).ravel(), flat[0])
    np.testing.assert_allclose(whitened(2.0, seen[0]), 2 * seen[0])
