"""Heads come back from their landmarks: in space, in one photo, in several."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from flame_blender.errors import LandmarkError, ParameterError
from flame_blender.fitting.landmarks.embedded import EmbeddedLandmarks
from flame_blender.fitting.landmarks.held_yaw import WITHIN_A_DEGREE, HeldYaw
from flame_blender.fitting.landmarks.landmarks_2d import View, fit_landmarks_2d
from flame_blender.fitting.landmarks.landmarks_3d import fit_landmarks_3d, fitting_landmarks_3d
from flame_blender.fitting.landmarks.views import UPRIGHT, ObservedView
from flame_blender.fitting.reports.outcome import Fit
from flame_blender.fitting.solver.layer import HeadPart
from flame_blender.fitting.solver.least_squares import Prior
from flame_blender.fitting.solver.unknowns import Unknowns
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.landmarks import YAW_SIGN_SILHOUETTE, landmark_points, yaw_of
from flame_blender.flame.model import FlameModel
from flame_blender.flame.params import FlameParams
from flame_blender.geometry.camera import Camera
from flame_blender.geometry.rigid import similarity_alignment
from flame_blender.landmark_files.observed import ObservedLandmarks
from tests.fitting.random_heads import face_region, mean_mm, random_head, with_a_faces_motion

STATIC, ALL = np.arange(17, 68), np.arange(68)
FOCAL, SIDE = 1500.0, 1024
EXACT, EXACT_PIXELS = 1e-5, 0.05  # metres, pixels: of points that the model made itself


@pytest.fixture(scope="module", params=["built_in", "shared_model"])
def model(request: pytest.FixtureRequest) -> FlameModel:
    """The built-in head, and full-size files on FLAME's topology."""
    return request.getfixturevalue(request.param)


def turned(params: FlameParams) -> Rotation:
    """How root and neck turn the head."""
    return Rotation.from_rotvec(params.global_rotation) * Rotation.from_rotvec(params.neck)


def photographed(model: FlameModel, params: FlameParams, camera: Camera) -> np.ndarray:
    """(68, 2) pixels, the contour where this camera sees the outline."""
    seen = Rotation.from_matrix(UPRIGHT @ camera.rotation) * turned(params)
    vertices = FlameEvaluator(model).vertices(params)
    points = landmark_points(vertices, model.faces, model.landmarks["ibug"], seen.as_rotvec(), np.zeros(3))
    return camera.project(points)


def camera_at(yaw: float, distance: float = 0.8) -> Camera:
    """One that looks at the origin from the side."""
    rotation = UPRIGHT @ Rotation.from_rotvec([0, yaw, 0]).as_matrix()
    intrinsics = np.array([FOCAL, FOCAL, SIDE / 2, SIDE / 2])
    return Camera(intrinsics, SIDE, SIDE, rotation, np.array([0.0, 0.01, distance]))


@pytest.mark.parametrize("seed", range(2))
def test_exact_points_in_space(model: FlameModel, seed: int) -> None:
    """51 points without noise: met to 0.05 mm, and the face between them to 2 mm on average."""
    evaluator, truth = FlameEvaluator(model), random_head(model, np.random.default_rng(seed))
    points = evaluator.landmarks(truth, model.landmarks["ibug"])[17:]
    fit = fit_landmarks_3d(evaluator, model.landmarks["ibug"], ObservedLandmarks(points, STATIC), noise=EXACT)
    found = evaluator.landmarks(fit.params, model.landmarks["ibug"])[17:]
    assert mean_mm(found, points) < 0.05
    assert fit.report.mean == pytest.approx(mean_mm(found, points), abs=1e-3)
    face = face_region(model)
    assert mean_mm(evaluator.vertices(fit.params)[face], evaluator.vertices(truth)[face]) < 2


def test_the_contour_slides_while_it_is_fitted(built_in: FlameModel) -> None:
    """68 points of a head that looks well aside: its contour's row is found with the turn."""
    evaluator, rng = FlameEvaluator(built_in), np.random.default_rng(8)
    truth = FlameParams(shape=rng.normal(size=built_in.n_identity), global_rotation=(0.1, 0.6, 0.0))
    points = evaluator.landmarks(truth, built_in.landmarks["ibug"])
    fit = fit_landmarks_3d(evaluator, built_in.landmarks["ibug"], ObservedLandmarks(points, ALL), noise=EXACT)
    assert fit.report.largest < 0.05
    assert (turned(fit.params) * turned(truth).inv()).magnitude() < np.deg2rad(0.5)


def test_a_scale_is_found(built_in: FlameModel) -> None:
    """A head of the mean's proportions, a tenth larger, away from the origin."""
    evaluator = FlameEvaluator(built_in)
    points = 1.1 * evaluator.landmarks(FlameParams(jaw=(0.1, 0, 0)), built_in.landmarks["ibug"]) + [0.5, 0.2, -0.1]
    fit = fit_landmarks_3d(evaluator, built_in.landmarks["ibug"], ObservedLandmarks(points, ALL), fit_scale=True)
    assert fit.scale == pytest.approx(1.1, rel=0.01)
    found = fit.scale * evaluator.landmarks(fit.params, built_in.landmarks["ibug"])
    assert mean_mm(found, points) < 0.5


def test_some_points_with_weights(built_in: FlameModel) -> None:
    """A point of weight 100 is met more closely than the same point of weight 1, all others alike."""
    evaluator, rng = FlameEvaluator(built_in), np.random.default_rng(2)
    some = np.sort(rng.choice(STATIC, 30, replace=False))
    points = evaluator.landmarks(random_head(built_in, rng), built_in.landmarks["ibug"])[some]
    points[7] += [0.0, 0.004, 0.0]
    off = []
    for weight in (1.0, 100.0):
        weights = np.ones(30)
        weights[7] = weight
        observed = ObservedLandmarks(points, some, weights)
        off.append(fit_landmarks_3d(evaluator, built_in.landmarks["ibug"], observed).report.errors[7])
    assert off[1] < 0.5 * off[0]


def test_only_what_varies_changes(built_in: FlameModel) -> None:
    """A dragged chin that may only open the jaw: everything else stays what it was."""
    evaluator, rng = FlameEvaluator(built_in), np.random.default_rng(3)
    start = random_head(built_in, rng)
    wanted = FlameParams(**{**vars(start), "jaw": start.jaw + np.array([0.15, 0, 0], np.float32)})
    points = evaluator.landmarks(wanted, built_in.landmarks["ibug"])
    fit = fit_landmarks_3d(
        evaluator, built_in.landmarks["ibug"], ObservedLandmarks(points, ALL), vary=("jaw",), start=start, noise=1e-4
    )
    for name in ("shape", "expression", "global_rotation", "neck", "left_eye", "translation"):
        assert np.abs(getattr(fit.params, name) - getattr(start, name)).max() < 1e-6, name
    assert np.abs(fit.params.jaw - wanted.jaw).max() < 0.01


def a_photo(model: FlameModel, seed: int) -> tuple[FlameParams, np.ndarray]:
    """A random head at the origin, and (68, 2) pixels of a camera before it."""
    truth = dataclasses.replace(random_head(model, np.random.default_rng(seed)), translation=np.zeros(3))
    return truth, photographed(model, truth, camera_at(0.0, 0.7))


def fitted_to(model: FlameModel, pixels: np.ndarray, noise: float) -> Fit:
    """The head in one photo whose focal length is known."""
    view = View(ObservedLandmarks(pixels, ALL), SIDE, SIDE, FOCAL)
    return fit_landmarks_2d(FlameEvaluator(model), model.landmarks["ibug"], [view], noise=noise)


def turn_off(one: FlameParams, other: FlameParams) -> float:
    """Radians between how two heads are turned."""
    return float((turned(one).inv() * turned(other)).magnitude())


def face_off_mm(model: FlameModel, one: FlameParams, other: FlameParams) -> float:
    """Mean distance of the faces' vertices once place, turn and size are out of account."""
    evaluator, face = FlameEvaluator(model), face_region(model)
    found, expected = (evaluator.vertices(each)[face].astype(np.float64) for each in (one, other))
    scale, rotation, translation = similarity_alignment(found, expected)
    return mean_mm(scale * found @ rotation.T + translation, expected)


@pytest.mark.parametrize("seed", range(4))
def test_one_photo_of_the_built_in_head(built_in: FlameModel, seed: int) -> None:
    """Focal length given: half a pixel, the head's turn to 3 degrees, the face to 3 mm once size is out of account."""
    truth, pixels = a_photo(built_in, seed)
    fit = fitted_to(built_in, pixels, 0.3)
    assert fit.report.mean < 0.5
    assert turn_off(fit.params, truth) < np.deg2rad(3)
    assert face_off_mm(built_in, fit.params, truth) < 3
    assert not fit.params.translation.any()  # the camera is what moved
    seen = fit.camera.project(FlameEvaluator(built_in).landmarks(fit.params, built_in.landmarks["ibug"])[17:])
    assert np.linalg.norm(seen - pixels[17:], axis=1).mean() < 0.6


@pytest.mark.parametrize("seed", range(2))
def test_one_photo_of_a_full_size_file(shared_model: FlameModel, seed: int) -> None:
    """300 + 100 coefficients: the same bounds for each head."""
    model = with_a_faces_motion(shared_model)
    truth, pixels = a_photo(model, seed)
    fit = fitted_to(model, pixels, EXACT_PIXELS)
    assert fit.report.mean < 0.5
    assert turn_off(fit.params, truth) < np.deg2rad(3)
    assert face_off_mm(model, fit.params, truth) < 3


@pytest.mark.unmeasured
def test_a_fit_takes_all_that_a_photo_tells(shared_model: FlameModel) -> None:
    """The made-up file as it comes, whose fields do what turning the head does: yaw and face keep the bounds.

    How the head is turned in all is then known to 5 degrees only, by the posterior's variance, which is what heads
    drawn from the prior are off on average, whatever finds them (van Trees, Detection, Estimation, and Modulation
    Theory, part I, section 2.4). The fit is no further off.
    """
    squares, variances, faces = [], [], []
    for seed in range(6):
        truth, pixels = a_photo(shared_model, seed)
        fit = fitted_to(shared_model, pixels, EXACT_PIXELS)
        assert fit.report.mean < 0.5
        seen = UPRIGHT @ fit.camera.rotation @ turned(fit.params).as_matrix()
        assert abs(yaw_of(seen) - yaw_of(turned(truth).as_matrix())) < np.deg2rad(3)
        squares.append(turn_off(fit.params, truth) ** 2)
        variances.append(variance_of_turn(shared_model, truth, pixels, EXACT_PIXELS))
        faces.append(face_off_mm(shared_model, fit.params, truth))
    assert np.mean(squares) < np.mean(variances)
    assert np.mean(faces) < 3


def variance_of_turn(model: FlameModel, truth: FlameParams, pixels: np.ndarray, noise: float) -> float:
    """Mean square angle, radians, by which a head that fits the photo as well as the true one is turned otherwise."""
    evaluator, unknowns = FlameEvaluator(model), Unknowns.of(FlameEvaluator(model), truth)
    observed = ObservedLandmarks(pixels, ALL)
    landmarks = EmbeddedLandmarks.of(
        evaluator, HeadPart.whole(evaluator), model.landmarks["ibug"], observed, YAW_SIGN_SILHOUETTE
    )
    view = ObservedView(landmarks, camera_at(0.0, 0.7), noise).slid(unknowns).completed()
    view = view.held_at(view.landmarks.contour.degrees)
    precision = (view.linearise(unknowns) + Prior.of(evaluator).linearise(unknowns, evaluator.parents)).square
    turns = np.zeros((len(precision), 3))  # in space: the root's and the neck's add up
    turns[unknowns.layout.turn(0)] = turns[unknowns.layout.turn(1)] = np.eye(3)
    return float(np.trace(turns.T @ np.linalg.solve(precision, turns)))


@pytest.mark.parametrize("degrees", [-39, -7, 0, 20, 39])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_held_yaw_and_its_derivative(built_in: FlameModel, degrees: int, sign: int) -> None:
    """How far off the yaw is, and how that changes, by differences in a random direction."""
    rng, evaluator = np.random.default_rng(abs(degrees)), FlameEvaluator(built_in)
    truth = dataclasses.replace(random_head(built_in, rng), global_rotation=(0.2, 0.4, -0.3))
    unknowns = Unknowns.of(evaluator, truth)
    held = HeldYaw(degrees, Rotation.from_rotvec([0.1, -0.2, 0.3]).as_matrix(), sign)
    here = held.linearise(unknowns)
    off = np.deg2rad(degrees) - sign * yaw_of(held.seen_by @ turned(truth).as_matrix())
    assert np.sqrt(here.cost) * WITHIN_A_DEGREE == pytest.approx(abs(off))
    step = 1e-6 * rng.standard_normal(len(here.gradient))
    there = held.linearise(unknowns.stepped(step, evaluator.parents))
    assert there.cost - here.cost == pytest.approx(-2 * step @ here.gradient, rel=1e-3)


def test_a_view_never_changes(built_in: FlameModel) -> None:
    """Sliding, holding and completing give other views, or the same one where there is nothing to do."""
    evaluator, observed = FlameEvaluator(built_in), ObservedLandmarks(np.zeros((68, 2)), ALL)
    whole, embedding = HeadPart.whole(evaluator), built_in.landmarks["ibug"]
    landmarks = EmbeddedLandmarks.of(evaluator, whole, embedding, observed, YAW_SIGN_SILHOUETTE)
    view = ObservedView(landmarks, camera_at(0.0))
    begun, left = view.landmarks.contour, Unknowns.of(evaluator, FlameParams(neck=(0.0, 0.3, 0.0)))
    assert view.slid(Unknowns.of(evaluator, FlameParams())) is view
    slid, weights = view.slid(left), view.landmarks.weights
    assert abs(slid.landmarks.contour.degrees) == 17 and slid.slid(left) is slid
    assert np.abs(slid.landmarks.at(left).places - view.landmarks.at(left).places)[:17].max() > 1e-3
    held = slid.held_at(20)
    assert held.slid(Unknowns.of(evaluator, FlameParams())) is held and held.landmarks.contour.degrees == 20
    assert held.linearise_held(left).cost > 0 == slid.linearise_held(left).cost
    assert weights.tolist() == [0] * 17 + [1] * 51
    assert view.completed().landmarks.weights.tolist() == [1] * 68 and view.completed().completed().landmarks.slides
    assert view.landmarks.contour is begun and view.landmarks.weights.tolist() == weights.tolist()


@pytest.mark.parametrize("side", [1, -1])
def test_the_last_rows_hold_no_head_that_is_turned_further(built_in: FlameModel, side: int) -> None:
    """They serve all beyond 39 degrees; from the other side they hold it as others do."""
    for yaw, free in ((50, True), (30, False)):
        truth = FlameParams(global_rotation=(0.0, np.deg2rad(side * yaw), 0.0))
        seen = HeldYaw(39 * side, np.eye(3), 1).linearise(Unknowns.of(FlameEvaluator(built_in), truth))
        assert (seen.cost == 0 and not seen.square.any()) == free


def test_a_focal_length_is_estimated(built_in: FlameModel) -> None:
    """From a photo taken near, where perspective tells it: to a fifth."""
    evaluator, rng = FlameEvaluator(built_in), np.random.default_rng(1)
    truth = FlameParams(shape=rng.normal(0, 0.5, built_in.n_identity), global_rotation=(0.0, 0.4, 0.0))
    camera = camera_at(0.0, 0.4)
    view = View(ObservedLandmarks(photographed(built_in, truth, camera), ALL), SIDE, SIDE)
    fit = fit_landmarks_2d(evaluator, built_in.landmarks["ibug"], [view], noise=0.3)
    assert fit.camera.intrinsics[0] == pytest.approx(FOCAL, rel=0.2)
    focal = fit.report.focal
    assert focal.least < focal.pixels == fit.camera.intrinsics[0] < focal.most
    assert focal.summary() in fit.report.notes


@pytest.mark.parametrize("seed", range(2))
def test_three_calibrated_photos(model: FlameModel, seed: int) -> None:
    """The face to 1.5 mm, in the cameras' own space."""
    evaluator, rng = FlameEvaluator(model), np.random.default_rng(seed)
    truth = random_head(model, rng)
    views = []
    for yaw in (-0.6, 0.0, 0.6):
        camera = camera_at(yaw)
        views.append(View(ObservedLandmarks(photographed(model, truth, camera), ALL), SIDE, SIDE, camera=camera))
    fit = fit_landmarks_2d(evaluator, model.landmarks["ibug"], views, noise=0.3)
    face = face_region(model)
    assert mean_mm(evaluator.vertices(fit.params)[face], evaluator.vertices(truth)[face]) < 1.5
    assert fit.camera is None
    assert len(fit.report.errors) == 3 * 68


def test_what_cannot_be_fitted_is_refused(built_in: FlameModel) -> None:
    """Each a sentence: dimensions, too few, unknown rows, sides swapped, no noise, no camera."""
    evaluator, embedding = FlameEvaluator(built_in), built_in.landmarks["ibug"]
    points = evaluator.landmarks(FlameParams(), embedding)
    pixels = photographed(built_in, FlameParams(), camera_at(0.0))

    def view(indices: np.ndarray, focal: float | None = None) -> View:
        return View(ObservedLandmarks(pixels[indices], indices), SIDE, SIDE, focal)

    for message, work in (
        ("three coordinates", lambda: fit_landmarks_3d(evaluator, embedding, ObservedLandmarks(pixels, ALL))),
        ("Too few", lambda: fit_landmarks_3d(evaluator, embedding, ObservedLandmarks(points[:3], ALL[:3]))),
        ("indices", lambda: fit_landmarks_3d(evaluator, embedding, ObservedLandmarks(points, ALL + 1))),
        (
            "Left and right",
            lambda: fit_landmarks_3d(evaluator, embedding, ObservedLandmarks(points * [-1, 1, 1], ALL)),
        ),
        ("unit", lambda: fit_landmarks_3d(evaluator, embedding, ObservedLandmarks(1000 * points, ALL))),
        ("above 0", lambda: fit_landmarks_3d(evaluator, embedding, ObservedLandmarks(points, ALL), noise=0.0)),
        ("one view", lambda: fit_landmarks_2d(evaluator, embedding, [])),
        ("Too few", lambda: fit_landmarks_2d(evaluator, embedding, [view(ALL[20:25])])),
        ("camera of each", lambda: fit_landmarks_2d(evaluator, embedding, [view(ALL), view(ALL)])),
        ("focal length", lambda: fit_landmarks_2d(evaluator, embedding, [view(ALL, -3.0)])),
    ):
        with pytest.raises((LandmarkError, ParameterError), match=message):
            work()


def test_progress_rises_and_the_preview_sees_the_head(built_in: FlameModel) -> None:
    """Shares between 0 and 1 that never fall, and parameters on the way."""
    evaluator = FlameEvaluator(built_in)
    seen: list[object] = []
    points = evaluator.landmarks(random_head(built_in, np.random.default_rng(5)), built_in.landmarks["ibug"])
    work = fitting_landmarks_3d(
        evaluator, built_in.landmarks["ibug"], ObservedLandmarks(points, ALL), preview=seen.append
    )
    shares = list(work)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert len(seen) > 3
    assert all(isinstance(each, FlameParams) for each in seen)
