"""Heads fitted to photos: head and photo overlay in Blender's camera, and the photo becomes the head's texture."""

from __future__ import annotations

import struct
import zlib

import bpy
import numpy as np
import pytest
from bpy_extras.object_utils import world_to_camera_view
from mathutils import Vector

from flame_blender import api
from flame_blender.head import models
from flame_blender.observations import photo_camera
from flame_blender.scene_fits import stage
from tests.blender.fit_subjects import STATIC_51, everything, landmarks_of, person, same

WIDTH, HEIGHT, FOCAL = 640, 480, 1100.0


@pytest.fixture
def model(any_model):
    return models.evaluator(models.resolve(any_model).fingerprint).model


@pytest.fixture
def subject(model, rng):
    return person(model, rng)


def camera_at(turn: float, distance: float = 0.8) -> api.Camera:
    """A camera before the face, ``turn`` radians to its left, a little above, not quite aimed at the middle."""
    cosine, sine = np.cos(turn), np.sin(turn)
    look = np.array([[cosine, 0, -sine], [0, -1, 0], [-sine, 0, -cosine]])
    return api.Camera([FOCAL, FOCAL, 300.0, 250.0], WIDTH, HEIGHT, look, (0.01, -0.02, distance))


def photo_file(path, pixels: np.ndarray | None = None):
    """A picture (H, W, 3), rows down."""
    image = bpy.data.images.new(path.stem, WIDTH, HEIGHT)
    if pixels is not None:
        rows = np.concatenate([pixels, np.ones_like(pixels[..., :1])], -1)[::-1]
        image.pixels.foreach_set(np.ascontiguousarray(rows, np.float32).ravel())
    image.filepath_raw, image.file_format = str(path), "PNG"
    image.save()
    bpy.data.images.remove(image)
    return path


def write_pts(path, pixels):
    rows = "\n".join(f"{x + 1:.4f} {y + 1:.4f}" for x, y in pixels)
    path.write_text(f"version: 1\nn_points: {len(pixels)}\n{{\n{rows}\n}}\n")
    return path


def seen_in_blender(camera: bpy.types.Object, points: np.ndarray) -> np.ndarray:
    """(L, 2) pixels, y down, where Blender's camera sees points of the world."""
    bpy.context.view_layer.update()
    scene = bpy.context.scene
    views = [world_to_camera_view(scene, camera, Vector(point)) for point in points]
    return np.array([(view.x * WIDTH, (1 - view.y) * HEIGHT) for view in views])


@pytest.mark.parametrize("focal", [pytest.param(FOCAL, marks=pytest.mark.oldest_and_newest), None])
@pytest.mark.parametrize("on_a_head", ["new", "head that stands elsewhere", "head with applied transforms"])
def test_head_and_photo_overlay(any_model, model, subject, tmp_path, focal, on_a_head):
    """Projected through Blender's camera the head's landmarks lie on the photo's, wherever the head's object stands."""
    camera = api.Camera([FOCAL, FOCAL, WIDTH / 2, HEIGHT / 2], WIDTH, HEIGHT, camera_at(0.2).rotation, (0, 0, 0.8))
    pixels = camera.project(landmarks_of(model, subject))[STATIC_51]
    photo = photo_file(tmp_path / "face.png")
    head = api.add_head(any_model) if on_a_head != "new" else None
    if head is not None:
        head.location, head.rotation_euler, head.scale = (1, 2, 3), (0.3, 0.2, 1.0), (2, 2, 2)
        bpy.context.view_layer.update()
    if on_a_head == "head with applied transforms":
        bpy.context.view_layer.objects.active = head
        head.select_set(True)
        bpy.ops.object.transform_apply()
        bpy.context.view_layer.update()
    stood = head and [*head.location, *head.rotation_euler, *head.scale]
    fitted = api.fit_photo(photo, pixels, head, STATIC_51, model=any_model, focal=focal, noise=0.2)
    seen = seen_in_blender(fitted.cameras[0], api.landmarks(fitted.head, space="world")[STATIC_51])
    away = np.linalg.norm(seen - pixels, axis=1)
    assert away.max() < 1.5
    report = fitted.head.flame_fit
    assert report.unit == "px" and report.mean == pytest.approx(away.mean(), abs=0.02)
    scene, data = bpy.context.scene, fitted.cameras[0].data
    assert scene.camera == fitted.cameras[0]
    assert (scene.render.resolution_x, scene.render.resolution_y) == (WIDTH, HEIGHT)
    assert data.show_background_images and data.background_images[0].image.filepath.endswith("face.png")
    if head is not None:
        assert [*head.location, *head.rotation_euler, *head.scale] == pytest.approx(stood, abs=1e-6)


def test_three_calibrated_cameras(any_model, model, subject, tmp_path):
    """The head is placed among the cameras, and each of Blender's cameras sees it on its photo."""
    cameras = [camera_at(turn) for turn in (-0.5, 0.0, 0.4)]
    points = landmarks_of(model, subject)
    pixels = [camera.project(points)[STATIC_51] for camera in cameras]
    photos = [photo_file(tmp_path / f"view {number}.png") for number in range(3)]
    fitted = api.fit_photo(photos, pixels, model=any_model, indices=STATIC_51, cameras=cameras, noise=0.2)
    assert len(fitted.cameras) == 3
    world = api.landmarks(fitted.head, space="world")[STATIC_51]
    for camera, expected in zip(fitted.cameras, pixels, strict=True):
        assert np.linalg.norm(seen_in_blender(camera, world) - expected, axis=1).max() < 1.0
    assert np.linalg.norm(api.landmarks(fitted.head)[STATIC_51] - points[STATIC_51], axis=1).mean() < 1e-3
    api.fit_photo(photos, pixels, fitted.head, STATIC_51, cameras=cameras)
    assert len(bpy.data.cameras) == 3, "a second fit takes the cameras' places"


@pytest.mark.oldest_and_newest
@pytest.mark.parametrize("any_model", ["built-in"], indirect=True)
def test_landmark_files_of_a_photo(model, subject, tmp_path):
    """A .pts beside the photo; the operator with its settings."""
    camera = camera_at(0.1)
    pixels = camera.project(landmarks_of(model, subject))
    path = write_pts(tmp_path / "face.pts", pixels)
    settings = bpy.context.scene.flame_fit
    settings.kind, settings.lens = "PHOTO", FOCAL / WIDTH * 36
    with pytest.raises(RuntimeError, match="Pick the photo's landmarks, or choose their file"):
        bpy.ops.flame.fit_photo()
    settings.landmark_file = str(path)
    with pytest.raises(RuntimeError, match="Choose the photo"):
        bpy.ops.flame.fit_photo()
    settings.photo = str(photo_file(tmp_path / "face.png"))
    assert bpy.ops.flame.fit_photo() == {"FINISHED"}
    assert bpy.context.object.flame_fit.mean < 3.0


@pytest.mark.oldest_and_newest
@pytest.mark.parametrize("any_model", ["built-in"], indirect=True)
def test_photos_as_files(model, subject, tmp_path):
    """With the landmark file of its name, or one in a folder of its own; without one a sentence."""
    write_pts(tmp_path / "face.pts", camera_at(0.1).project(landmarks_of(model, subject)))
    photos = [photo_file(tmp_path / f"{name}.png") for name in ("face", "nobody")]
    before = everything()
    reports = api.fit_files(photos, "photo", tmp_path / "out", focal=FOCAL)
    assert same(before, everything()), "the scene is not touched"
    assert [report["fitted"] for report in reports] == [True, False]
    assert reports[0]["report"]["mean"] < 3.0 and reports[0]["focal_pixels"] == pytest.approx([FOCAL, FOCAL])
    assert (tmp_path / "out" / "face.npz").is_file()
    assert reports[1]["error"].endswith("nobody.png: expected its landmarks in a file of the same name, found none.")
    (elsewhere,) = api.fit_files(photos[:1], "photo", tmp_path / "out", landmarks=tmp_path / "elsewhere")
    assert "landmarks in a file of the same name" in elsewhere["error"]


def with_exif(path, millimetres: int):
    """The PNG with an eXIf chunk that tells a focal length on 35 mm film."""
    tag = struct.pack(">HHIHH", 0xA405, 3, 1, millimetres, 0)
    block = b"MM\0*" + struct.pack(">IHHHIII", 8, 1, 0x8769, 4, 1, 26, 0) + struct.pack(">H", 1) + tag + bytes(4)
    chunk = struct.pack(">I", len(block)) + b"eXIf" + block + struct.pack(">I", zlib.crc32(b"eXIf" + block))
    content = path.read_bytes()
    path.write_bytes(content[:33] + chunk + content[33:])
    return path


def test_a_photo_with_exif_and_the_report(model, subject, tmp_path):
    """Its lens is believed; without it the interval is wide; the panel's report says so, and one undo takes it back."""
    camera = camera_at(0.1)
    pixels = camera.project(landmarks_of(model, subject))[STATIC_51]
    pixels += np.random.default_rng(0).normal(size=pixels.shape) * 1.5
    told = round(FOCAL / np.hypot(WIDTH, HEIGHT) * np.hypot(36, 24))
    plain, with_lens = photo_file(tmp_path / "plain.png"), with_exif(photo_file(tmp_path / "lens.png"), told)
    widths = []
    for photo in (plain, with_lens):
        fitted = api.fit_photo(photo, pixels, indices=STATIC_51)
        focal = fitted.fit.report.focal
        assert focal.least < FOCAL < focal.most
        widths.append(focal.most / focal.least)
        notes = fitted.head.flame_fit.notes
        assert "Focal length" in notes and "90 %" in notes and "Coefficients: largest" in notes
        assert ("EXIF" in notes) == (photo == with_lens)
    assert widths[1] < 1.4
    assert widths[0] > 2
    assert focal.pixels == pytest.approx(FOCAL, rel=0.1)


@pytest.mark.parametrize("any_model", ["built-in"], indirect=True)
def test_undo_takes_a_fit_to_a_photo_back(model, subject, tmp_path):
    """Head, camera and the scene's own camera are as before."""
    pixels = camera_at(0.1).project(landmarks_of(model, subject))
    path = write_pts(tmp_path / "face.pts", pixels)
    settings = bpy.context.scene.flame_fit
    settings.kind, settings.landmark_file = "PHOTO", str(path)
    settings.photo = str(photo_file(tmp_path / "face.png"))
    bpy.context.preferences.edit.use_global_undo = True
    bpy.ops.ed.undo_push(message="before")
    before = everything()
    assert bpy.ops.flame.fit_photo() == {"FINISHED"}
    bpy.ops.ed.undo_push(message="fitted")
    assert not same(before, everything())
    bpy.ops.ed.undo()
    assert same(before, everything())


def test_what_is_wrong_leaves_everything_as_it_was(model, subject, tmp_path, head, monkeypatch):
    monkeypatch.setattr(stage, "BETWEEN_PREVIEWS", 0.0)
    photo, no_photo = photo_file(tmp_path / "face.png"), tmp_path / "text.png"
    no_photo.write_text("not a picture")
    pixels = camera_at(0.1).project(landmarks_of(model, subject))[STATIC_51]
    mirrored = pixels * (-1, 1) + (WIDTH, 0)
    before = everything()
    for picture, points, indices in (
        (no_photo, pixels, STATIC_51),
        (tmp_path / "none.png", pixels, STATIC_51),
        (photo, mirrored, STATIC_51),
        (photo, pixels[:4], STATIC_51[:4]),
        (photo, np.full((51, 2), np.nan), STATIC_51),
    ):
        with pytest.raises(api.FlameError, match=r"\.$"):
            api.fit_photo(picture, points, head, indices)
        assert same(before, everything())
    steps = api.fitting_head(head, api.PhotoFitOptions(photo=photo, landmarks=pixels, indices=STATIC_51))
    for _ in range(4):
        next(steps)
    steps.close()
    assert same(before, everything())


@pytest.mark.parametrize("kind", ["PERSP", "ORTHO"])
@pytest.mark.parametrize("fit", ["HORIZONTAL", "VERTICAL", "AUTO"])
def test_blenders_camera_read_back(head, rng, kind, fit):
    """Any camera of Blender's is the same camera about the head as the add-on's own kind."""
    head.location, head.rotation_euler, head.scale = (1, 2, 3), (0.3, 0.2, 1.0), (2, 2, 2)
    data = bpy.data.cameras.new("c")
    camera = bpy.data.objects.new("c", data)
    bpy.context.scene.collection.objects.link(camera)
    data.type, data.sensor_fit, data.sensor_width, data.sensor_height = kind, fit, 30.0, 22.0
    data.lens, data.ortho_scale, data.shift_x, data.shift_y = 60.0, 1.3, 0.07, -0.11
    camera.location, camera.rotation_euler = (1.2, 0.2, 3.1), (1.5, 0.1, 0.05)
    bpy.context.scene.render.resolution_x, bpy.context.scene.render.resolution_y = WIDTH, HEIGHT
    bpy.context.view_layer.update()
    read = photo_camera.camera_about(head, camera, (WIDTH, HEIGHT), bpy.context.scene)
    points = rng.normal(size=(20, 3)) * 0.1
    from flame_blender.head.parameters import to_world

    np.testing.assert_allclose(read.project(points), seen_in_blender(camera, to_world(head, points)), atol=1e-2)


@pytest.mark.parametrize("any_model", ["built-in"], indirect=True)
def test_the_photo_becomes_the_texture(model, subject, tmp_path):
    """A photo whose colours tell where on the face they are comes back at the same places of the texture."""
    camera = api.Camera([FOCAL, FOCAL, WIDTH / 2, HEIGHT / 2], WIDTH, HEIGHT, camera_at(0.0).rotation, (0, 0, 0.8))
    columns, rows = np.meshgrid((np.arange(WIDTH) + 0.5) / WIDTH, (np.arange(HEIGHT) + 0.5) / HEIGHT)
    photo = photo_file(tmp_path / "face.png", np.stack([columns, rows, np.full_like(rows, 0.5)], -1))
    pixels = camera.project(landmarks_of(model, subject))[STATIC_51]
    fitted = api.fit_photo(photo, pixels, indices=STATIC_51, focal=FOCAL, noise=0.2)
    head = fitted.head
    made = api.project_photo(head, size=256)
    assert made.image.packed_file and made.mask.packed_file and tuple(made.image.size) == (256, 256)
    texture = np.array(made.image.pixels[:]).reshape(256, 256, 4)
    mask = np.array(made.mask.pixels[:]).reshape(256, 256, 4)[..., 0]
    uv = np.empty((len(head.data.loops), 2), np.float32)
    head.data.uv_layers[0].uv.foreach_get("vector", uv.ravel())
    corners = np.array([loop.vertex_index for loop in head.data.loops])
    slot = np.repeat(
        [polygon.material_index for polygon in head.data.polygons], [p.loop_total for p in head.data.polygons]
    )
    places = np.clip((uv * 256).astype(int), 0, 255)
    skin = np.isin(slot, [0, 1]) & (mask[places[:, 1], places[:, 0]] > 0.9)
    assert skin.sum() > 3000
    seen = seen_in_blender(fitted.cameras[0], api.evaluate(head, space="world"))[corners[skin]] / (WIDTH, HEIGHT)
    found = texture[places[skin][:, 1], places[skin][:, 0], :2]
    assert np.median(np.abs(found - seen)) < 0.01
    shown = {s.material.name for s in head.material_slots if s.link == "OBJECT"}
    assert shown == {f"{head.name} Photo"}
    bpy.context.view_layer.objects.active = head
    assert bpy.ops.flame.project_photo(size=128) == {"FINISHED"}
    assert tuple(bpy.data.images[f"{head.name} Texture"].size) == (128, 128)


def test_projecting_needs_a_photo(head):
    bpy.context.view_layer.objects.active = head
    with pytest.raises(RuntimeError, match="Fit the head to a photo first"):
        bpy.ops.flame.project_photo()
    with pytest.raises(api.ParameterError, match="background image"):
        api.project_photo(head)
