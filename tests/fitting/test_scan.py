"""Heads come back from scans of their faces, with landmarks and without, beside noise and outliers."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import trimesh
from scipy.spatial.transform import Rotation

from flame_blender.errors import ParameterError
from flame_blender.fitting.scans.likeness import Likeness
from flame_blender.fitting.scans.matching import Scan, barycentric_weights, matched
from flame_blender.fitting.scans.rigid_start import FARTHEST, spread_turns
from flame_blender.fitting.scans.scan import fit_scan
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.model import FlameModel
from flame_blender.flame.params import FlameParams
from flame_blender.landmark_files.observed import ObservedLandmarks
from tests.fitting.random_heads import face_region, face_scan, mean_mm, middle_of_face, random_head, skin_of_face
from tests.fitting.surface_search import nearest_surface

STATIC = np.arange(17, 68)


def rough_landmarks(model: FlameModel, params: FlameParams, rng: np.random.Generator) -> ObservedLandmarks:
    """51 points, 2 mm off on each axis."""
    points = FlameEvaluator(model).landmarks(params, model.landmarks["ibug"])[17:]
    return ObservedLandmarks(points + rng.normal(0, 2e-3, points.shape), STATIC)


@pytest.mark.parametrize(
    ("name", "with_normals"), [("built_in", True), ("shared_model", True), ("shared_model", False)]
)
def test_a_face_with_rough_landmarks(name: str, with_normals: bool, request: pytest.FixtureRequest) -> None:
    """10,000 points, 0.2 mm noise, 20 % outliers: half the scan within 0.5 mm, the face itself within a millimetre."""
    model: FlameModel = request.getfixturevalue(name)
    rng, evaluator = np.random.default_rng(1), FlameEvaluator(model)
    truth = random_head(model, rng)
    scan = face_scan(model, truth, rng, count=10_000)
    if not with_normals:
        scan = Scan(scan.points)
    before = scan.points.copy()
    fit = fit_scan(
        evaluator,
        scan,
        nearest_surface,
        embedding=model.landmarks["ibug"],
        landmarks=rough_landmarks(model, truth, rng),
    )
    assert fit.report.median < 0.5
    face = skin_of_face(model)
    assert mean_mm(evaluator.vertices(fit.params)[face], evaluator.vertices(truth)[face]) < 1
    assert (scan.points == before).all()


@pytest.fixture(scope="module")
def placed(built_in: FlameModel) -> tuple[Scan, np.ndarray]:
    """A scan, and the vertices of the head that is fitted to it from its true place."""
    rng, evaluator = np.random.default_rng(2), FlameEvaluator(built_in)
    truth = FlameParams(
        **{**vars(random_head(built_in, rng)), "global_rotation": np.zeros(3), "translation": np.zeros(3)}
    )
    scan, start = face_scan(built_in, truth, rng, count=10_000), FlameParams(neck=truth.neck)
    return scan, evaluator.vertices(fit_scan(evaluator, scan, nearest_surface, start=start).params)


def test_a_face_from_anywhere(built_in: FlameModel, placed: tuple[Scan, np.ndarray]) -> None:
    """No landmarks, turned by up to 60 degrees and moved by up to 0.2 m: as when it is started from the true place."""
    (scan, expected), evaluator = placed, FlameEvaluator(built_in)
    draw = np.random.default_rng(3)
    axis = draw.normal(size=3)
    rotation = Rotation.from_rotvec(draw.uniform(0, np.pi / 3) * axis / np.linalg.norm(axis)).as_matrix()
    translation = draw.normal(size=3)
    translation *= draw.uniform(0, 0.2) / np.linalg.norm(translation)
    moved = Scan(scan.points @ rotation.T + translation, scan.normals @ rotation.T)
    fit = fit_scan(evaluator, moved, nearest_surface, seed=3)
    found = (evaluator.vertices(fit.params) - translation) @ rotation
    face = face_region(built_in)
    assert mean_mm(found[face], expected[face]) < 1


def test_a_scale_is_found(built_in: FlameModel) -> None:
    """A scan a fifth too large, landmarks beside it."""
    rng, evaluator = np.random.default_rng(3), FlameEvaluator(built_in)
    truth = FlameParams(shape=rng.normal(0, 0.7, built_in.n_identity))
    scan, seen = face_scan(built_in, truth, rng, count=10_000), rough_landmarks(built_in, truth, rng)
    fit = fit_scan(
        evaluator,
        Scan(1.2 * scan.points, scan.normals),
        nearest_surface,
        embedding=built_in.landmarks["ibug"],
        landmarks=dataclasses.replace(seen, points=1.2 * seen.points),
        fit_scale=True,
    )
    assert fit.report.median < 0.5
    face = face_region(built_in)
    assert mean_mm(fit.scale * evaluator.vertices(fit.params)[face], 1.2 * evaluator.vertices(truth)[face]) < 1.5


def test_offsets_take_what_coefficients_do_not_tell(built_in: FlameModel) -> None:
    """A dent and a bump of 3 mm: the surface there is twice as near with them."""
    rng, evaluator = np.random.default_rng(4), FlameEvaluator(built_in)
    offsets, near = np.zeros((built_in.n_vertices, 3)), np.zeros(built_in.n_vertices, bool)
    for sign, landmark in ((1, 30), (-1, 48)):
        centre = built_in.v_template[built_in.faces[built_in.landmarks["ibug"].static_faces[landmark - 17]]].mean(0)
        away = np.linalg.norm(built_in.v_template - centre, axis=1)
        offsets[:, 2] += sign * 3e-3 * np.exp(-(away**2) / (2 * 0.006**2))
        near |= away < 0.012
    truth = dataclasses.replace(random_head(built_in, rng), offsets=offsets)
    scan, seen = face_scan(built_in, truth, rng, count=20_000), rough_landmarks(built_in, truth, rng)
    wanted = evaluator.vertices(truth)[near].astype(np.float64)
    fit = fit_scan(
        evaluator, scan, nearest_surface, embedding=built_in.landmarks["ibug"], landmarks=seen, with_offsets=True
    )
    off = []
    for params in (dataclasses.replace(fit.params, offsets=None), fit.params):
        _, closest = nearest_surface(evaluator.vertices(params), built_in.faces)(wanted)
        off.append(np.linalg.norm(closest - wanted, axis=1).mean())
    assert off[1] < 0.5 * off[0]
    assert fit.params.offsets.shape == offsets.shape


@pytest.mark.parametrize("shape", ["sphere", "box", "cloud"])
def test_what_has_no_face_is_refused(built_in: FlameModel, shape: str) -> None:
    """Solids as large as a head, and points at random: a sentence with the reason, before any shape is fitted."""
    solids = {
        "sphere": lambda: trimesh.creation.icosphere(4, 0.1),
        "box": lambda: trimesh.creation.box((0.15, 0.24, 0.19)),
    }
    heads: list[FlameParams] = []
    if shape == "cloud":
        scan = Scan(np.random.default_rng(5).uniform(-0.12, 0.12, (5000, 3)))
    else:
        solid = solids[shape]()
        points, faces = trimesh.sample.sample_surface(solid, 5000, seed=5)
        scan = Scan(np.asarray(points), solid.face_normals[faces])
    with pytest.raises(ParameterError, match=r"no face: .*(bowl|half of it|% of a face)"):
        fit_scan(FlameEvaluator(built_in), scan, nearest_surface, preview=heads.append)
    assert max(np.abs(each.expression).max() for each in heads) == 0


def test_a_head_that_begins_far_off_is_fitted_first() -> None:
    """Figures of a person's scan and of a capsule (metres): only the capsule is told before the shape is fitted."""
    person, capsule = Likeness(0.53, 5.45e-3, 3.84e-3, 3.0e-3, 500), Likeness(0.7, 1.9e-3, 0.8e-3, 1.2e-3, 500)
    assert person.why_never_a_face == "" and "bowl" in person.why_no_face
    assert "bowl" in capsule.why_never_a_face


def test_what_turns_out_to_be_no_face_is_refused(built_in: FlameModel) -> None:
    """Where the head is begun on it, so that nothing is told before the fit has ended."""
    solid = trimesh.creation.icosphere(3, 0.1)
    points, faces = trimesh.sample.sample_surface(solid, 1000, seed=5)
    scan = Scan(np.asarray(points), solid.face_normals[faces])
    with pytest.raises(ParameterError, match=r"no face: .*bowl"):
        fit_scan(FlameEvaluator(built_in), scan, nearest_surface, start=FlameParams(), vary=("translation",))


def test_wrong_scans_are_refused(built_in: FlameModel) -> None:
    """Empty, a handful of points, NaN."""
    evaluator = FlameEvaluator(built_in)
    for count in (0, 99):
        with pytest.raises(ParameterError, match=f"found {count}"):
            fit_scan(evaluator, Scan(np.zeros((count, 3))), nearest_surface)
    points = np.zeros((200, 3))
    points[3, 1] = np.nan
    with pytest.raises(ParameterError, match="NaN"):
        fit_scan(evaluator, Scan(points), nearest_surface)


def test_matches_are_trimeshs(built_in: FlameModel) -> None:
    """Nearest triangles, distances with their sign, and the weights that give the nearest point back."""
    rng = np.random.default_rng(6)
    vertices = built_in.v_template.astype(np.float64)
    points = face_scan(built_in, FlameParams(), rng, count=300, noise=2e-3, outliers=0.0).points
    solid = trimesh.Trimesh(vertices, built_in.faces, process=False)
    closest, distances, triangles = trimesh.proximity.closest_point_naive(solid, points)
    searched = nearest_surface(vertices, built_in.faces)(points)[1]
    assert (np.linalg.norm(searched - points, axis=1) < distances + 1e-9).mean() > 0.95  # the tests' own search
    found = matched(Scan(points), vertices, built_in.faces, lambda _points: (triangles, closest))
    assert np.abs(found.distances - distances).max() < 1e-6
    again = np.einsum("nc,nci->ni", found.barycentric, vertices[built_in.faces[found.triangles]])
    assert np.abs(again - closest).max() < 1e-6
    assert np.abs(np.abs(found.away) - distances).max() < 2e-3
    assert np.median(np.abs(np.abs(found.away) - distances)) < 1e-9


def test_barycentric_weights_are_within_the_triangle() -> None:
    """Of points inside they give the point; of others they stay weights."""
    rng = np.random.default_rng(7)
    corners, weights = rng.normal(size=(50, 3, 3)), rng.dirichlet(np.ones(3), 50)
    inside = np.einsum("nc,nci->ni", weights, corners)
    assert np.abs(barycentric_weights(corners, inside) - weights).max() < 1e-9
    outside = barycentric_weights(corners, 5 * rng.normal(size=(50, 3)))
    assert outside.min() >= 0
    assert np.abs(outside.sum(1) - 1).max() < 1e-12


def test_turns_are_spread_evenly() -> None:
    """Rotations, none beyond the limit, and none of the ball's turns farther than 40 degrees from one that is tried."""
    turns = Rotation.from_matrix(spread_turns(80, FARTHEST))
    assert turns.magnitude().max() <= FARTHEST + 1e-9
    draws = Rotation.random(4000, random_state=1)
    asked = draws[draws.magnitude() < np.deg2rad(60)]
    nearest = [min((each.inv() * turns).magnitude()) for each in asked]
    assert len(nearest) > 50
    assert np.rad2deg(max(nearest)) < 40


def test_the_middle_is_in_the_face(built_in: FlameModel) -> None:
    """Of what the other tests call the face."""
    assert 1500 < face_region(built_in).sum() < built_in.n_vertices / 1.5
    assert middle_of_face(built_in)[2] > 0
