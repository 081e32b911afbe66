"""Heads fitted to the photos behind several cameras of the scene: units, axes, files, and what is wrong."""

from __future__ import annotations

import bpy
import numpy as np
import pytest
from mathutils import Euler, Matrix, Vector

from flame_blender import api
from flame_blender.clips import clip_camera
from flame_blender.clips.clip_pictures import show_pictures
from flame_blender.geometry.axes import to_blender
from flame_blender.head import models
from flame_blender.scene_fits import properties
from tests.blender.fit_subjects import STATIC_51, everything, landmarks_of, person, same
from tests.blender.test_fit_photo import HEIGHT, WIDTH, camera_at, photo_file, seen_in_blender, write_pts

TURNS = (-0.5, 0.0, 0.4)


@pytest.fixture
def subject(any_model, rng):
    model = models.evaluator(models.resolve(any_model).fingerprint).model
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


def move(cameras, matrix):
    for camera in cameras:
        camera.matrix_world = matrix @ camera.matrix_world
    bpy.context.view_layer.update()


@pytest.mark.oldest
@pytest.mark.parametrize(
    ("unit", "turn"), [(1.0, (0, 0, 0)), (1000.0, (-np.pi / 2, 0, 0)), (100.0, (0.1, -0.05, np.pi / 2))]
)
@pytest.mark.parametrize("on_a_head", [False, True])
def test_units_and_axes_of_the_cameras_world(any_model, subject, cameras, unit, turn, on_a_head):
    """The head lands among the cameras wherever and however large their world is."""
    _, points = subject
    world = Matrix.Translation(Vector((3.0, -1.0, 2.0)) * unit) @ Euler(turn).to_matrix().to_4x4()
    world = world @ Matrix.Scale(unit, 4)
    move(cameras, world)
    pixels = [each[STATIC_51] for each in pixels_of(points)]
    before = [camera.matrix_world.copy() for camera in cameras]
    head = api.add_head(any_model) if on_a_head else None
    fitted = api.fit_cameras(cameras, pixels, head, STATIC_51, model=any_model, noise=0.2)
    assert fitted.cameras == tuple(cameras) and [camera.matrix_world for camera in cameras] == before
    assert head is None or fitted.head == head
    shown = api.landmarks(fitted.head, space="world")[STATIC_51]
    for camera, expected in zip(cameras, pixels, strict=True):
        assert np.linalg.norm(seen_in_blender(camera, shown) - expected, axis=1).max() < 1.0
    true = np.array([world @ Vector(point) for point in to_blender(points[STATIC_51])])
    assert np.linalg.norm(shown - true, axis=1).mean() < 1e-3 * unit
    assert fitted.head.flame_fit.unit == "px" and properties.cameras_of_fit(fitted.head) == cameras
    assert fitted.head.flame_fit.metres == pytest.approx(1 / unit)


@pytest.mark.oldest
@pytest.mark.parametrize("any_model", ["built-in"], indirect=True)
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


@pytest.mark.oldest_and_newest
@pytest.mark.parametrize("any_model", ["built-in"], indirect=True)
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
    assert [len(pins) for pins in api.pins_of(head).values()] == [68] * 3, "they stay as pins of each photo"
    params, places = api.get_params(head), [obj.matrix_world.copy() for obj in settings.cameras.objects]
    assert max(errors.max() for errors in api.refit_pins(head).errors.values()) < 30.0
    np.testing.assert_allclose(api.get_params(head).shape, params.shape, atol=1e-3)
    assert [obj.matrix_world for obj in settings.cameras.objects] == places
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


@pytest.mark.parametrize("any_model", ["built-in"], indirect=True)
def test_landmarks_of_two_sets_are_refused(subject, cameras):
    """One photo's points are iBUG's 68, the other's MediaPipe's 105."""
    _, points = subject
    first, second, _ = pixels_of(points)
    with pytest.raises(api.FlameError, match=r"landmarks of one set, found .* and "):
        api.fit_cameras(cameras[:2], [first, np.resize(second, (105, 2))])


def flat_photo(path, colour):
    photo_file(path, np.broadcast_to(np.float32(colour), (HEIGHT, WIDTH, 3)))


def fitted_to_colours(cameras, points, tmp_path):
    """A head with a red, a green and a blue photo, from its right, its front and its left."""
    for number, colour in enumerate(np.eye(3)):
        flat_photo(tmp_path / f"view {number}.png", colour)
        bpy.data.images[f"view {number}.png"].reload()
    pixels = [each[STATIC_51] for each in pixels_of(points)]
    return api.fit_cameras(cameras, pixels, None, STATIC_51, noise=0.2).head


@pytest.mark.oldest
@pytest.mark.parametrize("any_model", ["built-in"], indirect=True)
def test_all_photos_make_the_texture(subject, cameras, tmp_path):
    """Each place takes the colour of the photo that shows it finest, and more is seen than by any one."""
    head = fitted_to_colours(cameras, subject[1], tmp_path)
    single = [api.project_photo(head, camera, size=256) for camera in cameras]
    alone = [each.seen for each in single]
    made = api.project_photo(head, size=256, filling="BLUR")
    assert made.seen > 1.05 * max(alone)
    assert made.seen == pytest.approx(api.project_photo(head, cameras[::-1], size=256).seen)
    texture = np.array(made.image.pixels[:]).reshape(256, 256, 4)[..., :3]
    mask = np.array(made.mask.pixels[:]).reshape(256, 256, 4)[..., 0]
    skin = {vertex for face in head.data.polygons if face.material_index < 2 for vertex in face.vertices}
    mesh, places = head.data, api.evaluate(head, space="world")
    towards = np.stack([np.array(camera.matrix_world.translation) - places for camera in cameras], 1)
    towards /= np.linalg.norm(towards, axis=2, keepdims=True)
    normals = np.array([vertex.normal for vertex in mesh.vertices])
    facing = np.sort(np.einsum("vcx,vx->vc", towards, normals), axis=1)
    nearest = np.einsum("vcx,vx->vc", towards, normals).argmax(1)
    clear = facing[:, 2] - facing[:, 1] > 0.15
    right, asked = 0, 0
    for loop, uv in zip(mesh.loops, mesh.uv_layers[0].uv, strict=True):
        column, row = (int(np.clip(256 * part, 0, 255)) for part in uv.vector)
        if loop.vertex_index in skin and clear[loop.vertex_index] and mask[row, column] > 0.9:
            asked += 1
            right += texture[row, column].argmax() == nearest[loop.vertex_index]
    assert asked > 1000 and right > 0.97 * asked


@pytest.mark.parametrize("any_model", ["built-in"], indirect=True)
def test_photos_of_other_kinds_of_colours_are_refused(subject, cameras, tmp_path):
    head = fitted_to_colours(cameras, subject[1], tmp_path)
    bpy.data.images["view 1.png"].colorspace_settings.name = "Non-Color"
    before = everything()
    with pytest.raises(api.ParameterError, match=r"one kind of colours, found Non-Color \(8 bit\) and sRGB"):
        api.project_photo(head)
    assert same(before, everything())


@pytest.mark.parametrize("any_model", ["built-in"], indirect=True)
def test_a_camera_that_was_deleted_is_left_out(subject, cameras, tmp_path):
    head = fitted_to_colours(cameras, subject[1], tmp_path)
    for camera in cameras[:2]:
        bpy.data.objects.remove(camera)
    assert properties.cameras_of_fit(head) == cameras[2:]
    assert 0 < api.project_photo(head, size=64).seen < 1
    bpy.data.objects.remove(cameras[2])
    bpy.context.view_layer.objects.active = head
    with pytest.raises(RuntimeError, match="Fit the head to a photo first"):
        bpy.ops.flame.project_photo()
