"""The built-in head carried over to other heads: on one where everything is known, and on FLAME's real template."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial import ConvexHull

from flame_blender.correspondence.correspondence import Correspondence
from flame_blender.correspondence.corresponding import corresponding
from flame_blender.correspondence.movements import carried_over
from flame_blender.correspondence.rest_skin import RestSkin
from flame_blender.correspondence.skin import edges_of
from flame_blender.errors import ModelError
from flame_blender.flame.landmarks import LandmarkEmbedding
from flame_blender.flame.model import FlameModel
from flame_blender.long_work import result_of
from tests.correspondence.conftest import REAL
from tests.fitting.surface_search import nearest_surface
from tests.flame.face_like import movement

NAMED = ("eyeBlinkLeft", "mouthSmileRight", "mouthPucker", "browInnerUp", "mouthLowerDownLeft", "cheekPuff")


def movements_of(model: FlameModel, names: tuple[str, ...]) -> np.ndarray:
    """(M, V, 3) metres."""
    all_names = [direction.name for direction in model.expression_directions]
    rows = [model.n_identity + all_names.index(name) for name in names]
    return model.shapedirs[:, :, rows].transpose(2, 0, 1).astype(np.float64)


def points_of(model: FlameModel, embedding: LandmarkEmbedding) -> np.ndarray:
    corners = model.v_template[model.faces[embedding.static_faces]]
    return (corners * embedding.static_barycentric[..., None]).sum(1)


def off_face(found: Correspondence, source: FlameModel, target: FlameModel) -> np.ndarray:
    """How far the face, as it can be seen, lies from the warped head, in mm."""
    face = np.isin(source.faces[found.triangles], source.regions["face"]).sum(1) >= 2
    return 1000 * found.distances[face & RestSkin(target).seen[found.vertices]]


def flaws(target: FlameModel, moved: np.ndarray) -> tuple[int, int]:
    """Triangles that turn over, and edges that grow to three times their length, over all movements."""
    rest, edges = target.v_template.astype(np.float64), edges_of(target.faces)
    lengths = np.linalg.norm(rest[edges[:, 0]] - rest[edges[:, 1]], axis=1)
    flipped = long = 0
    for each in moved:
        there = rest + each
        flipped += int(np.count_nonzero((normals(rest, target.faces) * normals(there, target.faces)).sum(1) < 0))
        long += int(np.count_nonzero(np.linalg.norm(there[edges[:, 0]] - there[edges[:, 1]], axis=1) > 3 * lengths))
    return flipped, long


def normals(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    corners = vertices[faces]
    return np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])


def test_movements_are_those_that_were_carried_over_exactly(built_in, face_like, on_face_like):
    """The face-like head is the built-in one's own surface with other vertices, so each movement is known there."""
    carried = carried_over(on_face_like, built_in, face_like, movements_of(built_in, NAMED))
    seen = RestSkin(face_like).seen
    for name, each in zip(NAMED, carried, strict=True):
        true = movement(name)
        off = np.linalg.norm(each - true, axis=1)[seen]
        moves = np.linalg.norm(true, axis=1)[seen]
        left = (off**2).sum() / (moves**2).sum()
        assert left < 0.03, f"{name}: {left:.3f} of the movement's energy is lost"
    eyeballs = np.setdiff1d(np.arange(face_like.n_vertices), on_face_like.vertices)
    assert len(eyeballs) and not carried[:, eyeballs].any()


def test_landmarks_and_regions_come_back(built_in, face_like, on_face_like):
    for name in ("ibug", "mediapipe"):
        carried = on_face_like.landmarks[name]
        off = np.linalg.norm(points_of(face_like, carried) - points_of(face_like, face_like.landmarks[name]), axis=1)
        assert off.mean() < 0.5e-3 and off.max() < 3e-3, name
        carried.validate(len(face_like.faces))
    assert on_face_like.landmarks["ibug"].contour_faces.shape == built_in.landmarks["ibug"].contour_faces.shape
    for name in ("face", "lips", "nose", "scalp", "neck", "left_ear"):
        ours, theirs = set(on_face_like.regions[name].tolist()), set(face_like.regions[name].tolist())
        assert len(ours & theirs) / len(ours | theirs) > 0.75, name


def test_a_head_corresponds_to_itself(built_in):
    found = result_of(corresponding(built_in, built_in, nearest_surface))
    rest = built_in.v_template.astype(np.float64)
    place = (rest[built_in.faces[found.triangles]] * found.barycentric[..., None]).sum(1)
    seen = RestSkin(built_in).seen[found.vertices]
    off = np.linalg.norm(place - rest[found.vertices], axis=1)[seen]
    assert np.percentile(off, 99) < 1e-9 and off.max() < 2e-3, "but a few that lie beside a sharp edge"


def test_the_share_that_is_done_rises_to_the_end(on_face_like, shares):
    assert len(shares) > 4 and shares == sorted(shares) and shares[0] >= 0 and 0.9 < shares[-1] <= 1


def test_a_source_without_landmarks_is_refused(built_in, face_like):
    with pytest.raises(ModelError, match="'ibug' and a region 'face', found face"):
        next(corresponding(replace(built_in, landmarks={}), face_like, nearest_surface))


def test_what_is_no_head_is_refused(built_in, face_like):
    bare = replace(face_like, landmarks={})
    in_millimetres = replace(bare, v_template=1000 * bare.v_template)
    with pytest.raises(ModelError, match=r"a head's size in metres, found one 3\d\d m high"):
        next(corresponding(built_in, in_millimetres, nearest_surface))
    ball = np.random.default_rng(1).normal(size=(400, 3))
    ball *= 0.1 / np.linalg.norm(ball, axis=1, keepdims=True)
    model = replace(bare, v_template=ball.astype(np.float32), faces=ConvexHull(ball).simplices)
    with pytest.raises(ModelError, match="not recognised as a head with a face"):
        result_of(corresponding(built_in, model, nearest_surface))


def test_eyeballs_are_regions(face_like, on_face_like):
    for side in ("left", "right"):
        name = f"{side}_eyeball"
        assert np.array_equal(np.sort(on_face_like.regions[name]), np.sort(face_like.regions[name]))


def test_flames_real_template(built_in, real_template, on_real):
    """Nothing of that head is ours: bounds of what two heads by different hands can have in common."""
    off = off_face(on_real, built_in, real_template)
    assert np.median(off) < 0.3 and np.percentile(off, 90) < 1.0 and off.max() < 4.0
    names = tuple(each.name for each in built_in.expression_directions if each.name != "mouthClose")
    flipped, long = flaws(real_template, carried_over(on_real, built_in, real_template, movements_of(built_in, names)))
    assert flipped <= (8 if REAL.is_dir() else 40) and long <= 12, "a mesh made at random has thin triangles"


def test_flames_real_template_without_any_landmarks(built_in, real_template, on_real_free):
    """Points that the shape alone tells begin it; brows are left out, which the two heads' landmarks differ in."""
    found = on_real_free
    off = off_face(found, built_in, real_template)
    assert np.median(off) < 0.3 and np.percentile(off, 90) < 1.0 and off.max() < 4.0
    away = 1000 * away_from_own(real_template, found, "ibug")
    if REAL.is_dir():
        assert away[10:].mean() < 3.0 and away[10:].max() < 8.0
        assert away[19:].mean() < 2.6
        assert 1000 * away_from_own(real_template, found, "mediapipe").mean() < 3.0
    else:
        assert np.median(away[19:]) < 4.0


def away_from_own(model: FlameModel, found: Correspondence, name: str) -> np.ndarray:
    """(L,) metres between landmarks that were carried over and the model's own."""
    ones, others = found.landmarks[name], model.landmarks[name]
    away = points_of(model, ones)
    if ones.indices is None:
        return np.linalg.norm(away - points_of(model, others), axis=1)
    _, here, there = np.intersect1d(ones.indices, others.indices, return_indices=True)
    return np.linalg.norm(away[here] - points_of(model, others)[there], axis=1)
