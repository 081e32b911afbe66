"""Landmarks picked on photos, without a window: upright pictures, suggestions, leaving, the panel's button."""

from __future__ import annotations

import struct
import zlib

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.photo_pins import loupe
from flame_blender.photo_pins.photo_view import PhotoView
from tests.blender.fit_subjects import everything, same
from tests.blender.pinned_subjects import SHAPES, picked, picture, places_seen
from tests.blender.pinned_subjects import fitted as fitted  # for the tests
from tests.blender.pinned_subjects import subject as subject


def test_suggestions_and_leaving(any_model, subject, tmp_path):
    """From five points on the others are suggested nearby, mirrored or not; left with Esc nothing stays."""
    size, before = SHAPES["tall"], everything()
    pixels = subject.seen(subject.camera(size, 0.4), 0.4, noise=1.0)
    head = api.add_head(any_model)
    before = everything()
    session = api.begin_picking_on_photo(picture(tmp_path / "face.png", size), head)
    session.suggest()
    assert session.suggestion is None
    for row in (36, 39, 42, 45):
        session.place(pixels[row])
    session.suggest()
    assert session.suggestion is None, "four corners of the eyes lie in one plane"
    for row in (30, 48):
        session.choose(row)
        session.place(pixels[row])
    face = np.linalg.norm(pixels[36] - pixels[45])
    for row in (54, 33, 8):
        session.choose(row)
        session.suggest()
        assert np.linalg.norm(session.suggestion - pixels[row]) < 0.25 * face, row
    session.put_back()
    assert same(before, everything())


def oriented(path, number: int):
    """The PNG with an eXIf chunk that tells how its camera was held."""
    block = b"MM\0*" + struct.pack(">IHHHIHH", 8, 1, 0x0112, 3, 1, number, 0) + bytes(4)
    chunk = struct.pack(">I", len(block)) + b"eXIf" + block + struct.pack(">I", zlib.crc32(b"eXIf" + block))
    content = path.read_bytes()
    path.write_bytes(content[:33] + chunk + content[33:])
    return path


@pytest.mark.parametrize(("number", "corner"), [(1, (0, 0)), (3, (1, 1)), (6, (0, 1)), (8, (1, 0))])
def test_photos_stand_upright(tmp_path, number, corner):
    """A white dot in the corner that is the top left one of what the camera saw, by the table of Exif 2.32."""
    size = 8, 4
    image = bpy.data.images.new("dot", *size)
    pixels = np.zeros((4, 8, 4), np.float32)
    pixels[..., 3] = 1
    across, down = corner
    pixels[3 - 3 * down, 7 * across] = 1
    image.pixels.foreach_set(pixels.ravel())
    image.filepath_raw, image.file_format = str(tmp_path / "dot.png"), "PNG"
    image.save()
    bpy.data.images.remove(image)
    camera = api.show_photo(oriented(tmp_path / "dot.png", number))
    shown = camera.data.background_images[0].image
    assert tuple(shown.size) == (size if number in (1, 3) else size[::-1])
    seen = np.array(shown.pixels).reshape(shown.size[1], shown.size[0], 4)[::-1, :, 0]
    assert np.argwhere(seen > 0.5).tolist() == [[0, 0]]
    assert len(bpy.data.images) == 1, "the picture that lies on its side is not kept"


@pytest.mark.parametrize("any_model", ["built-in"], indirect=True)
def test_the_panels_button_takes_the_clicks(subject, tmp_path):
    """Fit to Photo needs no file then; the view's part is in tests/real_blender/pins_in_window.py."""
    settings, size = bpy.context.scene.flame_fit, SHAPES["wide"]
    settings.kind = "PHOTO"
    with pytest.raises(RuntimeError, match="Pick the photo's landmarks"):
        bpy.ops.flame.fit_photo()
    settings.photo = str(picture(tmp_path / "face.png", size))
    pixels = subject.seen(subject.camera(size))
    settings.photo_camera = picked(settings.photo, pixels)
    assert bpy.ops.flame.fit_photo() == {"FINISHED"}
    head = bpy.context.object
    assert api.pinned_cameras(head) == [settings.photo_camera] and head.flame_fit.count == 68
    homes = [pin.home for pin in api.pins_of(head)[settings.photo_camera]]
    np.testing.assert_allclose(places_seen(head), homes, atol=0.05)  # the outline's are fixed where the fit had them
    assert np.linalg.norm(places_seen(head) - pixels, axis=1).mean() == pytest.approx(head.flame_fit.mean, rel=0.02)
    with pytest.raises(RuntimeError, match="another photo"):
        bpy.ops.flame.add_photo()
    with pytest.raises(RuntimeError, match="3D view"):
        bpy.ops.flame.edit_pins()
    assert bpy.ops.flame.remove_pins() == {"FINISHED"} and not api.pinned_cameras(head)
    settings.photo = ""
    assert settings.photo_camera is None


def test_places_of_a_region():
    """There and back, the photo's top left corner where the frame's is; the loupe stays in the view."""
    view = PhotoView(np.array([100.0, 500.0]), np.array([400.0, 300.0]), np.array([1200.0, 900.0]))
    np.testing.assert_allclose(view.to_region([(0, 0), (1200, 900), (600, 0)]), [(100, 500), (500, 200), (300, 500)])
    places = np.array([(123.0, 456.0), (7.0, 8.0)])
    np.testing.assert_allclose(view.to_region(view.to_photo(places)), places)
    assert view.holds(np.array([0.0, 900.0])) and not view.holds(np.array([-1.0, 5.0]))
    assert view.magnification == pytest.approx(1 / 3)
    for at in ((0, 0), (640, 10), (639, 479), (20, 470)):
        corner = loupe.corner_beside(np.array(at, float), (640, 480), 170.0, 28.0)
        assert (corner >= 0).all() and (corner + 170 <= (640, 480)).all()
        assert not ((corner < at) & (at < corner + 170)).all(), "it covers the pointer"
