"""Choices in the Fit panel answer at once, however large the scan: it is looked at again only when it has changed."""

from __future__ import annotations

import time

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.head import models
from flame_blender.observations import scans
from flame_blender.scene_fits import guess
from tests.blender.fit_subjects import mesh_object


@pytest.fixture
def work(monkeypatch):
    """How often a scan was read whole, and how often its axes were tried."""
    counts = {"read": 0, "tried": 0}
    read, tried = scans.read_scan, guess.nearest_convention

    def counted_read(obj):
        counts["read"] += 1
        return read(obj)

    def counted_trial(*arguments):
        counts["tried"] += 1
        return tried(*arguments)

    monkeypatch.setattr(scans, "read_scan", counted_read)
    monkeypatch.setattr(guess, "nearest_convention", counted_trial)
    return counts


@pytest.fixture
def scan(any_head):
    """The head's shape in millimetres, lying on its back; the head itself is away."""
    model = api.model(any_head)
    turned = 1000 * model.v_template @ np.array([[1, 0, 0], [0, 0, 1], [0, -1, 0]])
    return mesh_object("Scan", turned, model.faces)


@pytest.fixture
def settings():
    return bpy.context.scene.flame_fit


def test_a_choice_does_not_look_again(scan, settings, work):
    settings.scan = scan
    first = settings.guess
    assert first and work == {"read": 0, "tried": 1}
    for _ in range(3):
        for kind in ("MESH", "LANDMARKS", "SCAN"):
            settings.kind = kind
        settings.units, settings.axes = "MM", "Y_UP_FACE_TO_PLUS_Z" if "Y_UP_FACE_TO_PLUS_Z" in guess.AXES else "AUTO"
        settings.units, settings.axes = "AUTO", "AUTO"
    assert settings.guess == first
    assert work == {"read": 0, "tried": 1}


@pytest.mark.parametrize("any_model", ["built-in"], indirect=True)
@pytest.mark.parametrize("change", ["moved", "one vertex", "a modifier", "another scan"])
def test_what_has_changed_is_looked_at(scan, settings, work, change):
    settings.scan = scan
    tried = work["tried"]
    if change == "moved":
        scan.rotation_euler = (0.3, 0, 0)
    elif change == "one vertex":
        scan.data.vertices[7].co.x += 1.0
    elif change == "a modifier":
        scan.modifiers.new("Turned", "SIMPLE_DEFORM").angle = 0.2
    else:
        settings.scan = mesh_object("Other", np.array([v.co for v in scan.data.vertices]) * 1.01, None)
    scan.data.update()
    bpy.context.view_layer.update()
    settings.kind = "SCAN"
    assert work["tried"] == tried + 1


@pytest.mark.parametrize("faces", [True, False], ids=["mesh", "points"])
def test_the_sample_is_what_the_fit_looks_at(scan, faces, rng):
    """The same points and normals as of the whole scan, stray vertices left out, wherever the object stands."""
    scan.location, scan.rotation_euler, scan.scale = (1, 2, 3), (0.3, 0.2, 0.1), (2, 1, 1)
    if not faces:
        scan = mesh_object("Points", rng.normal(size=(900, 3)), None)
    bpy.context.view_layer.update()
    for count in (500, 10**6):
        whole, sample = scans.read_scan(scan).some(count), scans.sample_of(scan, count)
        np.testing.assert_allclose(sample.points, whole.points, atol=1e-9)
        assert (sample.normals is None) == (whole.normals is None)
        if faces:
            np.testing.assert_allclose(sample.normals, whole.normals, atol=1e-6)


def test_bad_scans_are_told_as_before(settings, scan):
    settings.scan = scan
    scan.data.vertices[3].co.x = float("nan")
    scan.data.update()
    settings.kind = "MESH"
    assert "no numbers" in settings.guess
    settings.scan = mesh_object("Nothing", np.zeros((0, 3)), None)
    assert "no points" in settings.guess


@pytest.mark.oldest
def test_half_a_million_vertices_answer_in_a_blink(settings):
    """CPU seconds of this process, not of the clock: 0.4 for each click when the scan was read each time."""
    model = models.evaluator(models.built_in().fingerprint).model
    points = np.concatenate([model.v_template + 1e-5 * k for k in range(63)])
    faces = np.concatenate([model.faces + k * len(model.v_template) for k in range(63)])
    settings.scan = mesh_object("Large", points, faces)
    start = time.process_time()
    for _ in range(4):
        for kind in ("MESH", "SCAN"):
            settings.kind = kind
    assert (time.process_time() - start) / 8 < 0.1
