"""Distances from a surface that is searched in pieces are those from all of it."""

from __future__ import annotations

import bpy
import numpy as np
import pytest
from mathutils import Vector
from mathutils.bvhtree import BVHTree
from mathutils.geometry import closest_point_on_tri

from flame_blender import api
from flame_blender.observations import mesh_sources, surfaces

FLOAT32 = 1e-5  # of coordinates of a few units


@pytest.fixture(params=[100_000, 50, 7, 1])
def pieces_of(request, monkeypatch):
    monkeypatch.setattr(surfaces, "PIECE", request.param)
    monkeypatch.setattr(surfaces, "AT_ONCE", 16)


def taken(steps):
    """What the steps end with, after the shares that they told were checked never to fall."""
    shares = [0.0]
    while True:
        try:
            shares.append(next(steps))
        except StopIteration as end:
            assert np.all(np.diff(shares) >= 0)
            assert shares[-1] <= 1
            return end.value


def soup(rng, count):
    """Triangles of all sizes in two heaps, some of them without any area."""
    centres = rng.normal(size=(count, 3)) + rng.choice([-3.0, 3.0], size=(count, 1))
    vertices = (centres[:, None] + rng.normal(size=(count, 3, 3)) * rng.exponential(0.3, (count, 1, 1))).reshape(-1, 3)
    faces = np.arange(3 * count).reshape(-1, 3)
    faces[::20, 2] = faces[::20, 1]
    return vertices, faces


def test_triangles(pieces_of, rng):
    vertices, faces = soup(rng, 120)
    points = rng.normal(size=(60, 3)) * 4
    distances, found = taken(surfaces.measuring(points, vertices, faces))
    everywhere = np.array([[away(point, vertices[face]) for face in faces] for point in points])
    np.testing.assert_allclose(distances, everywhere.min(1), atol=FLOAT32)
    np.testing.assert_allclose(everywhere[np.arange(len(points)), found], distances, atol=FLOAT32)


@pytest.mark.parametrize("aside", [0.0, 1000.0])
@pytest.mark.parametrize("size", [1e-6, 1.0, 1e6])
def test_each_point_is_asked_for_itself(rng, size, aside):
    """Points are searched in an order that spares half of it: what is found is what Blender finds for each alone."""
    vertices, faces = soup(rng, 300)
    vertices = size * (vertices + aside)
    points = size * (aside + rng.normal(size=(400, 3)) * rng.choice([0.1, 3.0, 1000.0], (400, 1)))
    points = np.concatenate([points, vertices[:50], points[:50]])  # on the surface, and the same once more
    search = surfaces.surface(vertices, faces)
    search(points + 0.1 * size)  # what it has found tells of those that come next
    triangles, closest = search(points)
    alone = BVHTree.FromPolygons(vertices.tolist(), faces.tolist(), all_triangles=True)
    expected = [alone.find_nearest(point) for point in points.tolist()]
    np.testing.assert_array_equal(triangles, [each[2] for each in expected])
    np.testing.assert_array_equal(closest, [each[0] for each in expected])
    nothing = search(points[:0])
    assert nothing[0].shape == (0,) and nothing[1].shape == (0, 3)


def test_faces_that_were_changed_in_place_are_other_faces(rng):
    vertices, faces = soup(rng, 30)
    point = vertices[faces[7]].mean(0)[None]
    assert surfaces.surface(vertices, faces)(point)[0] == 7
    faces[[3, 7]] = faces[[7, 3]]
    assert surfaces.surface(vertices, faces)(point)[0] == 3


def test_points_alone(pieces_of, rng):
    vertices, points = rng.normal(size=(150, 3)), rng.normal(size=(80, 3)) * 2
    distances, found = taken(surfaces.measuring(points, vertices, None))
    everywhere = np.linalg.norm(points[:, None] - vertices, axis=2)
    np.testing.assert_allclose(distances, everywhere.min(1), atol=FLOAT32)
    np.testing.assert_array_equal(found, everywhere.argmin(1))


def test_many_points_in_one_place(pieces_of, rng):
    """They cannot be told apart, but they are still cut into pieces, and found."""
    vertices = np.repeat(rng.normal(size=(1, 3)), 200, axis=0)
    points = rng.normal(size=(20, 3))
    distances, _ = taken(surfaces.measuring(points, vertices, None))
    np.testing.assert_allclose(distances, np.linalg.norm(points - vertices[0], axis=1), atol=FLOAT32)


def away(point, triangle):
    place = Vector(point)
    return (closest_point_on_tri(place, *map(Vector, triangle)) - place).length


def test_a_scan_in_a_file_is_its_points(head, tmp_path):
    """As fit_mesh and fit_basel, fit_scan takes a path, as text too; what is not there is said."""
    points = api.evaluate(head)
    path = tmp_path / "scan.obj"
    api.export_meshes(head, path)
    for given in (path, str(path)):
        seen = mesh_sources.scan_of(given)
        np.testing.assert_allclose(seen.points, points, atol=1e-6)
        assert seen.normals is not None and len(seen.normals) == len(points)
    with pytest.raises(api.FlameError, match=r"nowhere\.obj"):
        api.fit_scan(str(tmp_path / "nowhere.obj"))
    assert [obj for obj in bpy.data.objects if api.is_head(obj)] == [head]
