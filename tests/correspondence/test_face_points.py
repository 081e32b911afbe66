"""What the shape of a face alone tells, against landmarks that were placed, and against the same surface cut anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from flame_blender.correspondence.face_points import _followed, face_points
from flame_blender.correspondence.rest_skin import RestSkin
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.eyeballs import eyeballs_of
from flame_blender.flame.model import FlameModel
from flame_blender.flame.params import FlameParams
from flame_blender.textures.front_view import PIXEL, front_view
from tests.correspondence.conftest import REAL
from tests.correspondence.test_corresponding import points_of
from tests.flame.shared_models import KINDS

COUNTS = {"eyes": 4, "lids": 32, "lips": 13, "profile": 16}
RIGHT_CORNER, LEFT_CORNER, ROOT, BASE, OUTER_LEFT, OUTER_RIGHT = 60 - 17, 64 - 17, 27 - 17, 33 - 17, 45 - 17, 36 - 17


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(3)


@pytest.fixture(scope="module")
def of_built_in(built_in) -> dict[str, np.ndarray]:
    return face_points(RestSkin(built_in))


def test_a_view_from_before_shows_what_is_in_front():
    """Two squares behind each other, of which the smaller is nearer."""
    square = np.array([[0.0, 0], [1, 0], [1, 1], [0, 1]]) * 40 * PIXEL
    far, near = np.c_[square, np.zeros(4)], np.c_[square / 2, np.full(4, 0.01)]
    faces = np.array([[0, 1, 2], [0, 2, 3], [4, 5, 6], [4, 6, 7]])
    view = front_view(np.concatenate([far, near]), faces, square[0], square[2])
    assert np.isin(view.triangle[:20, :20], (2, 3)).all() and np.allclose(view.depth[:20, :20], 0.01)
    assert np.isin(view.triangle[20:], (0, 1)).all() and np.allclose(view.depth[20:], 0)
    assert np.allclose(view.points(0, 1), (1.5 * PIXEL, 0.5 * PIXEL, 0.01))


def test_of_triangles_the_nearest_is_shown(rng):
    corners = rng.uniform(0, 60 * PIXEL, (40, 3, 3))
    view = front_view(corners.reshape(-1, 3), np.arange(120).reshape(-1, 3), np.zeros(2), np.full(2, 60 * PIXEL))
    for row, column in rng.integers(0, 60, (200, 2)).tolist():
        heights = heights_at(corners, PIXEL * (np.array([column, row]) + 0.5))
        assert view.depth[row, column] == pytest.approx(heights.max(initial=-np.inf))


def heights_at(corners: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Z of the planes of those triangles (F, 3, 3) that lie over ``place`` (2,), by Cramer's rule."""
    system = np.stack([np.ones(corners.shape[:2]), corners[..., 0], corners[..., 1]], 1)
    weights = np.linalg.solve(system, np.r_[1, place][None, :, None].repeat(len(corners), 0))[..., 0]
    over = (weights > 0).all(1)
    return (weights * corners[..., 2]).sum(1)[over]


def test_they_lie_where_landmarks_were_placed(built_in, of_built_in):
    ibug = points_of(built_in, built_in.landmarks["ibug"])
    found = of_built_in
    assert {name: len(points) for name, points in found.items()} == COUNTS
    off = 1000 * np.linalg.norm(found["lips"][[0, -1]] - ibug[[RIGHT_CORNER, LEFT_CORNER]], axis=1)
    assert off.max() < 3.0
    assert 1000 * np.linalg.norm(found["profile"][11] - ibug[BASE]) < 2.0
    outer = found["lids"][[0, 16]]
    assert 1000 * np.abs(outer[:, :2] - ibug[[OUTER_LEFT, OUTER_RIGHT], :2]).max() < 4.0
    upper, lower = found["lids"][2:9], found["lids"][9:16]
    assert (upper[:, 1] > lower[:, 1] + 0.003).all()
    assert np.allclose(found["lids"][:16] * (-1, 1, 1), found["lids"][16:], atol=0.5e-3), "the head is symmetric"


def test_another_mesh_of_the_same_surface_has_them_where_they_are(of_built_in, face_like):
    found = face_points(RestSkin(face_like))
    for name, most in {"eyes": 0.01, "lids": 0.2, "lips": 1.0, "profile": 0.2}.items():
        off = 1000 * np.linalg.norm(found[name] - of_built_in[name], axis=1)
        assert off.mean() < most, name


def test_a_moved_and_smaller_head_has_them_there(built_in, of_built_in):
    moved = replace(built_in, v_template=(0.9 * built_in.v_template + (0, 1.5, 0.3)).astype(np.float32))
    found = face_points(RestSkin(moved))
    assert {name: len(points) for name, points in found.items()} == COUNTS
    for name, points in found.items():
        off = 1000 * np.linalg.norm(points - (0.9 * of_built_in[name] + (0, 1.5, 0.3)), axis=1)
        assert off.mean() < 0.5, name


def test_what_is_not_there_is_not_found(built_in):
    balls = eyeballs_of(built_in.v_template, built_in.faces)
    in_balls = np.isin(built_in.faces[:, 0], np.concatenate([ball.vertices for ball in balls]))
    assert face_points(RestSkin(replace(built_in, faces=built_in.faces[~in_balls]))) == {}
    skin = RestSkin(built_in)
    ball = np.isin(skin.faces, skin.ids[skin.vertices[skin.ids, 1] < -0.035]).any(1)
    headless = np.concatenate([built_in.faces[in_balls], skin.faces[~ball]])
    assert set(face_points(RestSkin(replace(built_in, faces=headless)))) == {"eyes", "lids"}


def made_people(face_like: FlameModel, built_in: FlameModel) -> Iterator[FlameModel]:
    """Persons of the built-in head, on a mesh cut at random; between the lips of two one looks through."""
    directions = face_like.shapedirs[:, :, : built_in.n_identity]  # further ones are waves, which bend eyeballs
    rng = np.random.default_rng(9)
    for _ in range(4):
        moved = face_like.v_template + directions @ rng.normal(size=built_in.n_identity)
        yield replace(face_like, v_template=moved.astype(np.float32))


def released_people(template: FlameModel, rng: np.random.Generator) -> Iterator[FlameModel]:
    with np.load(REAL / "flame2023_open_identity60.npz") as file:
        directions, mean = file["shapedirs"], file["v_template"]
    for _ in range(2):
        yield replace(template, v_template=(mean + directions @ rng.normal(size=60)).astype(np.float32))


@pytest.mark.parametrize("kind", KINDS)
def test_of_flames_people(kind, built_in, face_like, real_template, rng):
    """Other heads of a file's space: corners of the mouth and the nose's base go with the head's own landmarks.

    RingNet's of FLAME 2023 Open's people; of made ones the places are known.
    """
    made = kind == "made"
    for model in made_people(face_like, built_in) if made else released_people(real_template, rng):
        found, ibug = face_points(RestSkin(model)), points_of(model, model.landmarks["ibug"])
        assert {name: len(points) for name, points in found.items()} == COUNTS
        corners = ibug[[RIGHT_CORNER, LEFT_CORNER]]
        assert 1000 * np.linalg.norm(found["lips"][[0, -1]] - corners, axis=1).max() < 3.5
        assert 1000 * np.linalg.norm(found["profile"][11] - ibug[BASE]) < 4.0


def test_shut_eyes_tell_no_lids(built_in):
    """Nor does a head whose mouth is too small to be one, or none, tell lips."""
    assert built_in.controls is not None
    scores = built_in.controls.scores({"eyeBlinkLeft": 1.0, "eyeBlinkRight": 1.0})
    params = FlameParams(expression=built_in.controls.fields(scores)["expression"])
    shut = face_points(RestSkin(replace(built_in, v_template=FlameEvaluator(built_in).vertices(params))))
    assert "lids" not in shut and {"eyes", "lips"} <= shut.keys()
    tiny = face_points(RestSkin(replace(built_in, v_template=0.25 * built_in.v_template)))
    assert "lips" not in tiny and "profile" not in tiny


def test_a_line_that_does_not_begin_is_none():
    assert _followed(np.zeros((4, 5), bool), 2) == {}
    marked = np.zeros((4, 5), bool)
    marked[1, 1:] = True
    assert _followed(marked, 2) == dict.fromkeys((2, 3, 4, 1), 1.0)
