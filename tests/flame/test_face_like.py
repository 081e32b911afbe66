"""The project's own full-size file: FLAME's counts and layout, and a face's motion."""

from __future__ import annotations

import numpy as np
import pytest

from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.eyeballs import eyeballs_of, parts_of
from flame_blender.flame.landmarks import landmark_points
from flame_blender.flame.params import FlameParams
from flame_blender.model_files.library import Library
from flame_blender.model_files.loading import load_model
from tests.flame.face_like import face_like_arrays, write_face_like, write_face_like_files
from tests.flame.face_like_mesh import N_SKIN, eyeball


@pytest.fixture(scope="module")
def at(face_like):
    """A function: keywords of FlameParams -> (V, 3)."""
    evaluator = FlameEvaluator(face_like)
    return lambda **fields: evaluator.vertices(FlameParams(**fields))


def static_points(model, vertices):
    """(68, 3) of the set ``ibug`` looking ahead."""
    embedding = model.landmarks["ibug"]
    return landmark_points(vertices, model.faces, embedding)


def test_counts_and_parts_are_flame_s(face_like):
    assert face_like.v_template.shape == (5023, 3) and face_like.faces.shape == (9976, 3)
    assert (face_like.n_identity, face_like.n_expression, face_like.basis.shape[0]) == (300, 100, 436)
    assert len(np.unique(face_like.faces)) == 5023
    parts, counts = np.unique(parts_of(face_like.faces, 5023), return_counts=True)
    assert parts.tolist() == [0, 3931, 4477] and counts.tolist() == [3931, 546, 546]
    left, right = eyeballs_of(face_like.v_template, face_like.faces)
    assert left.vertices.tolist() == list(range(3931, 4477)) and right.vertices.tolist() == list(range(4477, 5023))


def test_the_surface_is_sound_and_open_at_neck_and_mouth(face_like):
    """No edge has more than two triangles, both run along it the other way, and the two rims are FLAME's."""
    faces = face_like.faces
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    assert len(np.unique(edges, axis=0)) == len(edges)
    number = edges[:, 0].astype(np.int64) * 5023 + edges[:, 1]
    open_edges = edges[~np.isin(edges[:, 1].astype(np.int64) * 5023 + edges[:, 0], number)]
    low = face_like.v_template[open_edges[:, 0], 1] < -0.1
    assert (low.sum(), (~low).sum()) == (32, 30)
    corners = face_like.v_template[faces]
    assert np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1).min() > 1e-9


def test_it_is_the_same_each_time_and_reads_as_a_flame_file(face_like, tmp_path):
    one, other = write_face_like(tmp_path / "one.npz"), write_face_like(tmp_path / "other.npz")
    face_like_arrays.cache_clear()
    again = write_face_like(tmp_path / "again.npz")
    read = [load_model(path) for path in (one, other, again)]
    assert len({model.fingerprint for model in read}) == 1
    assert all(direction.unit == "sd" for direction in read[0].directions)
    np.testing.assert_array_equal(read[0].basis, face_like.basis)


def test_the_files_beside_it_are_installed(face_like, tmp_path):
    files = write_face_like_files(tmp_path / "files")
    library = Library(tmp_path / "user")
    library.install([write_face_like(tmp_path / "generic_model.npz"), *files.values()])
    model = library.load(library.models()[0])
    others = {"Eyelids", "Texture model", "Vertices in SMPL-X", "SMPL-X expression"}  # which come with no model
    assert {name for name, _, there in library.inventory() if not there} == others
    for name, embedding in face_like.landmarks.items():
        np.testing.assert_array_equal(model.landmarks[name].static_faces, embedding.static_faces)
    corners, made = (each.display.uv_coords[each.display.uv_polygons[:, :3]] for each in (model, face_like))
    np.testing.assert_allclose(corners, made, atol=1e-6)
    assert corners.min() > 0 and corners.max() < 1
    for name, ids in face_like.regions.items():
        np.testing.assert_array_equal(model.regions[name], ids)


def test_the_jaw_opens_the_mouth_downward(face_like, at):
    """Chin and lower lip go down and the upper face stays."""
    rest, opened = (static_points(face_like, at(jaw=(angle, 0.0, 0.0))) for angle in (0.0, 0.3))
    moved = opened - rest
    assert moved[8, 1] < -0.015 and moved[57, 1] < -0.012
    assert np.linalg.norm(moved[17:48], axis=1).max() < 1.5e-3
    assert np.linalg.norm(moved[50:53], axis=1).max() < 4e-3


@pytest.mark.parametrize(("joint", "side"), [("left_eye", 0), ("right_eye", 1)])
def test_an_eye_turns_with_its_joint_alone(face_like, at, joint, side):
    """By its own joint round its middle, by no other joint but the neck, and nothing else moves."""
    rest, turned = at(), at(**{joint: (0.0, 0.4, 0.0)})
    ball = np.zeros(5023, bool)
    ball[eyeball(side)] = True
    assert np.abs(turned[~ball] - rest[~ball]).max() < 1e-6
    assert np.linalg.norm(turned[ball] - rest[ball], axis=1).max() > 0.004
    middle = eyeballs_of(rest, face_like.faces)[side].centre
    radii = [np.linalg.norm(vertices[ball] - middle, axis=1) for vertices in (rest, turned)]
    np.testing.assert_allclose(radii[0], radii[1], atol=3e-5)  # the joint lies 0.05 mm before the middle
    assert np.abs(at(jaw=(0.4, 0.0, 0.0))[ball] - rest[ball]).max() < 1e-6


def test_the_neck_turns_the_head_and_leaves_its_end(face_like, at):
    """By 0.5 radians to the left the face turns stiffly; the open end of the neck stays."""
    rest, turned = at(), at(neck=(0.0, 0.5, 0.0))
    face = np.concatenate([face_like.regions[name] for name in ("nose", "forehead", "left_eye_region")])
    one, other = (vertices[face] - vertices[face].mean(0) for vertices in (rest, turned))
    left, _, right = np.linalg.svd(one.T @ other)
    rotation = left @ right
    assert np.degrees(np.arccos((np.trace(rotation) - 1) / 2)) == pytest.approx(np.degrees(0.5), abs=0.5)
    assert np.linalg.norm(one @ rotation - other, axis=1).max() < 2e-3
    low = rest[:, 1] < rest[:, 1].min() + 2e-3
    assert np.linalg.norm(turned[low] - rest[low], axis=1).max() < 5e-3


def test_expressions_are_faces_in_standard_deviations(face_like, at):
    """Uncorrelated, the larger first; the mouth, brows and lids move, the scalp and the eyeballs hardly do."""
    moves = face_like.shapedirs[:, :, 300:340].astype(np.float64)
    flat = moves.reshape(-1, 40)
    gram = flat.T @ flat
    assert np.abs(gram - np.diag(np.diag(gram))).max() < 1e-5 * gram.max()
    assert (np.diff(np.diag(gram)) <= 0).all()
    deviation = 1000 * np.sqrt((moves**2).sum((1, 2)))
    lips, scalp = face_like.regions["lips"], face_like.regions["scalp"]
    assert 1 < np.median(deviation[lips]) < 6 and np.median(deviation[scalp]) < 0.05
    assert deviation[N_SKIN:].max() < 0.3


def test_identity_is_a_head_s(face_like, at):
    """Random people are as far from the mean as adults are, and eyeballs stay balls in their sockets."""
    rng = np.random.default_rng(3)
    for _ in range(5):
        person = at(shape=rng.standard_normal(300))
        assert 0.12 < np.ptp(person[:, 0]) < 0.22 and 0.25 < np.ptp(person[:, 1]) < 0.38
        left, right = eyeballs_of(person, face_like.faces)
        assert 0.05 < left.centre[0] - right.centre[0] < 0.075
