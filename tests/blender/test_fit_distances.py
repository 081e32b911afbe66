"""Distances as colours: against SciPy's, on scan and head, with a legend, and taken off again."""

from __future__ import annotations

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.distances import colour_scale, distances, legend
from tests.blender.fit_subjects import everything, mesh_object, same, world_of

# scipy is no part of Blender's Python: distances from dense samples of the surface stand in for it
SAMPLES = 200


@pytest.fixture
def scan(head, rng):
    """Points at known distances from the head's skin, along its normals, with the head's own faces."""
    model = api.model(head)
    head.location = (0.3, -0.2, 0.1)
    bpy.context.view_layer.update()
    vertices = world_of(head).astype(float)
    return mesh_object("scan", vertices * 1.02, model.faces)


def brute_force(points: np.ndarray, vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """(n,) distances from triangles, each projected on its plane, edges and corners; no tree.

    The nearest triangle is no farther than the nearest centre: none is looked at that cannot reach as near.
    """
    corners = vertices[faces]
    centres = corners.mean(1)
    reaches = np.linalg.norm(corners - centres[:, None], axis=2).max(1)
    found = []
    for point in points:
        away = np.linalg.norm(centres - point, axis=1)
        a, b, c = corners[away - reaches <= away.min()].swapaxes(0, 1)
        nearest = np.minimum.reduce([_to_segment(point, a, b), _to_segment(point, b, c), _to_segment(point, c, a)])
        normal = np.cross(b - a, c - a)
        area = (normal**2).sum(1)
        safe = np.where(area > 0, area, 1)
        shares = np.stack([(np.cross(q - p, point - p) * normal).sum(1) / safe for p, q in ((a, b), (b, c), (c, a))], 1)
        height = np.abs(((point - a) * normal).sum(1)) / np.sqrt(safe)
        found.append(np.where((shares >= 0).all(1) & (area > 0), np.minimum(height, nearest), nearest).min())
    return np.array(found)


def _to_segment(point: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    along = end - start
    length = (along**2).sum(1)
    share = np.clip(((point - start) * along).sum(1) / np.where(length > 0, length, 1), 0, 1)
    return np.linalg.norm(start + share[:, None] * along - point, axis=1)


def colours_of(obj: bpy.types.Object) -> np.ndarray:
    data = obj.data.attributes[distances.ATTRIBUTE].data
    values = np.empty((len(data), 4), np.float32)
    data.foreach_get("color", values.ravel())
    return values


def test_colours_tell_the_distances(head, scan, rng):
    """Both ways, compared with every triangle looked at, and turned into the scale's colours."""
    painted = api.paint_distances(head, scan)
    vertices, points = world_of(head).astype(float), np.array([scan.matrix_world @ v.co for v in scan.data.vertices])
    some = rng.choice(len(points), SAMPLES, replace=False)
    faces = api.model(head).faces
    np.testing.assert_allclose(painted.scan_mm[some], 1000 * brute_force(points[some], vertices, faces), atol=1e-3)
    known = some[np.isfinite(painted.head_mm[some])]
    np.testing.assert_allclose(painted.head_mm[known], 1000 * brute_force(vertices[known], points, faces), atol=1e-3)
    for obj, values in ((scan, painted.scan_mm), (head, painted.head_mm)):
        expected = colour_scale.colours(values, painted.limit_mm)
        np.testing.assert_allclose(colours_of(obj), expected, atol=1e-6)
        assert obj.data.color_attributes.active_color_name == distances.ATTRIBUTE
        assert {slot.material.name for slot in obj.material_slots} == {distances.MATERIAL}
    assert painted.limit_mm >= np.percentile(painted.scan_mm, 95)


@pytest.mark.oldest_and_newest
@pytest.mark.parametrize("any_model", ["built-in"], indirect=True)
def test_stopped_anywhere_nothing_has_changed(head, scan):
    """Until the last share there is nothing to be put back."""
    before, shares = everything(), 0
    for share in api.painting_distances(head, scan):
        assert same(before, everything()), f"at {share}"
        shares += 1
    assert shares > 2 and not same(before, everything())
    api.clear_distances(head, scan)
    before, steps = everything(), api.painting_distances(head, scan)
    for _ in range(shares):
        next(steps)
    steps.close()
    assert same(before, everything())


@pytest.mark.oldest_and_newest
def test_units_of_the_fit_count(head, scan):
    """A scan in centimetres: distances are told in mm all the same."""
    before = api.paint_distances(head, scan).scan_mm
    head.flame_fit.metres = 0.01
    np.testing.assert_allclose(api.paint_distances(head, scan).scan_mm, before / 100, rtol=1e-6)


def test_where_the_scan_ends_the_head_is_grey(head):
    """A face alone says nothing of the back of the head."""
    model = api.model(head)
    vertices = world_of(head).astype(float)
    faces = model.faces[(vertices[model.faces][:, :, 1] < -0.02).all(1)]
    painted = api.paint_distances(head, mesh_object("face", vertices, faces))
    behind = vertices[:, 1] > 0.05
    assert np.isnan(painted.head_mm[behind]).all() and np.isfinite(painted.head_mm[np.unique(faces)]).all()
    np.testing.assert_allclose(colours_of(head)[behind], np.tile(colour_scale.GREY, (behind.sum(), 1)), atol=1e-6)


def test_points_without_faces_are_painted_too(head, rng):
    dots = mesh_object("dots", world_of(head)[rng.integers(0, 3000, 500)] + 0.001, None)
    painted = api.paint_distances(head, dots, limit_mm=4.0)
    assert painted.limit_mm == 4.0 and len(colours_of(dots)) == 500


def test_a_legend_stands_beside_the_head_and_follows_it(head, scan):
    painted = api.paint_distances(head, scan, limit_mm=2.0)
    parts = legend.parts_of(head)
    texts = [part.data.body for part in parts if part.type == "FONT"]
    assert sorted(texts) == ["0", "0.5", "1", "1.5", "2+", "distance, mm"] and painted.limit_mm == 2.0
    strip = next(part for part in parts if part.type == "MESH")
    assert strip.parent == head and not strip.hide_render
    shades = colours_of(strip)
    np.testing.assert_allclose(shades[[0, -1]], colour_scale.colours(np.array([0.0, 2.0]), 2.0), atol=1e-6)
    api.paint_distances(head, scan)
    assert len(legend.parts_of(head)) == len(parts)


def test_clearing_brings_everything_back(head, scan):
    own = bpy.data.materials.new("Scan's own")
    scan.data.materials.append(own)
    scan.data.materials.append(None)
    scan.material_slots[1].link, scan.material_slots[1].material = "OBJECT", bpy.data.materials.new("Object's own")
    before = everything()
    api.paint_distances(head, scan)
    during = everything()
    assert not same(before, during)
    np.testing.assert_array_equal(before["scan"], during["scan"], "no vertex of the scan moves")
    api.clear_distances(head, scan)
    assert same(before, everything())


def test_the_operators(head, scan):
    bpy.context.view_layer.objects.active = head
    with pytest.raises(RuntimeError, match="Fit the head to a scan"):
        bpy.ops.flame.paint_distances()
    with pytest.raises(RuntimeError, match="No distances"):
        bpy.ops.flame.clear_distances()
    head.flame_fit.scan = scan
    assert bpy.ops.flame.paint_distances(limit=3.0) == {"FINISHED"}
    assert distances.is_painted(head) and distances.is_painted(scan)
    assert bpy.ops.flame.clear_distances() == {"FINISHED"}
    assert not distances.is_painted(head) and not distances.is_painted(scan)


def test_a_scan_whose_modifiers_add_points_is_refused(head, scan):
    scan.modifiers.new("Array", "ARRAY")
    before = everything()
    with pytest.raises(api.ParameterError, match="apply them"):
        api.paint_distances(head, scan)
    assert same(before, everything())


def test_the_scale_of_colours():
    assert [colour_scale.nice_limit(value) for value in (0.0, 0.4, 0.5, 1.01, 4.9, 12)] == [0.01, 0.5, 0.5, 2, 5, 20]
    shades = colour_scale.colours(np.array([0.0, 1.0, 2.0, 5.0, np.nan]), 2.0)
    np.testing.assert_allclose(shades[0, :3], colour_scale.STOPS[0], atol=1e-6)
    np.testing.assert_allclose(shades[[2, 3], :3], np.tile(colour_scale.STOPS[-1], (2, 1)), atol=1e-6)
    assert tuple(shades[4]) == pytest.approx(colour_scale.GREY)
