"""Lids that shut as the built-in head's do: nothing of the eyeball is seen then, and they do not lie in it."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from flame_blender.correspondence.correspondence import Correspondence
from flame_blender.correspondence.lid_margins import margins_of
from flame_blender.correspondence.lids import shares_of
from flame_blender.correspondence.movements import carried_over
from flame_blender.correspondence.relaxing import turned_back, unfolded
from flame_blender.correspondence.rest_skin import RestSkin
from flame_blender.correspondence.skin import face_normals
from flame_blender.flame.eyeballs import Eyeball, eyeballs_of
from flame_blender.flame.landmarks import LandmarkEmbedding
from flame_blender.flame.model import FlameModel
from flame_blender.geometry.rotations import matrix_from_axis_angle
from tests.correspondence.test_corresponding import movements_of

BLINKS = ("eyeBlinkLeft", "eyeBlinkRight")
PAIRS = {"Left": ((26, 27), (30, 29)), "Right": ((20, 21), (24, 23))}  # upper and lower lids, of iBUG's 51
FINE, HALF_WIDTH = 160, 0.02  # pixels, and metres around an eye


def eyeball_pixels(vertices: np.ndarray, faces: np.ndarray, ball: Eyeball, yaw: float) -> int:
    """How many of a picture's show the eyeball, seen from far off: the nearest triangle over each pixel's middle."""
    turn = matrix_from_axis_angle(np.array([0, np.deg2rad(yaw), 0]))
    turned = (vertices - ball.centre) @ turn.T
    corners = turned[faces]
    near = (np.abs(corners[..., :2]) < 1.5 * HALF_WIDTH).all((1, 2)) & (corners[..., 2].max(1) > -0.01)
    corners, is_ball = corners[near], np.isin(faces[near], ball.vertices).all(1)
    middles = (np.arange(FINE) + 0.5) / FINE * 2 * HALF_WIDTH - HALF_WIDTH
    depth, shows = np.full((FINE, FINE), -np.inf), np.zeros((FINE, FINE), bool)
    for (a, b, c), own in zip(corners, is_ball, strict=True):
        low, high = np.minimum(np.minimum(a, b), c), np.maximum(np.maximum(a, b), c)
        columns, rows = (slice(*np.searchsorted(middles, (low[axis], high[axis]))) for axis in (0, 1))
        area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
        if columns.start == columns.stop or rows.start == rows.stop or not area:
            continue
        x, y = middles[columns][None], middles[rows][:, None]
        one = ((x - a[0]) * (c[1] - a[1]) - (y - a[1]) * (c[0] - a[0])) / area
        other = ((b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0])) / area
        z = a[2] + one * (b[2] - a[2]) + other * (c[2] - a[2])
        first = (one >= 0) & (other >= 0) & (one + other <= 1) & (z > depth[rows, columns])
        depth[rows, columns][first], shows[rows, columns][first] = z[first], own
    return int(np.count_nonzero(shows))


def ball_of(model: FlameModel, name: str) -> Eyeball:
    """The eyeball of the blinking eye; where a head is nobody's and its eyeballs no balls, about where it is."""
    vertices, left = model.v_template.astype(np.float64), name.endswith("Left")
    balls = eyeballs_of(vertices, model.faces)
    if balls is not None:
        return balls[0 if left else 1]
    ids = model.regions["left_eyeball" if left else "right_eyeball"]
    centre = vertices[ids].mean(0)
    return Eyeball(ids, centre, float(np.linalg.norm(vertices[ids] - centre, axis=1).mean()))


def gap(model: FlameModel, embedding: LandmarkEmbedding, moved: np.ndarray, name: str) -> float:
    """What is left up and down between iBUG's pairs of points on the lids of one eye, of the gap at rest.

    A blink parts none sideways. The built-in head's pairs stand straight above each other, those that are found on
    FLAME's template without landmarks 0.4 to 0.8 mm aside, at rest and shut alike: 0.04 of an eye of 9 mm, more than
    the 0.027 that the built-in head's own blink leaves (0.19 on its first sculpt, beside which that did not count).
    """
    upper, lower = (np.array(each) for each in PAIRS[name.removeprefix("eyeBlink")])
    corners, weights = model.faces[embedding.static_faces], embedding.static_barycentric[..., None]
    wide = []
    for vertices in (model.v_template, model.v_template + moved):
        points = (vertices[corners] * weights).sum(1)
        wide.append(np.linalg.norm((points[upper] - points[lower])[:, 1:], axis=1).sum())
    return wide[1] / wide[0]


@pytest.mark.parametrize("head", ["face_like", "real", "real_free"])
def test_a_blink_shuts_the_eye(request, built_in, head):
    model = request.getfixturevalue("face_like" if head == "face_like" else "real_template")
    found: Correspondence = request.getfixturevalue(f"on_{head}")
    skin = RestSkin(model)
    rest, moved = skin.vertices, movements_of(built_in, BLINKS)
    carried = carried_over(found, built_in, model, moved)
    at_rest = {name: eyeball_pixels(rest, model.faces, ball_of(model, name), 0) for name in BLINKS}
    assert min(at_rest.values()) > 1000, "open, it can be seen"
    ibug = found.landmarks["ibug"]
    for name, other, each, own in zip(BLINKS, BLINKS[::-1], carried, moved, strict=True):
        ball = ball_of(model, name)
        assert [eyeball_pixels(rest + each, model.faces, ball, yaw) for yaw in (-30, 0, 30)] == [0, 0, 0], name
        assert 0.98 < gap(model, ibug, each, other) < 1.02, "a wink leaves the other eye alone"
        if eyeballs_of(rest, model.faces) is None:
            continue
        left, ours = gap(model, ibug, each, name), gap(built_in, built_in.landmarks["ibug"], own, name)
        assert 0 < left < ours + 0.05, "landmarks that lie nearer to the lids' edges come nearer to each other"
        lids = skin.ids[skin.seen[skin.ids] & (ball_distance(rest, ball)[skin.ids] > 0)]
        assert ball_distance(rest + each, ball)[lids].min() > -2e-4
        assert ball_distance(rest + each / 2, ball)[lids].min() > -2e-4, "half way neither"


def ball_distance(vertices: np.ndarray, ball: Eyeball) -> np.ndarray:
    """(V,) metres outside the eyeball."""
    return np.linalg.norm(vertices - ball.centre, axis=1) - ball.radius


def test_edges_of_lids_about_a_ball():
    """A shell around a ball with a window of 60 by 24 degrees, higher by 6 than it is low: what is known exactly."""
    ball = Eyeball(np.zeros(0, np.int64), np.array([0.03, 0.01, 0.02]), 0.013)
    aside, up = (np.deg2rad(np.arange(-63.0, 64.0, 3.0)) for _ in range(2))
    grid = np.stack(np.meshgrid(aside, up, indexing="ij"), -1).reshape(-1, 2)
    out = np.stack(
        [np.sin(grid[:, 0]), np.cos(grid[:, 0]) * np.sin(grid[:, 1]), np.cos(grid[:, 0]) * np.cos(grid[:, 1])], 1
    )
    vertices = ball.centre + 1.1 * ball.radius * out
    ids = np.arange(len(vertices)).reshape(len(aside), len(up))
    a, b, c, d = ids[:-1, :-1].ravel(), ids[1:, :-1].ravel(), ids[1:, 1:].ravel(), ids[:-1, 1:].ravel()
    faces = np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)])
    window = (np.abs(np.rad2deg(grid[:, 0])) < 31) & (np.rad2deg(grid[:, 1]) > -10) & (np.rad2deg(grid[:, 1]) < 16)
    faces = faces[~window[faces].all(1)]
    model = SimpleNamespace(v_template=vertices, faces=faces, n_vertices=len(vertices))
    found = margins_of(RestSkin(model), ball)
    upper, lower = np.rad2deg(found.elevations(vertices, faces))
    assert len(found.along) == pytest.approx(120, abs=2), "half a degree apart"
    assert np.allclose(upper, 15, atol=0.6) and np.allclose(lower, -9, atol=0.6)
    assert np.allclose(np.rad2deg(found.heights), 24, atol=0.6)
    turned = np.where(grid[:, 1] > 0, -np.deg2rad(6), np.deg2rad(3))
    away, sine, cosine = vertices - ball.centre, np.sin(turned), np.cos(turned)
    y, z = cosine * away[:, 1] + sine * away[:, 2], cosine * away[:, 2] - sine * away[:, 1]
    moved = np.stack([away[:, 0], y, z], 1) + ball.centre - vertices
    assert np.allclose(shares_of(found, RestSkin(model), moved[None]), [[6 / 24, 3 / 24]], atol=0.01)
    whole = SimpleNamespace(
        **{**vars(model), "faces": np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)])}
    )
    assert margins_of(RestSkin(whole), ball) is None, "nothing of the eyeball is seen"


def sheet() -> tuple[RestSkin, np.ndarray]:
    """Of 15 x 15 vertices 2 mm apart, and their places in rows."""
    rows = np.arange(15 * 15).reshape(15, 15)
    vertices = np.stack([*np.meshgrid(np.arange(15.0), np.arange(15.0)), np.zeros((15, 15))], -1).reshape(-1, 3) * 0.002
    a, b, c, d = rows[:-1, :-1].ravel(), rows[:-1, 1:].ravel(), rows[1:, 1:].ravel(), rows[1:, :-1].ravel()
    faces = np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)])
    return RestSkin(SimpleNamespace(v_template=vertices, faces=faces, n_vertices=225)), rows


def test_what_turned_over_is_turned_back_by_little():
    """A vertex 0.2 mm past its neighbour: both give way by half of that and a little, and all else is as it was."""
    skin, rows = sheet()
    moved = np.zeros((225, 3))
    assert np.array_equal(turned_back(skin, moved), moved)
    moved[rows[7, 7]] = 0.0022, 0, 0
    found = turned_back(skin, moved)
    upright = face_normals(skin.vertices, skin.faces)
    turned = (upright * face_normals(skin.vertices + found, skin.faces)).sum(1)
    assert (turned > 0).all() and np.abs(found - moved).max() < 5e-4
    assert np.array_equal(found[rows[:5]], moved[rows[:5]])
    rng = np.random.default_rng(2)
    for _ in range(20):
        moved = rng.normal(0, 6e-4, (225, 3))
        found = turned_back(skin, moved)
        turned = (upright * face_normals(skin.vertices + found, skin.faces)).sum(1)
        assert (turned > 0).all() and np.abs(found - moved).max() < 2e-3


def test_what_turned_over_follows_what_is_around_it():
    """A sheet with one vertex pulled over its neighbours, another that may not give way, and one pulled far out."""
    skin, rows = sheet()
    vertices, faces = skin.vertices, skin.faces
    moved, still = np.tile([0.001, 0.0, 0.0], (225, 1)), np.zeros(225, bool)
    moved[rows[7, 7]] = 0.005, 0, 0
    found = unfolded(skin, moved, still)
    turned = (face_normals(vertices, faces) * face_normals(vertices + found, faces)).sum(1)
    assert (turned > 0).all() and np.allclose(found, [0.001, 0, 0], atol=1e-6)
    firm = still.copy()
    firm[rows[7, 7]] = True
    held = unfolded(skin, moved, firm)
    assert np.allclose(held[rows[7, 7]], [0.005, 0, 0], atol=5e-5) and np.allclose(
        held[rows[0]], [0.001, 0, 0], atol=1e-6
    )
    moved = np.zeros((225, 3))
    moved[rows[7, 7]] = 0, 0, 0.01
    assert np.abs(unfolded(skin, moved, still)).max() < 1e-6, "edges would be five times as long"
    assert np.array_equal(unfolded(skin, 0.1 * moved, still), 0.1 * moved), "what folds nothing stays as it is"
