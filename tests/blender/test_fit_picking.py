"""Picking landmarks on a scan, without a window: order, rays, the mirrored suggestion, taking back, leaving."""

from __future__ import annotations

import bpy
import numpy as np
import pytest
from mathutils import Matrix, Vector

from flame_blender import api
from flame_blender.flame.landmarks import landmark_points
from flame_blender.geometry.axes import to_blender
from flame_blender.head import models
from flame_blender.observations import marks, rays
from flame_blender.picking import drawing
from flame_blender.picking.picking import Picking, guide_of
from flame_blender.picking.session import PickingSession
from tests.blender.fit_subjects import everything, mesh_object, person, same, vertices_of

PLACE = Matrix.Translation((1.0, 2.0, 3.0)) @ Matrix.Rotation(0.6, 4, (0.2, 1.0, 0.3)) @ Matrix.Scale(2.0, 4)


@pytest.fixture
def model():
    return models.evaluator(models.built_in().fingerprint).model


@pytest.fixture
def scan(model, rng):
    """Somebody's head, turned and scaled; a subdivided one is what Blender shows."""
    obj = mesh_object("scan", to_blender(vertices_of(model, person(model, rng))), model.faces)
    obj.matrix_world = PLACE
    bpy.context.view_layer.update()
    return obj


@pytest.fixture
def points(model, rng, scan):
    """(68, 3) of that head's landmarks in the world."""
    vertices = np.array([vertex.co for vertex in scan.data.vertices])
    local = landmark_points(vertices, model.faces, model.landmarks["ibug"])
    return np.array([PLACE @ Vector(point) for point in local])


@pytest.mark.parametrize("landmark_set", ["ibug", "mediapipe"])
def test_every_landmark_comes_once_and_mirrors_are_pairs(model, landmark_set):
    guide = guide_of(model, model.landmarks[landmark_set])
    count = model.landmarks[landmark_set].count
    assert sorted(guide.order) == list(range(count))
    mirror = np.array(guide.mirror)
    np.testing.assert_array_equal(mirror[mirror], np.arange(count))
    assert np.abs(guide.places[mirror] * (-1, 1, 1) - guide.places).max() < 0.004
    assert (mirror != np.arange(count)).sum() > count * 0.7


def test_ibugs_pairs_are_ibugs(model):
    """The mirror that was found on the model is the one that is known of the layout."""
    from flame_blender.landmark_files.layouts import IBUG_MIRROR

    guide = guide_of(model, model.landmarks["ibug"])
    assert list(guide.mirror) == IBUG_MIRROR[:68].tolist()


def test_the_next_landmark_and_taking_back(model):
    picking = Picking(guide_of(model, model.landmarks["ibug"]))
    assert picking.name == "36 right eye"
    first = [picking.place(np.full(3, float(number))) for number in range(4)]
    assert first == [36, 39, 42, 45] and picking.name.startswith("30")
    picking.skip()
    assert picking.name.startswith("33")
    picking.skip(-1)
    assert picking.name.startswith("30")
    assert picking.choose(60) and picking.now == 60 and not picking.choose(99)
    picking.move(36, np.zeros(3) - 1)
    assert picking.take_back() == 36 and picking.placed[36][0] == 0.0
    for row in (45, 42, 39, 36):
        assert picking.take_back() == row and picking.now == row
    assert picking.take_back() is None and not picking.placed
    for _ in range(70):
        picking.place(np.zeros(3))
    assert len(picking.placed) == 68


def test_the_other_side_is_suggested(model, scan, points):
    """From three placed points the mirror is close and lies on the scan; from fewer, or in the middle, none is told."""
    session = PickingSession(scan)
    for row in (36, 39):
        assert session.picking.now == row
        session.place(Vector(points[row]))
        session.suggest()
        assert session.suggestion is None
    session.choose(30)
    session.place(Vector(points[30]))
    session.choose(33)
    session.place(Vector(points[33]))
    for row in (45, 42):
        session.choose(row)
        session.suggest()
        away = np.linalg.norm(session.suggestion - points[row]) / 2.0
        assert away < 0.01, f"landmark {row} is suggested {1000 * away:.1f} mm from where it is"
        assert np.allclose(rays.snapped(scan, session.suggestion), session.suggestion, atol=1e-5)
        session.place(session.suggestion)
    session.choose(27)
    session.suggest()
    assert session.suggestion is None, "a point of the middle has no other side"


def test_rays_meet_what_is_shown(scan, points):
    """From in front the tip of the nose is hit, from behind the back of the head; beside it nothing."""
    forward = (PLACE.to_3x3() @ Vector((0, 1, 0))).normalized()
    nose = Vector(points[30])
    hit = rays.ray_hit(scan, nose - 2 * forward, forward)
    assert (hit - nose).length < 1e-3
    behind = rays.ray_hit(scan, nose + 2 * forward, -forward)
    assert (behind - nose).length > 0.2
    assert rays.ray_hit(scan, nose + Vector((5, 5, 5)), forward) is None


def test_rays_meet_points_without_faces(scan, points):
    dots = mesh_object("dots", np.array([scan.matrix_world @ vertex.co for vertex in scan.data.vertices]), None)
    forward = (PLACE.to_3x3() @ Vector((0, 1, 0))).normalized()
    hit = rays.ray_hit(dots, Vector(points[30]) - 2 * forward, forward)
    assert (hit - Vector(points[30])).length < 0.01
    assert rays.ray_hit(dots, Vector((9, 9, 9)), forward) is None


def test_a_session_leaves_empties_that_a_fit_takes(scan, points):
    session = PickingSession(scan)
    for _ in range(18):
        session.place(Vector(points[session.picking.now]))
    bpy.context.view_layer.update()
    collection = marks.collection_of(scan)
    assert collection.name == "scan Picked Landmarks" and len(collection.objects) == 18
    for row, empty in marks.numbered(collection.objects).items():
        assert (empty.matrix_world.translation - Vector(points[row])).length < 1e-5 and empty.parent == scan
        assert 0.001 < empty.empty_display_size * 2.0 / max(scan.dimensions) < 0.05
    scan.location.x += 1
    bpy.context.view_layer.update()
    fitted = api.fit_landmarks(collection, noise_mm=0.1, fit_scale=True)
    there = api.landmarks(fitted.head, space="world")[sorted(session.picking.placed)]
    assert np.linalg.norm(there - points[sorted(session.picking.placed)] - (1, 0, 0), axis=1).max() < 2e-3


def test_another_session_goes_on_and_esc_brings_back_the_first(scan, points):
    session = PickingSession(scan)
    before = everything()
    for row in (36, 39, 42):
        session.place(Vector(points[row]))
    session.put_back()
    assert same(before, everything()), "the first session was left with Esc"
    session = PickingSession(scan)
    for row in (36, 39, 42):
        session.place(Vector(points[row]))
    kept = everything()
    again = PickingSession(scan)
    assert again.picking.now == 45 and len(again.picking.placed) == 3
    again.place(Vector(points[45]))
    again.begin_drag(36)
    for step in range(5):
        again.drag(36, Vector(points[36]) + Vector((0.01 * step, 0, 0)))
    again.take_back()
    assert np.linalg.norm(again.picking.placed[36] - points[36]) < 1e-5, "a drag is taken back at once"
    again.begin_drag(39)
    again.drag(39, Vector((9, 9, 9)))
    again.put_back()
    assert same(kept, everything())


def test_the_picture_shows_the_face_upright(model):
    """Seen from the front: the subject's right is at the left, the brows are above the mouth, all inside the box."""
    guide = guide_of(model, model.landmarks["ibug"])
    places, height = drawing.face_places(guide.places, 100.0, 50.0, 190.0)
    assert places[36, 0] < places[45, 0] and places[19, 1] > places[57, 1]
    assert places.min(0).tolist() > [100.0, 50.0] and (places.max(0) < (290.0, 50.0 + height)).all()


def test_the_operator_explains_itself(scan):
    with pytest.raises(RuntimeError, match="3D view"):
        bpy.ops.flame.pick_landmarks()
