"""Embeddings, names, and the contour's row for a yaw."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from flame_blender.errors import ModelError
from flame_blender.flame.landmarks import (
    YAW_SIGN_FLAME_PYTORCH,
    YAW_SIGN_SILHOUETTE,
    LandmarkEmbedding,
    contour_row,
    landmark_points,
)
from tests.flame.face_like import face_like_model
from tests.flame.shared_models import KINDS, SHARED

NO_TURN = np.zeros(3)


def fixed_points(count: int, **others) -> LandmarkEmbedding:
    return LandmarkEmbedding(np.arange(count), np.full((count, 3), 1 / 3), **others)


def contour(first_face: int = 0) -> dict[str, np.ndarray]:
    faces = first_face + np.arange(79 * 17).reshape(79, 17)
    return {"contour_faces": faces, "contour_barycentric": np.tile([1.0, 0.0, 0.0], (79, 17, 1))}


def about_y(degrees: float) -> np.ndarray:
    return np.array([0, np.deg2rad(degrees), 0])


@pytest.mark.parametrize(
    ("degrees", "row"),
    [
        *((0, 0), (0.4, 0), (0.6, 1), (1, 1), (38.6, 39), (39, 39), (40, 39), (89, 39)),
        *((-0.4, 0), (-0.6, 40), (-1, 40), (-38.4, 77), (-39, 78), (-39.6, 78), (-40, 78), (-89, 78)),
    ],
)
def test_rows_of_a_yaw(degrees, row):
    assert contour_row(about_y(degrees), NO_TURN, YAW_SIGN_SILHOUETTE) == row
    assert contour_row(NO_TURN, about_y(degrees), YAW_SIGN_SILHOUETTE) == row
    assert contour_row(about_y(-degrees), NO_TURN, YAW_SIGN_FLAME_PYTORCH) == row
    assert contour_row(about_y(degrees + 20), about_y(-20), YAW_SIGN_SILHOUETTE) == row


def test_rows_of_many_frames_and_of_either_field_alone():
    yaws = np.stack([about_y(d) for d in (-50, -2, 0, 3)])
    assert contour_row(yaws, np.zeros((4, 3)), 1).tolist() == [78, 41, 0, 3]
    assert contour_row(yaws, about_y(2), 1).tolist() == [78, 0, 2, 5]
    assert contour_row(about_y(2), yaws, 1).tolist() == [78, 0, 2, 5]


def test_root_turns_the_neck_and_not_the_other_way_round():
    # Nodding by 90 degrees first lays the neck's yaw axis down: what is left about Y is nothing, or all of it.
    nod, yaw = np.array([np.pi / 2, 0, 0]), about_y(30)
    assert contour_row(nod, yaw, 1) == 0
    assert contour_row(yaw, nod, 1) == 30


def test_points_are_weighted_corners_contour_first():
    rng = np.random.default_rng(0)
    vertices, faces = rng.normal(size=(9, 3)).astype(np.float32), rng.integers(0, 9, (79 * 17 + 2, 3))
    static = LandmarkEmbedding([79 * 17, 79 * 17 + 1], [[0.2, 0.3, 0.5], [0, 1, 0]], **contour())
    points = landmark_points(vertices, faces, static, about_y(-3), NO_TURN, YAW_SIGN_SILHOUETTE)
    row = 39 + 3
    assert np.array_equal(points[:17], vertices[faces[17 * row : 17 * row + 17, 0]])
    a, b, c = vertices[faces[-2]]
    np.testing.assert_allclose(points[17], 0.2 * a + 0.3 * b + 0.5 * c, atol=1e-6)
    assert np.array_equal(points[18], vertices[faces[-1, 1]])
    assert points.dtype == np.float32
    assert static.count == len(points) == len(static.names) == 19


@pytest.mark.parametrize("with_contour", [False, True])
def test_points_of_a_batch(with_contour):
    rng = np.random.default_rng(1)
    vertices, faces = rng.normal(size=(5, 9, 3)).astype(np.float32), rng.integers(0, 9, (79 * 17, 3))
    embedding = fixed_points(51, **(contour() if with_contour else {}))
    yaws = np.stack([about_y(d) for d in (-30, -1, 0, 1, 30)])
    points = landmark_points(vertices, faces, embedding, yaws, NO_TURN)
    each = [landmark_points(v, faces, embedding, y, NO_TURN) for v, y in zip(vertices, yaws, strict=True)]
    np.testing.assert_allclose(points, each, atol=1e-6)
    still = landmark_points(vertices, faces, embedding)
    np.testing.assert_allclose(still[0], landmark_points(vertices[0], faces, embedding, NO_TURN, about_y(0)), atol=1e-6)


@pytest.mark.parametrize(
    ("count", "first", "last"),
    [
        (51, "00 right brow", "50 inner lips"),
        (53, "00 right brow", "52 left iris"),
        (68, "00 jaw", "67 inner lips"),
        (70, "00 jaw", "69 left iris"),
        (105, "000 point", "104 point"),
        (4, "00 point", "03 point"),
    ],
)
def test_names_tell_row_and_region(count, first, last):
    names = fixed_points(count).names
    assert (names[0], names[-1], len(names)) == (first, last, count)
    assert len(set(names)) == count


def test_names_with_a_contour_are_ibugs():
    names = fixed_points(51, **contour()).names
    assert names[0] == "00 jaw"
    assert [names[i] for i in (17, 22, 27, 36, 42, 48, 60)] == [
        "17 right brow",
        "22 left brow",
        "27 nose",
        "36 right eye",
        "42 left eye",
        "48 outer lips",
        "60 inner lips",
    ]


def test_names_with_mediapipe_ids():
    """The last id, on the chin, is none of the released file's."""
    embedding = fixed_points(6, indices=[33, 263, 0, 13, 4, 152])
    assert embedding.names == ("33 right eye", "263 left eye", "00 outer lips", "13 inner lips", "04 nose", "152 point")


def test_contour_of_another_file():
    both = fixed_points(51).with_contour(LandmarkEmbedding(np.zeros(0, int), np.zeros((0, 3)), **contour(5)))
    assert both.count == 68
    assert both.contour_faces[0, 0] == 5
    assert both.static_faces.tolist() == list(range(51))


def test_full_set_is_an_embedding_of_its_own():
    embedding = fixed_points(51, full_faces=np.arange(68), full_barycentric=np.full((68, 3), 1 / 3))
    assert embedding.count == 51
    assert embedding.full_set().count == 68
    with pytest.raises(ModelError, match="full_faces: expected a full set of 68 or 70 points, found none"):
        fixed_points(51).full_set()


def test_arrays_are_cast_and_read_only():
    embedding = fixed_points(3, **contour())
    assert embedding.static_faces.dtype == embedding.contour_faces.dtype == np.int32
    assert embedding.static_barycentric.dtype == embedding.contour_barycentric.dtype == np.float32
    with pytest.raises(ValueError, match="read-only"):
        embedding.contour_faces[0, 0] = 1


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"static_faces": [0.5, 1.5]}, r"static_faces must hold whole numbers on 1 axes, found float64 \(2,\)\."),
        ({"static_faces": [[0, 1]]}, r"static_faces must hold whole numbers on 1 axes, found int64 \(1, 2\)\."),
        ({"static_faces": [0, -1]}, r"static_faces must not be negative .* found -1\.\.0\."),
        ({"static_faces": [0, 2**40]}, r"static_faces must not be negative nor exceed 32 bits"),
        ({"static_barycentric": np.zeros((3, 3))}, r"static_barycentric must .* shape \(2, 3\), found .*\(3, 3\)\."),
        ({"static_barycentric": np.full((2, 3), np.nan)}, r"static_barycentric must hold finite numbers"),
        ({"contour_faces": np.zeros((79, 17), int)}, r"contour_faces and contour_barycentric must come together"),
        (
            {"contour_faces": np.zeros((78, 17), int), "contour_barycentric": np.zeros((78, 17, 3))},
            r"contour_faces must have 79 rows, found 78\.",
        ),
        ({"indices": [1, 2, 3]}, r"indices must number the 2 static points, found 3 indices\."),
    ],
)
def test_bad_arrays_are_refused_by_name(fields, message):
    good = {"static_faces": [0, 1], "static_barycentric": np.zeros((2, 3))}
    with pytest.raises(ModelError, match=message):
        LandmarkEmbedding(**{**good, **fields})


@pytest.mark.parametrize("key", ["static", "contour", "full"])
def test_points_off_the_mesh_are_refused(key):
    faces: Any = {"static": [0, 7], "contour": np.full((79, 17), 7), "full": [0, 7]}[key]
    fields: dict[str, Any] = {"static_faces": [0], "static_barycentric": np.zeros((1, 3))}
    fields |= {f"{key}_faces": faces, f"{key}_barycentric": np.zeros((*np.shape(faces), 3))}
    embedding = LandmarkEmbedding(**fields)
    embedding.validate(8)
    with pytest.raises(ModelError, match=rf"{key}_faces must name triangles 0\.\.6 of the model, found 7\."):
        embedding.validate(7)


@pytest.mark.parametrize("kind", KINDS)
def test_the_contour_lies_on_the_silhouette_for_the_default_sign(kind):
    """The head turned by 35 degrees, seen from +Z: the contour on the side turned away must be at its outline.

    RingNet's contour on FLAME's head, and the made file's on its own.
    """
    from flame_blender.geometry.rotations import matrix_from_axis_angle
    from flame_blender.model_files.embeddings import load_landmarks

    if kind == "released":
        with np.load(SHARED / "data" / "flame2023_open_identity60.npz") as real:
            template, faces = real["v_template"].astype(np.float32), real["faces"]
        embedding = load_landmarks(SHARED / "data" / "flame_dynamic_embedding.npy")
    else:
        made = face_like_model()
        template, faces, embedding = made.v_template, made.faces, made.landmarks["ibug"]
    turned = (template @ matrix_from_axis_angle(about_y(35)).T).astype(np.float32)

    def mean_distance_to_outline(sign: int) -> float:
        points = landmark_points(turned, faces, embedding, about_y(35), NO_TURN, sign)[9:16]
        outline = [turned[np.abs(turned[:, 1] - y) < 4e-3, 0].max() for y in points[:, 1]]
        return float(np.abs(outline - points[:, 0]).mean())

    assert mean_distance_to_outline(YAW_SIGN_SILHOUETTE) < 0.5 * mean_distance_to_outline(YAW_SIGN_FLAME_PYTORCH)


@pytest.mark.parametrize(("count", "first"), [(51, 0), (53, 0), (68, 17), (70, 17)])
def test_the_points_within_the_face_are_the_same_of_any_set(count: int, first: int) -> None:
    """Contour before them, irises behind: neither is taken for a brow or a lip."""
    faces = np.arange(count, dtype=np.int32)
    found = LandmarkEmbedding(faces, np.tile(np.float32([1, 0, 0]), (count, 1))).within_face()
    assert found is not None and np.array_equal(found.static_faces, np.arange(first, first + 51))
    assert found.names[0] == "00 right brow" and found.names[-1] == "50 inner lips"
    assert LandmarkEmbedding(faces[:50], np.tile(np.float32([1, 0, 0]), (50, 1))).within_face() is None
