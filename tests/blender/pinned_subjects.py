"""A head seen by cameras of its own, of the other model than those that are fitted, with an annotator's noise."""

from __future__ import annotations

import bpy
import numpy as np
import pytest
from bpy_extras.object_utils import world_to_camera_view
from mathutils import Vector

from flame_blender import api, fitting
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.landmarks import landmark_points
from flame_blender.flame.params import FlameParams
from flame_blender.head import models
from tests.blender.fit_subjects import STATIC_51

NOSE, LIP, MOUTH = 30, 57, 48
SHAPES = {"wide": (1200, 800), "tall": (700, 1000)}
NOISE = 2.5  # pixels


def turned_about_y(yaw: float) -> np.ndarray:
    """A camera's rotation that sees the face from its left by so many radians."""
    cosine, sine = np.cos(yaw), np.sin(yaw)
    return np.array([[cosine, 0, -sine], [0, -1, 0], [-sine, 0, -cosine]])


class Subject:
    """A head of the other model before cameras of its own."""

    def __init__(self, model, rng):
        self.model, self.rng = model, rng
        self.params = FlameParams(
            shape=0.6 * rng.normal(size=model.n_identity), expression=0.1 * np.abs(rng.normal(size=model.n_expression)),
            jaw=(0.06, 0, 0),
        )  # fmt: skip
        self.vertices = FlameEvaluator(model).vertices(self.params)

    def camera(self, size, yaw=0.1, focal=2.0):
        width, height = size
        pixels = focal * max(size)
        intrinsics = [pixels, pixels, width / 2, height / 2]
        return api.Camera(intrinsics, width, height, turned_about_y(yaw), (0.01, -0.02, 0.45 * focal))

    def seen(self, camera, yaw=0.1, noise=NOISE):
        """(68, 2) pixels."""
        points = landmark_points(self.vertices, self.model.faces, self.model.landmarks["ibug"], (0, yaw, 0))
        return camera.project(points) + self.rng.normal(0, noise, (68, 2))


@pytest.fixture
def subject(any_model, flame_model, rng):
    """Somebody of the model that is not fitted."""
    other = api.BUILT_IN if any_model != api.BUILT_IN else flame_model
    return Subject(models.evaluator(models.resolve(other).fingerprint).model, rng)


def picture(path, size):
    image = bpy.data.images.new(path.stem, *size)
    image.filepath_raw, image.file_format = str(path), "PNG"
    image.save()
    bpy.data.images.remove(image)
    return path


def picked(photo, pixels, head=None, rows=range(68)):
    """A camera with landmarks on its photo, as the mouse places them."""
    session = api.begin_picking_on_photo(photo, head)
    for row in rows:
        session.choose(row)
        session.place(pixels[row])
    session.keep()
    return session.camera


FITS = {}  # by model: the arithmetic of the fit, which tests/fitting tests, is done once


@pytest.fixture
def fitted(any_model, subject, tmp_path, monkeypatch):
    """A head fitted to one photo by clicks."""
    size = SHAPES["wide"]
    pixels = subject.seen(subject.camera(size))
    camera = picked(picture(tmp_path / "one.png", size), pixels, rows=STATIC_51)

    def known(*_given, **_options):
        yield 1.0
        return FITS[any_model]

    with monkeypatch.context() as once:
        if any_model in FITS:
            once.setattr(fitting, "fitting_landmarks_2d", known)
        made = api.fit_photo(camera, camera, model=any_model)
    FITS[any_model] = made.fit
    return made


def places_seen(head, camera=None):
    """(P, 2) pixels where Blender's own camera sees the pins' places."""
    camera = camera or next(iter(api.pins_of(head)))
    pins = api.pins_of(head)[camera]
    vertices, faces = api.evaluate(head, space="world"), api.model(head).faces
    points = np.array([np.asarray(pin.barycentric) @ vertices[faces[pin.face]] for pin in pins])
    scene, (width, height) = bpy.context.scene, camera.data.background_images[0].image.size
    scene.render.resolution_x, scene.render.resolution_y = width, height
    bpy.context.view_layer.update()
    views = [world_to_camera_view(scene, camera, Vector(point)) for point in points]
    return np.array([(view.x * width, (1 - view.y) * height) for view in views])


def rows_of(head):
    (pins,) = api.pins_of(head).values()
    return {pin.number: row for row, pin in enumerate(pins)}
