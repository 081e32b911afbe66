"""What counts of a scan: noise told apart from what the model cannot show, what covers the skin, winding, and faces."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from flame_blender.fitting.scans.covered import covered
from flame_blender.fitting.scans.likeness import front_of, likeness
from flame_blender.fitting.scans.matching import Matches, Scan, matched
from flame_blender.fitting.scans.nature import agreeing, is_a_heads_size, outwards, turned, way_turned
from flame_blender.fitting.scans.shared_noise import PATCH, SharedNoise, estimated_noise, patches_of
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.model import FlameModel
from flame_blender.flame.params import FlameParams
from tests.fitting.random_heads import face_scan, random_head
from tests.fitting.surface_search import nearest_surface


def residuals(away: np.ndarray, triangles: np.ndarray) -> Matches:
    """Of points off by ``away`` (n,) along the normals of ``triangles`` (n,)."""
    count = len(away)
    third, up = np.full((count, 3), 1 / 3), np.tile([0.0, 0.0, 1.0], (count, 1))
    return Matches(triangles, third, up, away, np.abs(away), np.ones(count, bool))


def test_patches_are_even(built_in: FlameModel) -> None:
    """Each triangle lies within a patch's reach of the others of its own."""
    patches = patches_of(built_in.v_template, built_in.faces)
    centres = built_in.v_template[built_in.faces].astype(np.float64).mean(1)
    for patch in range(patches.max() + 1):
        own = centres[patches == patch]
        assert len(own) and np.linalg.norm(own - own.mean(0), axis=1).max() < 2 * PATCH


@pytest.mark.parametrize(("alone", "shared"), [(3e-4, 0.0), (3e-4, 1.5e-3), (1e-3, 5e-4)])
def test_both_noises_are_told_apart(alone: float, shared: float) -> None:
    """A fifth of the points are strays; on a hundred patches the two come back to a third."""
    rng = np.random.default_rng(0)
    patches, cover = np.arange(4000) // 40, np.zeros(4000)
    triangles = rng.integers(0, 4000, 6000)
    away = rng.normal(0, shared, 100)[patches[triangles]] + rng.normal(0, alone, 6000)
    away[:1200] += rng.normal(0, 0.02, 1200)
    found = estimated_noise(residuals(away, triangles), patches, cover, settled=0.0)
    assert found.alone == pytest.approx(alone, rel=0.4)
    assert found.shared == pytest.approx(shared, rel=0.35, abs=1.5e-4)


def test_a_patch_counts_as_its_mean_does() -> None:
    """A thousand points of one patch say no more of what is shared than ten do; of noise alone they do."""
    patches, cover = np.zeros(5, int), np.zeros(5)
    for shared, gained in ((1e-3, 1.0), (0.0, 100.0)):
        told = []
        for count in (10, 1000):
            matches = residuals(np.zeros(count), np.zeros(count, int))
            _, counted = SharedNoise(1e-4, shared).deviations(matches, patches, cover)
            told.append((counted**-2.0).sum())
        assert told[1] / told[0] == pytest.approx(gained, rel=0.01)


@pytest.mark.parametrize("name", ["built_in", "shared_model"])
def test_hair_ears_necks_and_lids_are_covered_and_faces_bare(name: str, request: pytest.FixtureRequest) -> None:
    """On the built-in head as its own regions have it; some of FLAME's topology too."""
    model: FlameModel = request.getfixturevalue(name)
    if name == "built_in":
        found = covered(model)
        of_vertices = np.zeros(model.n_vertices)
        np.maximum.at(of_vertices, model.faces.ravel(), np.repeat(found, 3))
        for region in ("scalp", "neck", "left_ear", "right_ear", "left_eyeball", "right_eyeball"):
            assert (of_vertices[model.regions[region]] > 0).mean() > 0.9, region
        for region in ("nose", "lips"):
            assert (of_vertices[model.regions[region]] == 0).mean() > 0.9, region
        assert (of_vertices[model.regions["face"]] == 0).mean() > 0.6
        corners, nose_and_mouth = np.arange(36 - 17, 48 - 17), [*range(27 - 17, 36 - 17), *range(48 - 17, 68 - 17)]
        at = model.landmarks["ibug"].static_faces
        assert (found[at[corners]] > 0).all() and (found[at[nose_and_mouth]] == 0).all()
    else:
        assert 0.2 < (covered(model) == 0).mean() < 0.8


def test_normals_are_turned_outwards(built_in: FlameModel) -> None:
    """Of a face and of a whole head, wound either way; wound at random they are left out."""
    rng = np.random.default_rng(1)
    person = random_head(built_in, rng)
    scan = face_scan(built_in, person, rng, count=2000)
    vertices = FlameEvaluator(built_in).vertices(person)
    for each in (scan, whole(vertices, built_in.faces)):
        assert outwards(each).normals is each.normals
        turned_round = outwards(turned(each, -1.0))
        assert turned_round.normals is not None and np.array_equal(turned_round.normals, each.normals)
        assert way_turned(turned(each, -1.0), turned_round) == -1
        at_random = Scan(each.points, each.normals * rng.choice([-1.0, 1.0], (len(each.points), 1)))
        assert outwards(at_random).normals is None and way_turned(at_random, outwards(at_random)) == 0
    matches = matched(scan, vertices.astype(float), built_in.faces, nearest_surface(vertices, built_in.faces))
    assert agreeing(scan, matches) is scan and agreeing(Scan(scan.points), matches).normals is None
    assert way_turned(turned(scan, -1.0), agreeing(turned(scan, -1.0), matches)) == -1
    at_random = Scan(scan.points, scan.normals * rng.choice([-1.0, 1.0], (len(scan.points), 1)))
    assert agreeing(at_random, matches).normals is None


def whole(vertices: np.ndarray, faces: np.ndarray) -> Scan:
    """A point in the middle of each triangle."""
    corners = vertices.astype(np.float64)[faces]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return Scan(corners.mean(1), normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-30))


def test_a_heads_size(built_in: FlameModel) -> None:
    """Faces and heads are; a twentieth or five times of them is not."""
    rng = np.random.default_rng(2)
    for seed in range(3):
        person = random_head(built_in, np.random.default_rng(seed))
        for scan in (face_scan(built_in, person, rng, count=1000), whole(built_in.v_template, built_in.faces)):
            assert is_a_heads_size(scan.points)
            assert not is_a_heads_size(5 * scan.points) and not is_a_heads_size(0.04 * scan.points)


def test_a_face_is_told_from_a_bowl(built_in: FlameModel) -> None:
    """However it is turned: the head's own face, 1 mm off, is one; a bowl, noise, a piece of a cheek are not."""
    rng = np.random.default_rng(3)
    turn = Rotation.from_rotvec([0.3, 0.8, -0.4]).as_matrix()
    vertices = FlameEvaluator(built_in).vertices(FlameParams()).astype(np.float64) @ turn.T
    face = face_scan(built_in, FlameParams(), rng, count=4000, noise=1e-3, outliers=0.1)
    x, y = rng.uniform(-0.05, 0.05, (2, 4000))
    bowl = np.stack([x, y - 0.02, 0.06 - 8 * x * x - 5 * y * y], 1)
    noise = face.points + rng.normal(0, 0.02, face.points.shape)
    cheek = face.points[np.linalg.norm(face.points - face.points.mean(0) - [0.03, 0, 0], axis=1) < 0.02]
    cover, patches = covered(built_in), patches_of(built_in.v_template, built_in.faces)
    nearest = nearest_surface(vertices, built_in.faces)

    def why(points: np.ndarray) -> str:
        scan = Scan(points @ turn.T)
        matches = matched(scan, vertices, built_in.faces, nearest)
        return likeness(scan, matches, front_of(built_in, cover), patches, turn, 1.0).why_no_face

    assert not why(face.points)
    assert "bowl" in why(bowl) and "half" in why(noise)
    assert "%" in why(cheek)
