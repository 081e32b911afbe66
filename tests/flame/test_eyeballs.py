"""Eyeballs are told by the shape of the mesh's parts alone: on FLAME's topology, on the built-in head, beside teeth."""

from __future__ import annotations

import numpy as np
import pytest

from flame_blender.flame.eyeballs import eyeballs_of, parts_of, rings_about
from flame_blender.flame.model import without_padding
from flame_blender.model_files.loading import load_model
from tests.flame.face_like_mesh import BALL_ROWS
from tests.flame.full_size import LEFT_EYEBALL, RIGHT_EYEBALL, full_size_model, small_model
from tests.flame.shared_models import MAKER, write_shared_file

RINGS = (7.3, 14.5, 21.3, 27.3, 33.4) if MAKER.exists() else BALL_ROWS[:5]  # degrees, on FLAME 2023 Open's template


@pytest.fixture(scope="module", params=["face", "fields"])
def flame(request, tmp_path_factory):
    return load_model(write_shared_file(tmp_path_factory.mktemp("flame") / "flame.npz", request.param))


def ball(centre, radius, around=16, rows=9):
    """A ball of rings about +Z, its poles shared."""
    polar, turn = np.linspace(0, np.pi, rows + 1)[1:-1, None], 2 * np.pi * np.arange(around) / around
    rings = np.stack([np.sin(polar) * np.cos(turn), np.sin(polar) * np.sin(turn), np.cos(polar) + 0 * turn], -1)
    points = np.concatenate([[[0, 0, 1]], rings.reshape(-1, 3), [[0, 0, -1]]])
    grid = 1 + np.arange((rows - 1) * around).reshape(rows - 1, around)
    on = np.roll(grid, -1, 1)
    last = len(points) - 1
    faces = [
        np.stack([np.zeros(around, int), grid[0], on[0]], 1),
        np.stack([grid[-1], np.full(around, last), on[-1]], 1),
    ]
    for upper, lower in zip(range(rows - 2), range(1, rows - 1), strict=True):
        faces += [
            np.stack([grid[upper], grid[lower], on[lower]], 1),
            np.stack([grid[upper], on[lower], on[upper]], 1),
        ]
    return np.asarray(centre) + radius * points, np.concatenate(faces)


def joined(*meshes):
    starts = np.cumsum([0, *(len(vertices) for vertices, _ in meshes)])
    return (
        np.concatenate([vertices for vertices, _ in meshes]),
        np.concatenate([faces + start for (_, faces), start in zip(meshes, starts[:-1], strict=True)]),
    )


def skull():
    return ball((0, 0, -0.03), 0.1, 30, 20)


def test_a_head_that_stands_aside_has_the_same_eyeballs(flame):
    aside = eyeballs_of(flame.v_template + np.float32([0.04, 0.0, 0.2]), flame.faces)
    for moved, still in zip(aside, eyeballs_of(flame.v_template, flame.faces), strict=True):
        assert np.array_equal(moved.vertices, still.vertices)


def test_on_flames_topology_whatever_the_weights(flame):
    left, right = eyeballs_of(flame.v_template, flame.faces)
    assert np.array_equal(np.sort(left.vertices), np.arange(LEFT_EYEBALL.start, LEFT_EYEBALL.stop))
    assert np.array_equal(np.sort(right.vertices), np.arange(RIGHT_EYEBALL.start, RIGHT_EYEBALL.stop))
    for each in (left, right):
        assert each.radius == pytest.approx(0.0131, abs=3e-4)


def test_in_any_order_of_vertices(flame):
    rng = np.random.default_rng(4)
    order = rng.permutation(flame.n_vertices)
    place = np.argsort(order)
    left, right = eyeballs_of(flame.v_template[order], rng.permutation(place[flame.faces]))
    assert set(order[left.vertices]) == set(range(LEFT_EYEBALL.start, LEFT_EYEBALL.stop))
    assert set(order[right.vertices]) == set(range(RIGHT_EYEBALL.start, RIGHT_EYEBALL.stop))


def test_on_the_built_in_head_they_are_what_its_eye_joints_turn(built_in):
    """Its irises, parts of their own too, are discs and no balls."""
    names = np.array(built_in.display.material_names)[built_in.display.polygon_materials]
    polygons = without_padding(built_in.display.polygons)
    eyes = np.unique(polygons[np.isin(names, ["sclera", "cornea"])])
    pair = eyeballs_of(built_in.v_template, built_in.faces)
    assert set(eyes) == set(pair[0].vertices) | set(pair[1].vertices)
    for each, joint in zip(pair, (3, 4), strict=True):
        assert (built_in.weights[each.vertices, joint] > 0.99).all()


def test_beside_teeth_and_earrings(flame):
    """VHAP's kind of mesh: two more parts behind the lips, in the middle plane; and small balls at the ears."""
    arch = ball((0, 0, 0), 1.0, 20, 6)
    teeth = [(arch[0] * (0.024, 0.004, 0.02) + (0, y, 0.03), arch[1]) for y in (-0.045, -0.053)]
    earrings = [ball((side * 0.08, -0.03, -0.03), 0.004) for side in (-1, 1)]
    vertices, faces = joined((flame.v_template, flame.faces), *teeth, *earrings)
    left, right = eyeballs_of(vertices, faces)
    assert set(left.vertices) == set(range(LEFT_EYEBALL.start, LEFT_EYEBALL.stop))
    assert set(right.vertices) == set(range(RIGHT_EYEBALL.start, RIGHT_EYEBALL.stop))


def test_where_nothing_is_an_eyeball():
    assert eyeballs_of(*skull()) is None
    for model in (full_size_model(), small_model()):
        assert eyeballs_of(model.v_template, model.faces) is None
    middle, low = ball((0, 0.02, 0.05), 0.013), ball((-0.03, -0.04, 0.05), 0.013)
    left, large = ball((0.03, 0.02, 0.05), 0.013), ball((-0.03, 0.02, 0.05), 0.018)
    flat = left[0] * (1, 1, 0.3), left[1]
    for wrong in (
        (middle,),
        (left,),
        (left, low),
        (left, large),
        (left, middle),
        (flat, (flat[0] * (-1, 1, 1), flat[1])),
    ):
        assert eyeballs_of(*joined(skull(), *wrong)) is None
    assert eyeballs_of(*joined(skull(), left, (left[0] * (-1, 1, 1), left[1]))) is not None


def test_rings_about_the_front_lie_where_flames_do(flame):
    for each in eyeballs_of(flame.v_template, flame.faces):
        angles = np.rad2deg(each.angles(flame.v_template))
        pole = each.vertices[angles[each.vertices].argmin()]
        rings = rings_about(flame.faces, flame.n_vertices, pole)
        assert set(np.flatnonzero(rings >= 0)) == set(each.vertices)
        for ring, expected in enumerate(RINGS, 1):
            found = angles[rings == ring]
            assert len(found) == 32 and np.abs(found - expected).max() < 0.15


def test_parts_against_a_walk_over_the_edges():
    rng = np.random.default_rng(2)
    for _ in range(30):
        n_vertices = int(rng.integers(3, 40))
        faces = rng.integers(0, n_vertices, (int(rng.integers(1, 25)), 3))
        near = {vertex: {vertex} for vertex in range(n_vertices)}
        for face in faces.tolist():
            whole = set().union(*(near[corner] for corner in face))
            for corner in whole:
                near[corner] = whole
        assert parts_of(faces, n_vertices).tolist() == [min(near[vertex]) for vertex in range(n_vertices)]


def test_padding_never_names_a_vertex_of_another_polygon():
    polygons = np.array([[4, 7, 9, -1], [1, 2, 3, 4]])
    assert without_padding(polygons).tolist() == [[4, 7, 9, 4], [1, 2, 3, 4]]
    assert without_padding(polygons[:, :3]).tolist() == polygons[:, :3].tolist()
