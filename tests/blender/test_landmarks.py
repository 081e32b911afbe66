"""Landmark empties and the file of landmarks."""

from __future__ import annotations

import csv
import json

import bpy
import numpy as np
import pytest
from bpy_extras.object_utils import world_to_camera_view
from mathutils import Vector

from flame_blender import api
from tests.blender.conftest import random_fields

CLOSE = 1e-6


def places(head: bpy.types.Object) -> np.ndarray:
    bpy.context.view_layer.update()
    return np.array([item.empty.matrix_world.translation for item in head.flame.landmarks])


@pytest.fixture
def camera(empty_scene):
    camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    empty_scene.collection.objects.link(camera)
    camera.location, camera.rotation_euler = (0, -1, 0), (np.pi / 2, 0, 0)
    empty_scene.camera = camera
    empty_scene.render.resolution_x, empty_scene.render.resolution_y = 640, 480
    bpy.context.view_layer.update()
    return camera


def test_empties_follow_the_face(head, rng):
    head.location, head.rotation_euler, head.scale = (1, 2, 3), (0.1, 0.2, 0.3), (2, 2, 2)
    collection = api.add_landmarks(head)
    assert len(collection.objects) == 68
    assert collection.name == f"{head.name} Landmarks"
    names = [item.empty.name for item in head.flame.landmarks]
    assert names[0].endswith("00 jaw") and names[36].endswith("36 right eye")
    for _ in range(3):
        api.set_params(head, **random_fields(head, rng))
        np.testing.assert_allclose(places(head), api.landmarks(head, space="world"), atol=1e-5)


def test_only_locations_are_written(head):
    api.add_landmarks(head)
    empty = head.flame.landmarks[5].empty
    empty.rotation_euler.x, empty.scale.y = 0.5, 3.0
    api.set_params(head, jaw=(0.3, 0, 0))
    assert (empty.rotation_euler.x, empty.scale.y, empty.parent) == (0.5, 3.0, head)


def test_edit_landmarks_lets_go_and_following_returns(head):
    api.add_landmarks(head)
    head.flame.edit_landmarks = True
    head.flame.landmarks[30].empty.location = (9, 9, 9)
    api.set_params(head, jaw=(0.3, 0, 0))
    assert tuple(head.flame.landmarks[30].empty.location) == (9, 9, 9)
    head.flame.edit_landmarks = False
    bpy.context.view_layer.update()
    np.testing.assert_allclose(places(head), api.landmarks(head, space="world"), atol=CLOSE)


def test_the_contour_lies_on_the_outline_on_either_side(head):
    """With the default sign the contour points of the far side are outermost, seen from the front."""
    for angle in (0.5, -0.5):
        api.set_params(head, neck=(0, angle, 0))
        silhouette = api.landmarks(head)
        head.flame.yaw_sign = "FLAME_PYTORCH"
        other = api.landmarks(head)
        head.flame.yaw_sign = "SILHOUETTE"
        far = slice(9, 16) if angle > 0 else slice(1, 8)
        outward = np.sign(angle)
        assert (outward * (silhouette[far, 0] - other[far, 0])).mean() > 0.001
        np.testing.assert_array_equal(silhouette[17:], other[17:])


def test_a_new_set_replaces_the_old_empties(head):
    api.add_landmarks(head)
    before = len(bpy.data.objects)
    api.add_landmarks(head, "mediapipe")
    assert len(head.flame.landmarks) == 105
    assert len(bpy.data.objects) == before - 68 + 105
    api.remove_landmarks(head)
    assert len(bpy.data.objects) == before - 68
    assert not [collection for collection in bpy.data.collections if "Landmarks" in collection.name]


def test_landmarks_added_again_lie_on_the_face(head, rng):
    """Also on a head that moves by curves, does not follow its parameters, or is added to by the button."""
    api.set_params(head, **random_fields(head, rng))
    api.add_landmarks(head)
    for follows in (True, False):
        head.flame.live = follows
        api.add_landmarks(head)
        np.testing.assert_allclose(places(head), api.landmarks(head, space="world"), atol=1e-5)
    head.flame.live = True
    for frame, jaw in ((1, 0.0), (9, 0.4)):
        api.set_params(head, jaw=(jaw, 0, 0))
        api.keyframe(head, frame)
    bpy.context.scene.frame_set(5)
    bpy.context.view_layer.objects.active = head
    head.select_set(True)
    assert bpy.ops.flame.add_landmarks() == {"FINISHED"}
    for frame in (5, 9):
        bpy.context.scene.frame_set(frame)
        np.testing.assert_allclose(places(head), api.landmarks(head, space="world"), atol=1e-5)


def test_unknown_set_is_refused(head):
    with pytest.raises(api.FlameError, match="landmark sets, 'ibug' and 'mediapipe', found 'dlib'"):
        api.add_landmarks(head, "dlib")


def test_export_measures_what_the_camera_sees(head, camera, tmp_path):
    for frame, angle in ((1, 0.0), (5, 1.6)):
        api.set_params(head, neck=(0, angle, 0))
        api.keyframe(head, frame)
    bpy.context.scene.frame_set(2)
    paths = [
        api.export_landmarks(head, tmp_path / f"points{suffix}", frames=[1, 5]) for suffix in (".json", ".csv", ".npz")
    ]
    assert bpy.context.scene.frame_current == 2
    told = json.loads(paths[0].read_text())
    assert told["resolution"] == [640, 480] and len(told["names"]) == 68
    bpy.context.scene.frame_set(5)
    world = api.landmarks(head, space="world")
    np.testing.assert_allclose(told["frames"][1]["world"], world, atol=1e-5)
    for point, pixel in zip(world, told["frames"][1]["pixels"], strict=True):
        view = world_to_camera_view(bpy.context.scene, camera, Vector(point))
        np.testing.assert_allclose(pixel, (view.x * 640, (1 - view.y) * 480), atol=1e-2)
    frontal, turned = (np.array(frame["visible"]) for frame in told["frames"])
    assert frontal[17:].mean() > 0.9
    eye_turned_away, eye_towards = slice(42, 48), slice(36, 42)
    assert turned[eye_towards].sum() > turned[eye_turned_away].sum()
    with np.load(paths[2]) as stored:
        np.testing.assert_array_equal(stored["visible"], [frontal, turned])
        np.testing.assert_allclose(stored["pixels"][1], told["frames"][1]["pixels"])
    with paths[1].open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2 * 68
    assert [int(row["visible"]) for row in rows[68:]] == turned.astype(int).tolist()


def test_a_point_behind_something_else_is_not_visible(head, camera, tmp_path):
    bpy.ops.mesh.primitive_plane_add(size=1, location=(0, -0.5, 0), rotation=(np.pi / 2, 0, 0))
    bpy.context.view_layer.update()
    told = json.loads(api.export_landmarks(head, tmp_path / "hidden.json").read_text())
    assert not any(told["frames"][0]["visible"])


def test_export_refuses_what_it_cannot_do(head, tmp_path):
    with pytest.raises(api.FlameError, match=r"\.txt"):
        api.export_landmarks(head, tmp_path / "points.txt")
    with pytest.raises(api.FlameError, match="camera"):
        api.export_landmarks(head, tmp_path / "points.json")
