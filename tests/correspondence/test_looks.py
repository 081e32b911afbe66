"""UVs and the painted skin carried over to another head, its eyes, and its triangles as quads."""

from __future__ import annotations

import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from flame_blender.assets import SKIN_TEXTURE, pictures_beside
from flame_blender.correspondence.correspondence import Correspondence
from flame_blender.errors import ModelError
from flame_blender.flame.eyeballs import eyeballs_of
from flame_blender.flame.landmarks import landmark_points
from flame_blender.flame.model import FlameModel
from flame_blender.long_work import result_of
from flame_blender.looks.files import Looks, layout_of, load_looks, save_looks, with_looks
from flame_blender.looks.gaze import IRIS_ANGLE, PUPIL_ANGLE, eye_colours, gaze_directions, laid_out
from flame_blender.looks.paint import baking
from flame_blender.looks.quads import quad_pairs
from flame_blender.looks.source import Painted, painted
from flame_blender.looks.surface import border_loops, cut_along, is_disc_with_holes, parts_by_edges, shortest_path
from flame_blender.looks.unwrap import EYE, MOUTH, SKIN, Unwrapped, unwrapped
from flame_blender.textures.png import png_bytes
from flame_blender.textures.rasterise import rasterised
from flame_blender.textures.texels import texels_of
from tests.correspondence.conftest import REAL
from tests.correspondence.found import corresponding_once
from tests.fitting.surface_search import nearest_surface

SIDE = 1024


@pytest.fixture(scope="session")
def source(built_in: FlameModel) -> Painted:
    return painted(built_in)


@pytest.fixture(scope="session")
def real_template(real_template: FlameModel, face_like: FlameModel) -> FlameModel:
    """A stranger's waves would leave no balls for eyes: its eyeballs go with the waves as a whole."""
    if REAL.is_dir():
        return real_template
    template = real_template.v_template.copy()
    for ball in (face_like.regions[f"{side}_eyeball"] for side in ("left", "right")):
        template[ball] = face_like.v_template[ball] + (template[ball] - face_like.v_template[ball]).mean(0)
    return replace(real_template, v_template=template)


@pytest.fixture(scope="session")
def on_real(built_in: FlameModel, real_template: FlameModel) -> Correspondence:
    return result_of(corresponding_once(built_in, real_template, nearest_surface))


@pytest.fixture(scope="session")
def real_uvs(real_template: FlameModel, on_real: Correspondence, source: Painted) -> Unwrapped:
    found = unwrapped(real_template, on_real, source)
    assert found is not None
    return found


@pytest.fixture(scope="session")
def face_like_uvs(face_like: FlameModel, on_face_like: Correspondence, source: Painted) -> Unwrapped:
    found = unwrapped(face_like, on_face_like, source)
    assert found is not None
    return found


@pytest.fixture(params=["real_uvs", "face_like_uvs"])
def uvs(request) -> Unwrapped:
    return request.getfixturevalue(request.param)


@pytest.fixture
def model(uvs: Unwrapped, real_uvs: Unwrapped, real_template: FlameModel, face_like: FlameModel) -> FlameModel:
    return real_template if uvs is real_uvs else face_like


def corners_of(uvs: Unwrapped) -> np.ndarray:
    return uvs.uvs.coords[uvs.uvs.faces].astype(np.float64)


def areas(corners: np.ndarray) -> np.ndarray:
    """(F,) signed areas of triangles (F, 3, 2)."""
    one, other = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    return (one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]) / 2


def test_eyeballs_that_are_no_balls_are_not_turned_over(
    face_like: FlameModel, on_face_like: Correspondence, source: Painted
):
    template = face_like.v_template.copy()
    balls = np.concatenate([ball.vertices for ball in eyeballs_of(template, face_like.faces)])
    template[balls, 2] += 0.004 * np.sin(600 * template[balls, 1])
    assert eyeballs_of(template, face_like.faces) is None
    found = unwrapped(replace(face_like, v_template=template), on_face_like, source)
    assert (areas(corners_of(found)) > 0).all()


def test_no_triangle_is_turned_over_or_stretched_across(uvs: Unwrapped, model: FlameModel):
    corners = corners_of(uvs)
    assert corners.min() >= 0 and corners.max() <= 1
    assert (areas(corners) > 0).all()
    longest = np.linalg.norm(corners - np.roll(corners, 1, 1), axis=2).max(1)
    assert longest[uvs.materials != MOUTH].max() < 0.13 and longest.max() < 0.18  # the mouth's place is 0.17 wide
    places = model.v_template[model.faces].astype(np.float64)
    true = np.linalg.norm(np.cross(places[:, 1] - places[:, 0], places[:, 2] - places[:, 0]), axis=1) / 2
    share = areas(corners)[uvs.materials == SKIN] / true[uvs.materials == SKIN]
    share /= np.median(share)
    assert (share > 0.02).mean() > 0.95 and share.max() < 25


def test_no_two_triangles_share_a_texel(uvs: Unwrapped):
    times = np.zeros(SIDE * SIDE, int)
    for _triangle, texel, weights in rasterised(corners_of(uvs) * SIDE, SIDE, SIDE):
        np.add.at(times, texel[weights.min(1) > 1e-6], 1)
    assert (times > 1).sum() <= 1e-4 * (times > 0).sum()
    assert (times > 0).mean() > 0.6


def test_a_vertex_has_several_uvs_at_seams_alone(uvs: Unwrapped, model: FlameModel):
    """At the back of the head, round the mouth's inside, and behind the eyes."""
    pairs = np.unique(np.stack([model.faces.ravel(), uvs.uvs.faces.ravel()], 1), axis=0)
    vertices, times = np.unique(pairs[:, 0], return_counts=True)
    several = vertices[times > 1]
    assert 80 < len(several) < 400
    eyes, mouth = (np.unique(model.faces[uvs.materials == what]) for what in (EYE, MOUTH))
    back = np.setdiff1d(several, np.concatenate([eyes, mouth]))
    places = model.v_template[back]
    assert len(back) > 20 and np.abs(places[:, 0]).max() < 0.006 and places[:, 2].max() < 0.02


def test_each_eye_is_round_and_in_a_place_of_its_own(uvs: Unwrapped, model: FlameModel):
    boxes = []
    for ball in eyeballs_of(model.v_template, model.faces) or ():
        own = np.isin(model.faces[:, 0], ball.vertices)
        assert (uvs.materials[own] == EYE).all()
        corners = corners_of(uvs)[own]
        boxes.append((corners.reshape(-1, 2).min(0), corners.reshape(-1, 2).max(0)))
        middle = (boxes[-1][0] + boxes[-1][1]) / 2
        angle = ball.angles(model.v_template[model.faces[own]])
        away = np.linalg.norm(corners - middle, axis=2)
        ring = np.abs(angle - IRIS_ANGLE) < np.radians(5)
        assert np.ptp(away[ring] / angle[ring]) < 0.1 * np.mean(away[ring] / angle[ring])
    assert boxes[0][1][0] < boxes[1][0][0]


def test_the_border_of_the_lips_runs_along_quads(real_template: FlameModel, real_uvs: Unwrapped):
    """Where skin and lips meet, no quad is half of the one and half of the other, so that the border is no saw."""
    lips = real_uvs.materials == "lips"
    joined = np.isin(real_uvs.materials, ("skin", "lips"))[quad_pairs(real_template)].all(1)
    one, other = lips[quad_pairs(real_template)[joined]].T
    assert lips.sum() > 100 and (one == other).all()
    sides = real_template.faces[:, [[0, 1], [1, 2], [2, 0]]]
    between = np.isin(np.sort(sides[lips].reshape(-1, 2), 1) @ [1 << 16, 1], np.sort(sides[~lips], 2) @ [1 << 16, 1])
    turns = turns_along(sides[lips].reshape(-1, 2)[between], real_template.v_template)
    assert len(turns) > 20 and np.median(turns) < np.radians(60)


def turns_along(edges: np.ndarray, vertices: np.ndarray) -> np.ndarray:
    """(n,) how far each edge (n, 2) turns from the one that ends where it begins, radians."""
    ways = vertices[edges[:, 1]] - vertices[edges[:, 0]]
    ways /= np.linalg.norm(ways, axis=1)[:, None]
    before = {int(end): way for (_, end), way in zip(edges, ways, strict=True)}
    return np.array(
        [
            np.arccos(np.clip(way @ before[int(start)], -1, 1))
            for (start, _), way in zip(edges, ways, strict=True)
            if int(start) in before
        ]
    )


def position_picture(source: Painted) -> np.ndarray:
    """A picture of the built-in head whose colours are the places (metres) themselves."""
    texels = texels_of(source.model, SIDE, ("skin", "lips"))
    picture = np.zeros((SIDE * SIDE, 3), np.float32)
    picture[texels.used] = texels.points(source.model.v_template)
    return picture.reshape(SIDE, SIDE, 3)


def test_texels_show_the_place_that_they_lie_on(
    face_like: FlameModel, on_face_like: Correspondence, source: Painted, face_like_uvs: Unwrapped
):
    """The head's surface is the built-in one's, so that a picture of places must show each texel its own."""
    shown = result_of(
        baking(
            face_like, face_like_uvs.uvs, face_like_uvs.materials, on_face_like, source, position_picture(source), SIDE
        )
    ).reshape(-1, 3)
    places, texels = [], []
    skin = np.isin(face_like_uvs.materials, ("skin", "lips"))
    for triangle, texel, weights in rasterised(corners_of(face_like_uvs)[skin] * SIDE, SIDE, SIDE):
        places.append(np.einsum("nk,nki->ni", weights, face_like.v_template[face_like.faces[skin][triangle]]))
        texels.append(texel)
    at, where = np.concatenate(places), np.concatenate(texels)
    above = at[:, 1] > -0.12  # where the neck is cut, nothing is known beyond
    off = np.linalg.norm(shown[where] - at, axis=1)[above]
    assert np.median(off) < 4e-4 and np.percentile(off, 99) < 1.2e-3 and (off < 3e-3).mean() > 0.998


def picture_of(path: Path) -> np.ndarray:
    """(2048, 2048, 3) of an asset, which stores each row as differences to the one above; rows up."""
    data, at, lines = path.read_bytes(), 8, b""
    while at < len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        if data[at + 4 : at + 8] == b"IDAT":
            lines += data[at + 8 : at + 8 + length]
        at += 12 + length
    rows = np.frombuffer(zlib.decompress(lines), np.uint8).reshape(2048, -1)
    pixels = np.cumsum(rows[:, 1:], axis=0, dtype=np.uint8).reshape(2048, 2048, 3)
    assert png_bytes(pixels, 6) == data  # the writer's own bytes
    return pixels[::-1].astype(np.float32) / 255


def test_brows_and_lips_are_where_the_landmarks_are(
    real_template: FlameModel, on_real: Correspondence, source: Painted, real_uvs: Unwrapped
):
    shares: list[float] = []
    skin, _relief, marks = pictures_beside(SKIN_TEXTURE)
    both = np.concatenate([picture_of(skin), picture_of(marks)], -1)
    baked = result_of(
        baking(real_template, real_uvs.uvs, real_uvs.materials, on_real, source, both, SIDE), shares.append
    )
    picture = baked[..., :3]
    assert shares == sorted(shares) and shares[-1] == 1.0
    embedding = real_template.landmarks["ibug"]
    points = landmark_points(real_template.v_template, real_template.faces, embedding)[-51:]
    visible = np.unique(real_template.faces[np.isin(real_uvs.materials, ("skin", "lips"))])

    def colours(places: np.ndarray, reach: int, picture: np.ndarray = picture) -> np.ndarray:
        found = []
        for place in places:
            vertex = visible[np.linalg.norm(real_template.v_template[visible] - place, axis=1).argmin()]
            u, v = (real_uvs.uvs.coords[real_uvs.uvs.faces[real_template.faces == vertex][0]] * SIDE).astype(int)
            found.append(picture[v - reach : v + reach, u - reach : u + reach].reshape(-1, 3))
        return np.array(found) ** 2.2

    forehead = colours(points[[2, 7]] + (0, 0.03, 0), 4).mean((0, 1))
    assert (colours(points[[1, 2, 3, 6, 7, 8]], 8, baked[..., 3:])[..., 2].max(1) > 0.3).all()
    assert colours(points[[2, 7]] + (0, 0.03, 0), 4, baked[..., 3:])[..., 2].max() < 0.02
    lip = colours((points[[40]] + points[[49]]) / 2, 2).mean((0, 1))  # the lower lip
    assert lip[0] / lip[1] > 1.2 * forehead[0] / forehead[1]
    unseen = picture[:8].reshape(-1, 3) ** 2.2  # below everything: the usual colour
    assert np.abs(unseen - forehead).max() < 0.15


def test_quads_are_pairs_of_triangles(uvs: Unwrapped, model: FlameModel):
    pairs = quad_pairs(model)
    assert len(np.unique(pairs)) == 2 * len(pairs)
    assert 2 * len(pairs) > 0.8 * len(model.faces)
    vertices = model.v_template.astype(np.float64)
    for one, other in pairs[:: len(pairs) // 400].tolist():
        a, b = model.faces[one].tolist(), model.faces[other].tolist()
        shared = set(a) & set(b)
        assert len(shared) == 2
        start = next(k for k in range(3) if a[k] not in shared)
        apex = next(vertex for vertex in b if vertex not in shared)
        quad = vertices[[a[start], a[start - 2], apex, a[start - 1]]]
        normal = np.cross(quad[2] - quad[0], quad[3] - quad[1])
        turns = np.cross(np.roll(quad, -1, 0) - quad, np.roll(quad, -2, 0) - np.roll(quad, -1, 0)) @ normal
        assert (turns > 0).all()  # convex, the way round of the triangles


def test_gazes_point_out_of_the_eyes(uvs: Unwrapped, model: FlameModel, built_in: FlameModel):
    for each in (model, built_in):
        directions = gaze_directions(each)
        lengths = np.linalg.norm(directions, axis=1)
        assert set(np.round(lengths, 5)) == {0.0, 1.0}
        for ball in eyeballs_of(each.v_template, each.faces):
            front = ball.vertices[each.v_template[ball.vertices, 2].argmax()]
            assert directions[front, 2] > 0.999
    assert gaze_directions(replace(model, v_template=model.v_template * 3)) is None


def test_the_eyes_colours():
    angles = np.array([0.0, PUPIL_ANGLE * 0.8, (PUPIL_ANGLE + IRIS_ANGLE) / 2, IRIS_ANGLE * 1.2, np.pi])
    shown = eye_colours(np.stack([np.sin(angles), 0 * angles, np.cos(angles)], 1), (0.1, 0.2, 0.9))
    assert (
        (shown[:2] < 0.01).all() and shown[2, 2] > 3 * shown[2, 0] and (shown[3] > 0.55).all()
    )  # a white that is warm
    assert shown[4, 0] > shown[4, 2]
    again = eye_colours(-2 * np.array([[0.0, 0.0, -1.0]]))
    assert np.allclose(again, eye_colours(np.array([[0.0, 0.0, 1.0]])))


def test_a_triangle_with_the_back_pole_inside_lies_apart():
    behind = np.array([[[0.1, 0.0, -1.0], [-0.1, 0.1, -1.0], [-0.1, -0.1, -1.0]]])
    assert laid_out(behind).max() < 0.05
    front = behind * (1, 1, -1)
    assert abs(laid_out(front).mean() - 0.5) < 0.05


def test_a_cut_opens_a_surface_along_its_path():
    """Of a strip of 4 x 3 vertices: the inner way from the middle to the border."""
    faces = np.array(
        [(4 * y + x, 4 * y + x + 1, 4 * y + x + 5) for y in range(2) for x in range(3)]
        + [(4 * y + x, 4 * y + x + 5, 4 * y + x + 4) for y in range(2) for x in range(3)]
    )
    (loop,) = border_loops(faces)
    assert len(loop) == 10 and is_disc_with_holes(faces, [loop])
    edges = np.array([(4, 5), (5, 6), (6, 7), (5, 1)])
    assert shortest_path(edges, np.array([1.0, 1.0, 1.0, 9.0]), 6, np.array([4, 7])) == [6, 7]
    assert shortest_path(edges, np.ones(4), 6, np.array([11])) == []
    cut, copies = cut_along(faces, [5, 6, 7], 12)
    assert copies.tolist() == [6, 7] and len(border_loops(cut)[0]) == 10 + 4
    assert (np.where(cut >= 12, copies[np.maximum(cut - 12, 0)], cut) == faces).all()
    assert len(np.unique(parts_by_edges(cut))) == 1
    touching = np.array([(0, 1, 2), (0, 3, 4)])
    assert border_loops(touching) is None and len(np.unique(parts_by_edges(touching))) == 2


def test_looks_are_kept(tmp_path: Path, real_template: FlameModel, real_uvs: Unwrapped, face_like: FlameModel):
    path = tmp_path / "looks.npz"
    save_looks(path, real_template, Looks(real_uvs.materials, real_uvs.uvs))
    kept = load_looks(path, real_template)
    assert (kept.materials == real_uvs.materials).all() and np.array_equal(kept.uvs.coords, real_uvs.uvs.coords)
    display = with_looks(replace(real_template, display=None), kept)
    assert display.material_names == ("skin", "lips", "mouth", "eye") and display.polygons.shape == (9976, 4)
    own = replace(real_template, display=face_like.display)
    assert layout_of(with_looks(own, kept)) == layout_of(face_like.display) != layout_of(display)
    assert layout_of(None) is None
    with pytest.raises(ModelError, match="compute it again"):
        load_looks(path, replace(face_like, v_template=face_like.v_template + 1))
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(ModelError):
        load_looks(path, real_template)


def test_a_head_without_uvs_is_no_source(face_like: FlameModel):
    with pytest.raises(ModelError, match="UVs and materials"):
        painted(replace(face_like, display=None))
