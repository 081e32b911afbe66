"""Heads fitted to the photos behind several cameras of the scene: units, axes, files, and what is wrong."""

from __future__ import annotations

import bpy
import numpy as np
import pytest
from fit_subjects import STATIC_51, everything, landmarks_of, person, same
from mathutils import Euler, Matrix, Vector
from test_fit_photo import HEIGHT, WIDTH, camera_at, photo_file, seen_in_blender

from flame_blender import api
from flame_blender.flame.axes import to_blender
from flame_blender.head import clip_camera, models
from flame_blender.head.clip_pictures import show_pictures

TURNS = (-0.5, 0.0, 0.4)


@pytest.fixture
def subject(rng):
    model = models.evaluator(models.built_in().fingerprint).model
    params = person(model, rng)
    return params, landmarks_of(model, params)


@pytest.fixture
def cameras(tmp_path):
    """Three cameras, each with a photo behind it; the photos say nothing, the landmarks tell all."""
    collection = bpy.data.collections.new("Rig")
    bpy.context.scene.collection.children.link(collection)
    made = []
    for number, turn in enumerate(TURNS):
        obj = clip_camera.make_camera(f"Camera {number}", collection, camera_at(turn), Matrix())
        photo = photo_file(tmp_path / f"view {number}.png")
        show_pictures(obj.data, (str(photo),), photo.parent, 1)
        made.append(obj)
    bpy.context.scene.render.resolution_x, bpy.context.scene.render.resolution_y = WIDTH, HEIGHT
    bpy.context.view_layer.update()
    return made


def pixels_of(points):
    return [camera_at(turn).project(points) for turn in TURNS]


def write_pts(path, pixels):
    rows = "\n".join(f"{x + 1:.4f} {y + 1:.4f}" for x, y in pixels)
    path.write_text(f"version: 1\nn_points: {len(pixels)}\n{{\n{rows}\n}}\n")


def move(cameras, matrix):
    for camera in cameras:
        camera.matrix_world = matrix @ camera.matrix_world
    bpy.context.view_layer.update()


@pytest.mark.parametrize(
    ("unit", "turn"), [(1.0, (0, 0, 0)), (1000.0, (-np.pi / 2, 0, 0)), (100.0, (0.1, -0.05, np.pi / 2))]
)
@pytest.mark.parametrize("on_a_head", [False, True])
def test_units_and_axes_of_the_cameras_world(subject, cameras, unit, turn, on_a_head):
    """The head lands among the cameras wherever and however large their world is."""
    _, points = subject
    world = Matrix.Translation(Vector((3.0, -1.0, 2.0)) * unit) @ Euler(turn).to_matrix().to_4x4()
    world = world @ Matrix.Scale(unit, 4)
    move(cameras, world)
    pixels = [each[STATIC_51] for each in pixels_of(points)]
    before = [camera.matrix_world.copy() for camera in cameras]
    head = api.add_head() if on_a_head else None
    fitted = api.fit_cameras(cameras, pixels, head, STATIC_51, noise=0.2)
    assert fitted.cameras == tuple(cameras) and [camera.matrix_world for camera in cameras] == before
    assert head is None or fitted.head == head
    shown = api.landmarks(fitted.head, space="world")[STATIC_51]
    for camera, expected in zip(cameras, pixels, strict=True):
        assert np.linalg.norm(seen_in_blender(camera, shown) - expected, axis=1).max() < 1.0
    true = np.array([world @ Vector(point) for point in to_blender(points[STATIC_51])])
    assert np.linalg.norm(shown - true, axis=1).mean() < 1e-3 * unit
    assert fitted.head.flame_fit.unit == "px" and fitted.head.flame_fit.camera == cameras[0]
    assert fitted.head.flame_fit.metres == pytest.approx(1 / unit)


def test_a_world_in_no_unit(subject, cameras):
    """As structure from motion leaves it: the head takes a usual one's size there."""
    _, points = subject
    move(cameras, Matrix.Scale(7.3, 4))
    pixels = [each[STATIC_51] for each in pixels_of(points)]
    fitted = api.fit_cameras(cameras, pixels, None, STATIC_51, fit_scale=True, noise=0.2)
    shown = api.landmarks(fitted.head, space="world")[STATIC_51]
    assert np.linalg.norm(shown - 7.3 * to_blender(points[STATIC_51]), axis=1).mean() < 1e-3 * 7.3
    assert fitted.head.matrix_world.to_scale()[0] == pytest.approx(7.3, rel=0.1)
    assert any("a size of its own" in note for note in fitted.notes)


def test_files_beside_the_photos_and_the_button(subject, cameras, tmp_path):
    """With outlines, which are other points of the face in each view; then the photo goes into the texture."""
    _, points = subject
    for number, pixels in enumerate(pixels_of(points)):
        write_pts(tmp_path / f"view {number}.pts", pixels)
    settings = bpy.context.scene.flame_fit
    settings.kind = "CAMERAS"
    with pytest.raises(RuntimeError, match="two cameras"):
        bpy.ops.flame.fit_cameras()
    settings.cameras = bpy.data.collections["Rig"]
    assert bpy.ops.flame.fit_cameras() == {"FINISHED"}
    head = bpy.context.object
    assert head.flame_fit.mean < 3.0 and head.flame_fit.count == 3 * 68
    assert len([obj for obj in bpy.data.objects if obj.type == "CAMERA"]) == 3
    by_script = api.fit_cameras(settings.cameras)
    np.testing.assert_allclose(by_script.fit.params.shape, api.get_params(head).shape, atol=1e-5)
    assert 0 < api.project_photo(head, size=64).seen < 1


def test_what_is_wrong_leaves_everything_as_it_was(subject, cameras, head, tmp_path):
    _, points = subject
    pixels = [each[STATIC_51] for each in pixels_of(points)]
    bare = bpy.data.objects.new("bare", bpy.data.cameras.new("bare"))
    bpy.context.scene.collection.objects.link(bare)
    bpy.context.view_layer.update()
    before = everything()
    for given, seen, told in (
        (cameras[:1], pixels[:1], "at least 2 cameras"),
        (cameras, pixels[:2], "for each camera"),
        ([*cameras[:2], bare], pixels, "bare has no background image"),
        ([cameras[0], head], pixels[:2], "a camera with a photo"),
        ([cameras[0], cameras[0]], [pixels[0]] * 2, "tell no depth"),
        (cameras, [pixels[1], pixels[0], pixels[2]], "belongs to its camera"),
        (cameras, None, r"view 0\.png, the photo of Camera 0: expected its landmarks"),
        (cameras, [pixels[0], pixels[1] * np.nan, pixels[2]], "finite"),
    ):
        with pytest.raises(api.FlameError, match=told):
            api.fit_cameras(given, seen, head, None if seen is None else STATIC_51)
        assert same(before, everything())


def test_landmarks_of_two_sets_are_refused(subject, cameras):
    """One photo's points are iBUG's 68, the other's MediaPipe's 105."""
    _, points = subject
    first, second, _ = pixels_of(points)
    with pytest.raises(api.FlameError, match=r"landmarks of one set, found .* and "):
        api.fit_cameras(cameras[:2], [first, np.resize(second, (105, 2))])
