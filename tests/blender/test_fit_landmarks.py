"""Heads fitted to landmarks in space: given, as empties, in files, in any units and axes; refused without a trace."""

from __future__ import annotations

import itertools
from functools import partial

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.head import models
from flame_blender.observations import marks
from flame_blender.scene_fits import guess, stage
from tests.blender.fit_subjects import (
    STATIC_51,
    everything,
    face_of,
    landmarks_of,
    mesh_object,
    person,
    same,
    vertices_of,
    world_of,
)

METRES = {"M": 1.0, "CM": 0.01, "MM": 0.001}
SURE = {"noise_mm": 0.05}


@pytest.fixture
def model(any_model):
    return models.evaluator(models.resolve(any_model).fingerprint).model


@pytest.fixture
def fit(any_model):
    """api.fit_landmarks, which adds a head of either model where none is named."""
    return partial(api.fit_landmarks, model=any_model)


@pytest.fixture
def subject(model, rng):
    return person(model, rng)


@pytest.fixture
def points(model, subject):
    """The 51 fixed landmarks in Blender's world, as a head of the add-on stands there."""
    return placed(landmarks_of(model, subject), "M", "Z_UP_FACE_TO_MINUS_Y")[STATIC_51]


def placed(points: np.ndarray, units: str, axes: str) -> np.ndarray:
    """FLAME's metres as somebody else would store them, somewhere in the world."""
    return points @ guess.AXES[axes].rotation / METRES[units] + np.array([3.0, -2.0, 1.0]) / METRES[units]


def empties(names: list[str], points: np.ndarray) -> bpy.types.Collection:
    collection = bpy.data.collections.new("Marks")
    bpy.context.scene.collection.children.link(collection)
    for name, point in zip(names, points, strict=True):
        empty = bpy.data.objects.new(name, None)
        empty.location = point
        collection.objects.link(empty)
    bpy.context.view_layer.update()
    return collection


@pytest.mark.oldest
@pytest.mark.parametrize(("units", "axes"), list(itertools.product(METRES, ("Z_UP_FACE_TO_MINUS_Y", "Y_UP_FACE_TO_Z"))))
def test_units_and_axes_are_told_by_the_points(fit, model, subject, units, axes):
    points = placed(landmarks_of(model, subject), units, axes)
    fitted = fit(points[STATIC_51], indices=STATIC_51, **SURE)
    there = api.landmarks(fitted.head, space="world")[STATIC_51]
    away = METRES[units] * np.linalg.norm(there - points[STATIC_51], axis=1)
    assert away.max() < 2e-4, "the head's object does not lie over the landmarks"
    assert fitted.head.flame_fit.mean == pytest.approx(1000 * away.mean(), abs=0.02)
    expected = placed(vertices_of(model, subject), units, axes)
    face = face_of(model)
    assert METRES[units] * np.linalg.norm(world_of(fitted.head) - expected, axis=1)[face].mean() < 4e-3
    assert f"Taken to be in {guess.UNITS[units]}, {guess.AXES[axes].name}." in fitted.summary()
    assert np.abs(api.get_params(fitted.head).global_rotation).max() < 0.4, "the object holds the axes"


def test_units_that_are_named_are_believed(fit, points):
    """Millimetres that are called metres would make a giant: with the size left free its object is scaled."""
    fitted = fit(1000 * points, indices=STATIC_51, units="MM", **SURE)
    assert np.allclose(fitted.head.matrix_world.to_scale(), 1000)
    with pytest.raises(api.ParameterError, match="'MM'"):
        fit(points, indices=STATIC_51, units="YARD")
    with pytest.raises(api.ParameterError, match="axes"):
        fit(points, indices=STATIC_51, axes="UP")


@pytest.mark.oldest_and_newest
def test_any_size(fit, model, subject, points):
    """A head 20 % larger than life, as scans without a scale are: the object's scale tells it."""
    fitted = fit(1.2 * points, indices=STATIC_51, fit_scale=True, units="M", noise_mm=0.02)
    there = api.landmarks(fitted.head, space="world")[STATIC_51]
    assert np.linalg.norm(there - 1.2 * points, axis=1).max() < 3e-4
    assert np.allclose(fitted.head.matrix_world.to_scale(), fitted.fit.scale)


@pytest.mark.oldest
@pytest.mark.parametrize("name", ["{:02d} right eye", "mark_{:02d}.001", "{}", "Scan.003 {:02d} brow", "lm{:02d}"])
def test_empties_are_told_by_their_numbers(fit, points, name):
    named = [name.format(number) for number in STATIC_51]
    fitted = fit(empties(named, points), **SURE)
    assert np.linalg.norm(api.landmarks(fitted.head, space="world")[STATIC_51] - points, axis=1).max() < 2e-4


def test_the_empties_of_a_head_are_a_source(fit, head, subject):
    """Another head goes where a head's own landmark empties are."""
    api.set_params(head, shape=subject.shape)
    head.location = (1, 2, 3)
    collection = api.add_landmarks(head)
    fitted = fit(collection, **SURE)
    away = np.linalg.norm(world_of(fitted.head) - world_of(head), axis=1)
    assert fitted.head != head and away[face_of(api.model(head))].mean() < 4e-3


def test_a_file_beside_a_scan_has_the_scans_coordinates(fit, model, subject, tmp_path):
    """MeshLab's points are in the file's millimetres, Y up; the importer turned and scaled the object."""
    scan = mesh_object("scan", 1000 * vertices_of(model, subject), model.faces)
    scan.rotation_euler.x, scan.scale, scan.location = np.pi / 2, (0.001,) * 3, (0.5, 0.2, 0.1)
    bpy.context.view_layer.update()
    points = 1000 * landmarks_of(model, subject)
    rows = "".join(f'<point x="{x}" y="{y}" z="{z}" active="1" name="{i}"/>' for i, (x, y, z) in enumerate(points))
    path = tmp_path / "scan_picked_points.pp"
    path.write_text(f"<!DOCTYPE PickedPoints>\n<PickedPoints>{rows}</PickedPoints>\n")
    before = everything()
    fitted = fit(path, scan=scan, **SURE)
    world = np.array([scan.matrix_world @ vertex.co for vertex in scan.data.vertices])
    away = np.linalg.norm(world_of(fitted.head) - world, axis=1)
    assert away[face_of(model)].mean() < 4e-3
    after = everything()
    assert same({"scan": before["scan"]}, {"scan": after["scan"]}), "the scan moved"


def test_the_active_head_is_used_and_its_object_is_placed(fit, head, points):
    api.set_params(head, jaw=(0.3, 0, 0), offsets=np.full((len(head.data.vertices), 3), 0.01))
    head.location = (9, 9, 9)
    fitted = fit(points, head, STATIC_51, **SURE)
    assert fitted.head == head and api.get_params(head).offsets is None
    assert np.linalg.norm(api.landmarks(head, space="world")[STATIC_51] - points, axis=1).max() < 2e-4


def test_parameters_are_keyed_like_any_other(fit, head, points):
    fitted = fit(points, head, STATIC_51, **SURE)
    shown = world_of(head)
    assert api.keyframe(head, 1, ("identity", "expression", "rotations", "translation")) > 100
    bpy.context.scene.frame_set(1)
    np.testing.assert_allclose(world_of(head), shown, atol=1e-6)
    again = fit(points, head, STATIC_51, **SURE)
    assert any("animated" in line for line in again.summary())
    assert not any("animated" in line for line in fitted.summary())


def wrong(points: np.ndarray) -> dict[str, tuple]:
    swapped = points.copy()
    swapped[:, 0] = 2 * points[:, 0].mean() - points[:, 0]  # a mirror image under the same numbers
    shuffled = points[np.random.default_rng(1).permutation(len(points))]
    holes = points.copy()
    holes[3] = np.nan
    return {
        "left and right": (swapped, STATIC_51),
        "order": (shuffled, STATIC_51),
        "too few": (points[:3], STATIC_51[:3]),
        "NaN": (holes, STATIC_51),
        "flat": (points[:, :2], STATIC_51),
        "other count": (points, None),
        "unknown number": (points, STATIC_51 + 40),
        "all in one place": (np.repeat(points[:1], 51, axis=0), STATIC_51),
    }


@pytest.mark.oldest
@pytest.mark.parametrize("case", wrong(np.zeros((51, 3))))
@pytest.mark.parametrize("on_a_head", [False, True])
def test_what_looks_wrong_is_said_and_nothing_has_changed(fit, any_model, points, case, on_a_head, rng):
    head = api.add_head(any_model) if on_a_head else None
    if head is not None:
        api.set_params(head, jaw=(0.2, 0, 0), shape=rng.normal(size=5))
        head.location = (1, 2, 3)
    given, indices = wrong(points)[case]
    before = everything()
    with pytest.raises(api.FlameError) as caught:
        fit(given, head, indices)
    assert len(str(caught.value)) > 30 and str(caught.value).endswith(".")
    assert same(before, everything())


def test_a_fit_that_is_stopped_leaves_everything_as_it_was(head, points, monkeypatch):
    """Esc closes the generator while the head shows the preview."""
    monkeypatch.setattr(stage, "BETWEEN_PREVIEWS", 0.0)
    api.set_params(head, jaw=(0.2, 0, 0), eyelids=(0.1, 0.2))
    head.location, head.rotation_euler = (1, 2, 3), (0.1, 0.2, 4.0)
    before, shown = everything(), world_of(head)
    for active in (head, None):
        asked = api.LandmarkFitOptions(landmarks=points, indices=STATIC_51, model=head.flame.model_name)
        steps = api.fitting_head(active, asked)
        for _ in range(4):
            next(steps)
        during = everything()
        assert not same(before, during), "the preview shows the head on its way"
        steps.close()
        assert same(before, everything())
        np.testing.assert_array_equal(world_of(head), shown)


@pytest.mark.oldest_and_newest
def test_previews_are_few(fit, head, points, monkeypatch):
    """Drawing the head costs more than a step of the solver."""
    monkeypatch.setattr(stage, "BETWEEN_PREVIEWS", 3600.0)
    writes = []
    write = stage.Stage._write
    monkeypatch.setattr(stage.Stage, "_write", lambda *args: (writes.append(1), write(*args))[1])
    fit(points, head, STATIC_51)
    assert len(writes) == 1


def test_the_operator_fits_what_the_panel_names(model, points, subject):
    settings = bpy.context.scene.flame_fit
    settings.kind = "LANDMARKS"
    with pytest.raises(RuntimeError, match="Pick landmarks"):
        bpy.ops.flame.fit_landmarks()
    settings.landmarks = empties([f"{number:02d}" for number in STATIC_51], points)
    assert bpy.ops.flame.fit_landmarks() == {"FINISHED"}
    head = bpy.context.object
    assert api.is_head(head) and head.select_get() and head.flame_fit.kind == "3D landmarks"
    assert head.flame_fit.count == 51 and 0 < head.flame_fit.median <= head.flame_fit.percentile_95
    assert bpy.ops.flame.fit_landmarks() == {"FINISHED"}
    assert bpy.context.object == head, "the active head is used"
    settings.new_head = True
    assert bpy.ops.flame.fit_landmarks() == {"FINISHED"}
    assert bpy.context.object != head
    settings.landmarks.objects[0].name = "another 99"
    with pytest.raises(RuntimeError, match="99"):
        bpy.ops.flame.fit_landmarks()


def test_two_empties_of_one_number_are_refused(fit, points):
    with pytest.raises(api.LandmarkError, match="both landmark 36"):
        fit(empties(["36 a", "36 b", "39", "42", "45"], points[:5]))


def test_numbers_are_kept_when_an_empty_is_renamed(head):
    empty = marks.add(mesh_object("scan", np.eye(3), None), bpy.context.collection, "36 right eye", head.location)
    empty.name = "outer corner"
    assert marks.number_of(empty) == 36
