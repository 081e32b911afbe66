"""What a correspondence is made of, against SciPy and against what is plain to see."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.interpolate import RBFInterpolator
from scipy.sparse import coo_matrix, diags
from scipy.sparse.csgraph import dijkstra
from scipy.sparse.linalg import spsolve

from flame_blender.correspondence.closest import Places, closest, least_of_rows
from flame_blender.correspondence.lips_and_lids import Side, certainty, compatible
from flame_blender.correspondence.outside import seen_from_outside
from flame_blender.correspondence.relaxing import relaxed_values
from flame_blender.correspondence.rest_skin import RestSkin
from flame_blender.correspondence.skin import along_edges, skin_of, vertex_areas, vertex_normals
from flame_blender.geometry.thin_plate import thin_plate
from flame_blender.geometry.triangles import closest_weights, edges_of
from tests.fitting.surface_search import closest_points


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)


@pytest.mark.parametrize("smoothing", [0.0, 0.01])
def test_the_warp_is_scipys(rng, smoothing):
    points, goals, others = rng.normal(size=(60, 3)), rng.normal(size=(60, 3)), rng.normal(size=(500, 3))
    reference = RBFInterpolator(points, goals, kernel="linear", degree=1, smoothing=smoothing)
    assert np.allclose(thin_plate(points, goals, smoothing)(others), reference(others), atol=1e-9)


def test_a_warp_between_heads_that_differ_by_an_affine_map_is_that_map(rng):
    points, turn = rng.normal(size=(40, 3)), rng.normal(size=(3, 3))
    warp = thin_plate(points, points @ turn + 1, 0.1)
    others = rng.normal(size=(10, 3))
    assert np.allclose(warp(others), others @ turn + 1, atol=1e-9)
    assert warp(np.zeros((0, 3))).shape == (0, 3)


def test_ways_along_edges_are_dijkstras(built_in):
    skin = RestSkin(built_in)
    start = np.full(built_in.n_vertices, np.inf)
    start[[0, 40]] = 0.0, 0.01
    first, second = skin.edges.T
    lengths = np.linalg.norm(skin.vertices[first] - skin.vertices[second], axis=1)
    graph = coo_matrix((lengths, (first, second)), (built_in.n_vertices,) * 2).tocsr()
    from_each = dijkstra(graph, directed=False, indices=[0, 40])
    expected = np.minimum(from_each[0], from_each[1] + 0.01)
    assert np.allclose(along_edges(skin.vertices, skin.edges, start), expected)
    assert np.isinf(expected).any(), "eyeballs and teeth are parts of their own"


def test_closest_points_of_triangles(rng):
    corners, points = rng.normal(size=(3000, 3, 3)), 1.5 * rng.normal(size=(3000, 3))
    corners[::50, 2] = corners[::50, 1]  # without area
    weights = closest_weights(corners, points)
    assert np.array_equal(closest_weights(corners[:9], points[0]), closest_weights(corners[:9], points[[0] * 9]))
    assert weights.min() >= 0 and np.allclose(weights.sum(1), 1)
    found = np.linalg.norm((corners * weights[..., None]).sum(1) - points, axis=1)
    expected = np.linalg.norm(closest_points(corners, points) - points, axis=1)
    assert np.allclose(found, expected, atol=1e-9)


@pytest.mark.parametrize("columns", [24, 100, 384, 385, 5000])
def test_the_least_of_rows_are_argpartitions(rng, columns):
    values = rng.normal(size=(50, columns)).astype(np.float32)
    for count in (1, 24):
        expected = np.argpartition(values, count - 1, axis=1)[:, :count]
        assert np.array_equal(np.sort(least_of_rows(values, count)), np.sort(expected))


def test_the_closest_is_of_all_triangles_that_face_alike(rng, built_in):
    skin = RestSkin(built_in)
    ids = rng.choice(skin.ids[skin.seen[skin.ids]], 150, replace=False)
    normals = skin.normals[ids]
    points = skin.vertices[ids] + 0.002 * normals
    found = closest(Places(points, normals, ()), skin.vertices, skin.faces, ())
    corners = skin.vertices[skin.faces]
    facing = vertex_normals_of(corners)
    least = []
    for row, point in enumerate(points):
        allowed = np.flatnonzero(facing @ normals[row] > 0.3)
        away = np.linalg.norm(closest_points(corners[allowed], np.tile(point, (len(allowed), 1))) - point, axis=1)
        least.append(away.min())
    more = found.distances - least
    assert more.min() > -1e-9 and more.max() < 5e-5
    assert np.percentile(more, 95) < 1e-9, "seldom the closest is not of the 32 with the nearest middles"


def vertex_normals_of(corners: np.ndarray) -> np.ndarray:
    """(F, 3) unit normals of triangles (F, 3, 3)."""
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return normals / np.linalg.norm(normals, axis=1, keepdims=True)


def test_what_is_of_the_other_lip_is_not_taken():
    here, there = Side(np.array([1.0, 1.0, -1.0]), np.zeros(3)), Side(np.array([1.0, -1.0, 0.0]), np.zeros(3))
    assert compatible((here,), (there,)).tolist() == [True, False, False]
    far = Side(there.side, np.full(3, 0.05))
    assert compatible((here,), (far,)).all(), "far from the mouth nothing is a lip"
    assert certainty((Side(np.array([0.0, 1.0, 0.0]), np.array([0.001, 0.001, 0.05])),)).tolist() == [0, 1, 1]


def test_lips_and_lids_of_the_built_in_head(built_in):
    """Whatever the mouth shuts between is told apart: the jaw moves the lower lip, a blink the upper lid."""
    skin = RestSkin(built_in)
    ibug = built_in.landmarks["ibug"]
    points = (skin.vertices[built_in.faces[ibug.static_faces]] * ibug.static_barycentric[..., None]).sum(1)
    mouth, right, left = skin.sides(points)
    lips = np.intersect1d(built_in.regions["lips"], skin.ids[skin.seen[skin.ids]])
    in_jaw = built_in.weights[lips, 2]
    assert (mouth.side[lips[in_jaw > 0.9]] < 0).all() and (mouth.side[lips[in_jaw < 0.1]] > 0).all()
    names = [direction.name for direction in built_in.expression_directions]
    for each, eye in ((right, "eyeBlinkRight"), (left, "eyeBlinkLeft")):
        moved = np.linalg.norm(built_in.shapedirs[:, :, built_in.n_identity + names.index(eye)], axis=1)
        lids = skin.seen & (each.away < 0.004)
        assert (each.side[lids & (moved > 0.006)] > 0).all()


def test_what_is_inside_is_not_seen():
    """A cube within a cube; and all of the outer one."""
    cube = np.array([[x, y, z] for x in (-1.0, 1) for y in (-1, 1) for z in (-1, 1)])
    faces = np.array([[0, 1, 3], [0, 3, 2], [4, 6, 7], [4, 7, 5], [0, 4, 5], [0, 5, 1],
                      [2, 3, 7], [2, 7, 6], [0, 2, 6], [0, 6, 4], [1, 5, 7], [1, 7, 3]])  # fmt: skip
    both, corners = np.concatenate([0.1 * cube, 0.02 * cube]), np.concatenate([faces, faces + 8])
    assert seen_from_outside(both, corners, corners).tolist() == [True] * 8 + [False] * 8


def test_teeth_are_not_seen_through_shut_lips(built_in):
    seen = seen_from_outside(built_in.v_template.astype(float), built_in.faces, built_in.faces)
    names, materials = built_in.display.material_names, built_in.display.polygon_materials
    teeth = np.unique(built_in.display.polygons[materials == names.index("teeth")])
    assert not seen[teeth[teeth >= 0]].any()
    nose_tip = built_in.v_template[:, 2].argmax()
    assert seen[nose_tip]


def test_the_skin_is_the_largest_part(built_in):
    rows = skin_of(built_in.faces, built_in.n_vertices)
    assert np.isin(built_in.regions["face"], built_in.faces[rows]).all()
    assert not np.isin(built_in.regions["left_eyeball"], built_in.faces[rows]).any()


def test_normals_and_areas_of_a_ball(rng):
    from scipy.spatial import ConvexHull

    points = rng.normal(size=(2000, 3))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    faces = ConvexHull(points).simplices
    corners = points[faces]
    inwards = (np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]) * corners[:, 0]).sum(1) < 0
    faces[inwards] = faces[inwards][:, ::-1]
    assert (vertex_normals(points, faces) * points).sum(1).min() > 0.98
    assert vertex_areas(points, faces).sum() == pytest.approx(4 * np.pi, rel=0.01)
    assert len(edges_of(faces)) == 3 * len(faces) // 2


def test_what_is_trusted_little_follows_its_neighbours(rng):
    """The least sum, solved directly."""
    edges = edges_of(rng.integers(0, 200, (300, 3)))
    edges = edges[edges[:, 0] != edges[:, 1]]
    stiff, trust, wanted = rng.uniform(0.1, 5, len(edges)), rng.uniform(0.01, 1, 200), rng.normal(0, 0.005, (200, 6))
    pull = coo_matrix((stiff, edges.T), (200, 200))
    laplacian = diags(np.asarray((pull + pull.T).sum(1)).ravel()) - (pull + pull.T)
    expected = spsolve((laplacian + diags(trust)).tocsc(), trust[:, None] * wanted)
    assert np.abs(relaxed_values(edges, stiff, trust, wanted) - expected).max() < 1e-6
