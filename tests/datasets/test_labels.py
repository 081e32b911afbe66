"""Labels of every pixel against a ray cast written out here, on random triangles and on both kinds of head."""

from __future__ import annotations

import numpy as np
import pytest

from flame_blender.datasets.labels.classes import CLASSES, MATERIALS, head_surface
from flame_blender.datasets.labels.label_maps import (
    box_of,
    class_mask,
    material_mask,
    normal_map,
    seen_triangles,
    uv_map,
    vertex_normals,
)
from flame_blender.datasets.labels.seen_points import HIDDEN, OUTSIDE, VISIBLE, visibility
from flame_blender.datasets.sample import drawn_sample
from flame_blender.datasets.views import framed_points, view_of
from flame_blender.errors import DatasetError
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.landmarks import landmark_points
from flame_blender.flame.model import FlameModel
from flame_blender.geometry.camera import Camera
from tests.datasets.recipes import recipe

SIZE = 40
POSED = (
    "[identity]\nstrength = 1\n[pose]\nyaw = {uniform = [-70, 70]}\npitch = {uniform = [-20, 20]}\n"
    "jaw = {uniform = [0, 25]}\n[camera]\nroll = {uniform = [-30, 30]}\nfill = 1.1\n"
)


BLOCK = 32  # rays that lie beside each other, looked at together


def cast(origin: np.ndarray, rays: np.ndarray, corners: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Triangle (-1: none) and distance of what rays (n, 3) from a point meet first.

    The triangles are those that a block of rays can meet: on a sphere about the point, the balls about both touch.
    """
    corners = corners - origin
    far = np.maximum(np.linalg.norm(corners, axis=2), 1e-12)
    on_sphere, middles = corners / far[..., None], corners.mean(1)
    middles /= np.maximum(np.linalg.norm(middles, axis=1, keepdims=True), 1e-12)
    reach = np.linalg.norm(on_sphere - middles[:, None], axis=2).max(1)
    ways = rays / np.linalg.norm(rays, axis=1, keepdims=True)
    first, distance = np.full(len(rays), -1), np.full(len(rays), np.inf)
    rows = np.lexsort((ways[:, 1], np.round(ways[:, 0], 2)))
    for block in (rows[at : at + BLOCK] for at in range(0, len(rows), BLOCK)):
        middle = ways[block].mean(0)
        spread = np.linalg.norm(ways[block] - middle, axis=1).max()
        there = np.flatnonzero(
            (np.linalg.norm(middles - middle, axis=1) <= spread + 1.01 * reach + 1e-9) | (reach > 0.5)
        )
        if len(there):
            found, distance[block] = _met(rays[block], corners[there])
            first[block] = np.where(found >= 0, there[found], -1)
    return first, distance


def _met(rays: np.ndarray, corners: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The same of all triangles and all rays from 0.

    A ray is inside the cone of a triangle where the volumes that it spans with its three edges have one sign.
    """
    a, b, c = (corners[:, k] for k in range(3))
    volumes = np.stack([rays @ np.cross(one, other).T for one, other in ((a, b), (b, c), (c, a))])
    normals = np.cross(b - a, c - a)
    slack = 1e-12 * np.abs(volumes).sum(0)
    with np.errstate(divide="ignore", invalid="ignore"):
        distances = (a * normals).sum(1) / (rays @ normals.T)
    hit = ((volumes >= -slack).all(0) | (volumes <= slack).all(0)) & (np.linalg.norm(normals, axis=1) > 1e-15)
    distances = np.where(hit & (distances > 0), distances, np.inf)
    nearest = distances.min(1)
    return np.where(np.isfinite(nearest), distances.argmin(1), -1), nearest


def rays_of(camera: Camera) -> tuple[np.ndarray, np.ndarray]:
    """The camera's place and (H W, 3) rays through the centres of its pixels, of depth 1."""
    rows, columns = np.mgrid[: camera.height, : camera.width] + 0.5
    fx, fy, cx, cy = camera.intrinsics
    seen = np.stack([(columns - cx) / fx, (rows - cy) / fy, np.ones_like(rows)], -1).reshape(-1, 3)
    return -camera.rotation.T @ camera.translation, seen @ camera.rotation


def straight(distance: float = 3.0) -> Camera:
    """A camera at a distance along z that looks back."""
    return Camera(
        np.array([60.0, 60.0, SIZE / 2, SIZE / 2]), SIZE, SIZE, np.diag([1.0, -1.0, -1.0]), np.array([0, 0, distance])
    )


def test_random_triangles_are_seen_as_rays_meet_them():
    rng = np.random.default_rng(0)
    for _ in range(4):
        vertices = rng.uniform(-1, 1, (60, 3))
        faces = np.unique(np.sort(rng.integers(0, 60, (50, 3))), axis=0)  # no two in one place
        camera = straight()
        seen = seen_triangles(camera, vertices, faces)
        found, depth = cast(*rays_of(camera), vertices[faces])
        assert np.array_equal(seen.triangle.ravel(), found)
        inside = found >= 0
        assert inside.sum() > 200
        assert (
            np.allclose(seen.depth.ravel()[inside], depth[inside], atol=1e-9) and not seen.depth.ravel()[~inside].any()
        )
        points = np.einsum("nc,nck->nk", seen.barycentric.reshape(-1, 3)[inside], vertices[faces[found[inside]]])
        assert np.allclose(camera.project(points), (np.argwhere(seen.triangle >= 0) + 0.5)[:, ::-1], atol=1e-6)


@pytest.mark.parametrize("kind", ["built_in", "face_like"])
def test_heads_are_seen_as_rays_meet_them(kind: str, request: pytest.FixtureRequest):
    model: FlameModel = request.getfixturevalue(kind)
    surface, evaluator = head_surface(model), FlameEvaluator(model)
    sample = drawn_sample(recipe(POSED), {"Built-in Head": model}, 2)
    vertices = evaluator.vertices(sample.params).astype(np.float64)
    camera = view_of(sample.values["camera"], framed_points(model, vertices, sample.params, "face"), SIZE, SIZE)
    seen = seen_triangles(camera, vertices, model.faces, surface.clear)
    origin, rays = rays_of(camera)
    chosen = np.random.default_rng(0).choice(SIZE * SIZE, 250, replace=False)
    found, depth = cast(origin, rays[chosen], vertices[model.faces[~surface.clear]])
    numbers = np.where(found < 0, -1, np.flatnonzero(~surface.clear)[found])
    assert np.array_equal(seen.triangle.ravel()[chosen], numbers)
    hit = found >= 0
    assert hit.sum() > 100
    assert np.allclose(seen.depth.ravel()[chosen[hit]], depth[hit], atol=1e-9)
    classes = class_mask(seen, surface)
    assert np.array_equal(classes.ravel()[chosen[hit]], surface.classes[numbers[hit]])
    assert not classes[seen.triangle < 0].any()


def test_of_a_camera_in_the_head_only_what_is_in_front_counts(built_in: FlameModel):
    camera = straight(-0.02)
    seen = seen_triangles(camera, built_in.v_template, built_in.faces)
    assert (seen.depth[seen.triangle >= 0] > 0.01).all()
    away = Camera(camera.intrinsics, SIZE, SIZE, np.diag([1.0, 1.0, 1.0]), np.array([0.0, 0.0, -5.0]))
    nothing = seen_triangles(away, built_in.v_template, built_in.faces)
    assert (nothing.triangle == -1).all() and not nothing.depth.any() and box_of(nothing) == (0, 0, 0, 0)


def test_normals_uvs_and_box_are_of_what_is_seen(built_in: FlameModel):
    surface = head_surface(built_in)
    camera = Camera(np.array([60.0, 60.0, 20.0, 30.0]), SIZE, 60, np.diag([1.0, -1.0, -1.0]), np.array([0, 0, 0.6]))
    vertices = built_in.v_template
    seen = seen_triangles(camera, vertices, built_in.faces, surface.clear)
    normals = normal_map(seen, camera, vertices, built_in.faces).astype(float)
    there = seen.triangle >= 0
    assert np.allclose(np.linalg.norm(normals[there], axis=1), 1, atol=2e-3) and not normals[~there].any()
    a, b, c = (vertices[built_in.faces[seen.triangle[there]]].astype(float)[:, k] for k in range(3))
    flat = np.cross(b - a, c - a) @ camera.rotation.T
    flat /= np.linalg.norm(flat, axis=1, keepdims=True)
    assert np.median((flat * normals[there]).sum(1)) > 0.99
    assert (flat[:, 2] < 0).mean() > 0.99, "what is seen faces the camera"
    rows, columns = np.nonzero(there)
    left, top, width, height = box_of(seen)
    assert (left, top, left + width - 1, top + height - 1) == (columns.min(), rows.min(), columns.max(), rows.max())
    uvs = uv_map(seen, surface)
    display = built_in.display
    for row, column in ((30, 20), (25, 14)):
        corners = built_in.faces[seen.triangle[row, column]]
        polygon = next(p for p, each in enumerate(display.polygons) if set(corners) <= set(each))
        own = [display.uv_polygons[polygon][list(display.polygons[polygon]).index(corner)] for corner in corners]
        assert np.allclose(uvs[row, column], seen.barycentric[row, column] @ display.uv_coords[own], atol=1e-6)


def test_vertex_normals_of_a_ball_point_outwards():
    turn = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    rings = [
        np.stack([np.sin(a) * np.cos(turn), np.sin(a) * np.sin(turn), np.full(24, np.cos(a))], 1)
        for a in (0.6, 1.0, 1.4)
    ]
    vertices = np.concatenate(rings)
    faces = []
    for ring in (0, 24):
        for k in range(24):
            a, b, c, d = ring + k, ring + (k + 1) % 24, ring + 24 + k, ring + 24 + (k + 1) % 24
            faces += [(a, c, d), (a, d, b)]
    normals = vertex_normals(vertices, np.array(faces))[24:48]
    assert (normals * vertices[24:48]).sum(1).min() > 0.995


@pytest.mark.parametrize("kind", ["built_in", "face_like"])
def test_every_triangle_is_one_thing(kind: str, request: pytest.FixtureRequest):
    model: FlameModel = request.getfixturevalue(kind)
    surface = head_surface(model)
    counts = np.bincount(surface.classes, minlength=20)
    on_every_head = set(CLASSES.values()) - {0, *range(13, 20)}
    assert len(surface.classes) == len(model.faces) and set(np.flatnonzero(counts)) == on_every_head
    middles = model.v_template[model.faces].mean(1)
    where = {name: middles[surface.classes == number].mean(0) for name, number in CLASSES.items() if counts[number]}
    for part in ("eye", "brow", "ear"):
        assert where[f"left_{part}"][0] > 0.01 and where[f"right_{part}"][0] < -0.01
    assert where["left_brow"][1] > where["left_eye"][1] + 0.01 > where["nose"][1] > where["top_lip"][1]
    assert where["top_lip"][1] > where["bottom_lip"][1] + 0.003 > where["neck"][1]
    assert where["mouth_interior"][2] < where["top_lip"][2]
    materials = np.bincount(surface.materials, minlength=11)
    assert materials[MATERIALS["sclera"]] and not materials[0]
    eyes = np.isin(surface.classes, (CLASSES["left_eye"], CLASSES["right_eye"]))
    assert np.array_equal(eyes, surface.materials == MATERIALS["sclera"])


def test_the_built_in_heads_classes_are_symmetric(built_in: FlameModel):
    counts = np.bincount(head_surface(built_in).classes)
    for part in ("eye", "brow", "ear"):
        assert counts[CLASSES[f"left_{part}"]] == counts[CLASSES[f"right_{part}"]]


def test_irises_are_round_and_of_their_size(built_in: FlameModel):
    """12 mm of a head whose eyes look at the camera; the corneas are seen through."""
    surface = head_surface(built_in)
    assert surface.clear.sum() > 100
    camera = Camera(np.array([3000.0, 3000.0, 150.0, 300.0]), 300, 220, np.diag([1.0, -1.0, -1.0]), np.zeros(3))
    eye = built_in.v_template[built_in.regions["left_eyeball"]].astype(np.float64)
    middle = (eye.min(0) + eye.max(0)) / 2
    camera = Camera(
        np.array([3000.0, 3000.0, 150.0, 110.0]), 300, 220, camera.rotation, [0, 0, 1.0] - camera.rotation @ middle
    )
    faces = np.flatnonzero(surface.classes == CLASSES["left_eye"])  # without the lids before it
    clear = np.ones(len(built_in.faces), bool)
    clear[faces] = surface.clear[faces]
    mask = material_mask(seen_triangles(camera, built_in.v_template, built_in.faces, clear), surface)
    for names, expected in ((("iris", "pupil"), 12.0), (("pupil",), 4.4)):
        rows, columns = np.nonzero(np.isin(mask, [MATERIALS[name] for name in names]))
        width, height = np.ptp(columns) + 1, np.ptp(rows) + 1
        assert width / 3 == pytest.approx(expected, abs=0.8) and abs(width - height) <= 3
    assert (mask == MATERIALS["sclera"]).sum() > 1000


def test_a_model_without_regions_or_landmarks_is_refused(full_model: FlameModel):
    with pytest.raises(DatasetError, match=r"install FLAME_masks\.pkl"):
        head_surface(full_model)


@pytest.mark.parametrize("kind", ["built_in", "face_like"])
def test_landmarks_are_visible_where_rays_reach_them(kind: str, request: pytest.FixtureRequest):
    model: FlameModel = request.getfixturevalue(kind)
    surface, evaluator = head_surface(model), FlameEvaluator(model)
    counts = np.zeros(3, int)
    for index in range(2):
        sample = drawn_sample(recipe(POSED), {"Built-in Head": model}, index)
        vertices = evaluator.vertices(sample.params).astype(np.float64)
        camera = view_of(sample.values["camera"], framed_points(model, vertices, sample.params, "face"), SIZE, SIZE)
        embedding = model.landmarks["ibug"]
        points = landmark_points(
            vertices, model.faces, embedding, sample.params.global_rotation, sample.params.neck
        ).astype(np.float64)
        found = visibility(camera, points, vertices, model.faces, surface.clear)
        origin = -camera.rotation.T @ camera.translation
        _, reached = cast(origin, points - origin, vertices[model.faces[~surface.clear]])
        short = (1 - reached) * np.linalg.norm(points - origin, axis=1)
        pixels = camera.project(points)
        inside = ((pixels >= 0) & (pixels < SIZE)).all(1)
        expected = np.where(~inside, OUTSIDE, np.where(short > 1e-4, HIDDEN, VISIBLE))
        assert np.array_equal(found, expected)
        counts += np.bincount(found, minlength=3)
    assert (counts > 2).all(), "some of each kind"


def test_points_behind_the_camera_are_outside():
    triangle = np.array([[-1.0, -1, 0], [1, -1, 0], [0, 1, 0]])
    faces = np.array([[0, 1, 2]])
    points = np.array([[0.0, 0, 0], [0, 0, -1], [0, 0, 5], [9, 0, 0]])
    assert visibility(straight(), points, triangle, faces).tolist() == [VISIBLE, HIDDEN, OUTSIDE, OUTSIDE]
    clear = np.array([True])
    assert visibility(straight(), points, triangle, faces, clear).tolist() == [VISIBLE, VISIBLE, OUTSIDE, OUTSIDE]
