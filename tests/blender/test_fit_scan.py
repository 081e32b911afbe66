"""Heads fitted to scans and meshes: any units and axes, points and faces, and the scan as it was afterwards."""

from __future__ import annotations

import itertools
import json

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.head import models
from flame_blender.observations import marks, scans, surfaces
from flame_blender.scene_fits import guess
from tests.blender.fit_subjects import (
    STATIC_51,
    correspondence_file,
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
AXES = ("Z_UP_FACE_TO_MINUS_Y", "Y_UP_FACE_TO_Z")


@pytest.fixture
def model(any_model):
    return models.evaluator(models.resolve(any_model).fingerprint).model


@pytest.fixture
def subject(model, rng):
    return person(model, rng, 0.4)


@pytest.fixture
def face(model, subject):
    """(V, 3) vertices and (F, 3) triangles of the front of somebody's head, FLAME's axes."""
    vertices = vertices_of(model, subject)
    inside = np.zeros(len(vertices), bool)
    regions = [model.regions[name] for name in ("face", "nose", "forehead") if name in model.regions]
    inside[np.concatenate(regions or [face_of(model)])] = True
    faces = model.faces[inside[model.faces].all(1)]
    used = np.unique(faces)
    rows = np.full(len(vertices), -1)
    rows[used] = np.arange(len(used))
    return vertices[used], rows[faces]


def placed(points: np.ndarray, units: str, axes: str) -> np.ndarray:
    return points @ guess.AXES[axes].rotation / METRES[units] + np.array([1.0, -2.0, 0.5]) / METRES[units]


def off_the_surface(points: np.ndarray, head: bpy.types.Object) -> np.ndarray:
    """Distances of points from the head's surface, both in the world, by trimesh's rule: Blender's closest point."""
    vertices, faces = world_of(head).astype(float), api.model(head).faces
    _, closest = surfaces.surface(vertices, faces)(points)
    return np.linalg.norm(points - closest, axis=1)


@pytest.mark.oldest
@pytest.mark.parametrize("any_model", ["built-in"], indirect=True)
@pytest.mark.parametrize(("units", "axes"), [("M", AXES[0]), ("CM", AXES[1]), ("MM", AXES[1])])
def test_units_and_axes_of_a_scan(model, subject, face, units, axes):
    """A face alone, without landmarks: size and shape tell how it stands, before the fit starts."""
    scan = mesh_object("scan", placed(face[0], units, axes), face[1])
    settings = bpy.context.scene.flame_fit
    settings.scan = scan
    assert settings.guess == f"{guess.UNITS[units]}, {guess.AXES[axes].name}"
    settings.units = "INCH"
    assert settings.guess.startswith("inches")


@pytest.mark.oldest
@pytest.mark.parametrize("any_model", ["built-in"], indirect=True)
def test_the_guess_follows_what_is_chosen(model, subject, face, tmp_path):
    """Landmarks tell more than the shape; what is wrong with them is said there; another scan is another guess."""
    upside_down = "X_UP_FACE_TO_Y"
    scan = mesh_object("scan", placed(face[0], "CM", upside_down), face[1])
    settings = bpy.context.scene.flame_fit
    settings.scan = scan
    path = tmp_path / "points.npy"
    np.save(path, placed(landmarks_of(model, subject), "CM", upside_down))
    settings.landmark_file = str(path)
    assert settings.guess == "cm, X up, face to +Y"
    np.save(path, placed(landmarks_of(model, subject)[::-1], "CM", upside_down))
    settings.landmark_file = str(path)
    assert "order" in settings.guess or "backwards" in settings.guess
    settings.landmark_file = ""
    picked = bpy.data.collections.new("picked")
    picked[marks.SCAN] = scan
    settings.landmarks = picked
    settings.scan = mesh_object("other", placed(face[0], "M", AXES[0]), face[1])
    assert settings.landmarks is None and settings.guess == "m, Z up, face to -Y"
    settings.scan = None
    assert not settings.guess


def test_a_scan_becomes_a_head_over_it(any_model, model, subject, face):
    """The head that is fitted to it, as its report says; the scan is as before."""
    points = placed(landmarks_of(model, subject), "M", AXES[0])[STATIC_51]
    vertices = placed(face[0], "M", AXES[0])
    scan = mesh_object("scan", vertices, face[1])
    before = everything()
    fitted = api.fit_scan(scan, model=any_model, landmarks=points, indices=STATIC_51)
    away = off_the_surface(vertices, fitted.head)
    assert np.median(away) < 5e-4
    report = fitted.head.flame_fit
    assert report.scan == scan and report.median == pytest.approx(1000 * np.median(away), abs=0.1)
    after = everything()
    assert same({k: v for k, v in before.items() if "scan" in k}, {k: after[k] for k in before if "scan" in k})


@pytest.fixture
def points(face, rng):
    """(1500, 3) vertices of the face with some noise, in Blender's axes."""
    return placed(face[0], "M", AXES[0])[rng.integers(0, len(face[0]), 1500)] + rng.normal(size=(1500, 3)) * 1e-4


def test_points_are_read(points):
    """A mesh without faces, an array, and where Blender has them a point cloud."""
    for scan in filter(None, (mesh_object("dots", points, None), point_cloud(points))):
        np.testing.assert_allclose(scans.read_scan(scan).points, points, atol=1e-6)


@pytest.mark.oldest
@pytest.mark.parametrize("any_model", ["built-in"], indirect=True)
def test_points_alone(model, subject, points):
    """What is given as an array is fitted; what is fitted is no head itself."""
    points_on_it = placed(landmarks_of(model, subject), "M", AXES[0])[STATIC_51]
    fitted = api.fit_scan(points, landmarks=points_on_it, indices=STATIC_51)
    assert np.median(off_the_surface(points, fitted.head)) < 6e-4
    with pytest.raises(api.ParameterError, match="head itself"):
        api.fit_scan(fitted.head, fitted.head, points_on_it, STATIC_51)


def point_cloud(points: np.ndarray) -> bpy.types.Object | None:
    if bpy.app.version < (5, 0):
        return None  # no way to make one from Python
    cloud = mesh_object("cloud", points, None)
    bpy.context.view_layer.objects.active = cloud
    cloud.select_set(True)
    bpy.ops.object.convert(target="POINTCLOUD")
    assert bpy.context.object.type == "POINTCLOUD"
    return bpy.context.object


def test_modifiers_and_transforms_of_the_scan_count(model, face):
    """What is shown is fitted: an object that is turned, moved, scaled and subdivided."""
    scan = mesh_object("scan", face[0], face[1])
    scan.rotation_euler.x, scan.location, scan.scale = np.pi / 2, (1, 2, 3), (2, 2, 2)
    scan.modifiers.new("Subdivision", "SUBSURF")
    bpy.context.view_layer.update()
    seen = scans.read_scan(scan)
    shown = scan.evaluated_get(bpy.context.evaluated_depsgraph_get()).data
    assert len(seen.points) == len(shown.vertices) > 3 * len(face[0])
    expected = np.array([scan.matrix_world @ vertex.co for vertex in shown.vertices])
    np.testing.assert_allclose(seen.points, expected, atol=1e-5)
    turned = scan.matrix_world.to_3x3().inverted().transposed()
    expected = np.array([(turned @ vertex.normal).normalized() for vertex in shown.vertices])
    np.testing.assert_allclose(seen.normals, expected, atol=1e-4)


def wrong_objects(model) -> dict[str, bpy.types.Object]:
    cube = mesh_object("cube", np.array(list(itertools.product((0, 1), repeat=3))), None)
    holes = mesh_object("holes", model.v_template, model.faces)
    holes.data.vertices[5].co.x = np.nan
    light = bpy.data.objects.new("light", bpy.data.lights.new("light", "POINT"))
    return {"few": cube, "empty": mesh_object("empty", np.zeros((0, 3)), None), "NaN": holes, "light": light}


@pytest.mark.parametrize("case", ["few", "empty", "NaN", "light"])
def test_what_is_no_scan_is_said_and_nothing_has_changed(model, head, case):
    api.set_params(head, jaw=(0.2, 0, 0))
    found = wrong_objects(model)[case]
    before = everything()
    with pytest.raises(api.FlameError, match=r"\.$"):
        api.fit_scan(found, head)
    after = everything()
    before.pop("holes"), after.pop("holes")  # NaN is not equal to itself
    assert same(before, after)


@pytest.mark.oldest
@pytest.mark.parametrize("any_model", ["built-in"], indirect=True)
def test_a_doubtful_fit_is_kept_and_told_and_is_one_undo_step(model, subject, face):
    """Five times a head's size, its faces wound inwards, in no unit: the head lies on it, with the doubt."""
    vertices = 5 * placed(face[0], "M", AXES[0])
    scan = mesh_object("scan", vertices, face[1][:, ::-1])
    picked = bpy.data.collections.new("picked")
    bpy.context.scene.collection.children.link(picked)
    points = 5 * placed(landmarks_of(model, subject), "M", AXES[0])
    for row in STATIC_51:
        empty = bpy.data.objects.new(f"{row} point", None)
        empty.location = points[row]
        picked.objects.link(empty)
    bpy.context.view_layer.update()
    settings = bpy.context.scene.flame_fit
    settings.scan, settings.landmarks = scan, picked
    bpy.ops.ed.undo_push(message="before the fit")
    assert bpy.ops.flame.fit_scan("EXEC_DEFAULT", True) == {"FINISHED"}
    head = bpy.context.object
    assert api.is_head(head) and np.median(off_the_surface(vertices, head)) / 5 < 1e-3
    notes = head.flame_fit.notes
    assert "Doubtful" in notes and "times as large as a head" in notes and "wound inwards" in notes
    assert "Coefficients: largest" in notes
    bpy.ops.ed.undo()
    assert not [obj for obj in bpy.data.objects if api.is_head(obj)] and "scan" in bpy.data.objects


@pytest.mark.oldest
@pytest.mark.parametrize("any_model", ["built-in"], indirect=True)
def test_a_scan_of_any_size(model, subject, face):
    """Five times a head, in no unit: fitted with Any Size on (from the shape alone: tests/fitting)."""
    vertices = 5 * placed(face[0], "M", AXES[0])
    scan = mesh_object("scan", vertices, face[1])
    points = 5 * placed(landmarks_of(model, subject), "M", AXES[0])[STATIC_51]
    fitted = api.fit_scan(scan, fit_scale=True, landmarks=points, indices=STATIC_51)
    assert np.median(off_the_surface(vertices, fitted.head)) / 5 < 1.5e-3
    assert not any("times as large" in line for line in fitted.summary())


@pytest.mark.oldest
def test_a_scan_of_something_else_is_told():
    """A box of a head's size: a sentence with the reason, and the scene as it was."""
    bpy.ops.mesh.primitive_cube_add(size=0.2)
    box = bpy.context.object
    box.modifiers.new("Subdivision", "SUBSURF").subdivision_type = "SIMPLE"
    box.modifiers[0].levels = 4
    bpy.context.view_layer.update()
    before = everything()
    with pytest.raises(api.ParameterError, match="no face"):
        api.fit_scan(box, units="M", axes=AXES[0])
    assert same(before, everything())


@pytest.mark.oldest_and_newest
def test_a_mesh_of_the_model(few_directions, rng):
    """Vertex for vertex, as an object and as a file; without a head the model that has as many vertices is taken."""
    api.install(few_directions)
    entry = models.resolve(few_directions.stem)
    model = models.evaluator(entry.fingerprint).model
    vertices = vertices_of(model, person(model, rng))
    obj = mesh_object("mesh", placed(vertices, "MM", AXES[1]), model.faces)
    fitted = api.fit_mesh(obj)
    away = 0.001 * np.linalg.norm(world_of(fitted.head) - placed(vertices, "MM", AXES[1]), axis=1)
    assert away.mean() < 1e-4 and len(fitted.head.data.vertices) == 5023
    settings = bpy.context.scene.flame_fit
    settings.kind, settings.scan, settings.new_head = "MESH", obj, True
    assert bpy.ops.flame.fit_mesh() == {"FINISHED"}
    with_teeth = np.concatenate([vertices, rng.normal(0, 0.01, (120, 3))])  # as VHAP's 5,143
    fitted = api.fit_mesh(placed(with_teeth, "MM", AXES[1]), units="MM", axes=AXES[1])
    away = 0.001 * np.linalg.norm(world_of(fitted.head) - placed(vertices, "MM", AXES[1]), axis=1)
    assert away.mean() < 1e-4 and "teeth" in " ".join(fitted.summary())
    with pytest.raises(api.ParameterError, match="as a scan"):
        api.fit_mesh(vertices[:-1])


@pytest.mark.oldest
def test_a_basel_mesh_through_its_correspondences(few_directions, rng, tmp_path, monkeypatch):
    """A made-up topology: FLAME's vertices in another order among others, in millimetres, told by the file."""
    api.install(few_directions)
    head = api.add_head(few_directions.stem)
    model = api.model(head)
    vertices = vertices_of(model, person(model, rng))
    order = rng.permutation(6000)[:5023]
    basel = rng.normal(size=(6000, 3)) * 300
    basel[order] = placed(vertices, "MM", AXES[1])
    corr = correspondence_file(tmp_path / "BFM_to_FLAME_corr.npz", order, 6000, monkeypatch)
    fitted = api.fit_basel(mesh_object("basel", basel, None), corr, head)
    with pytest.raises(api.ParameterError, match="6000"):
        api.fit_basel(basel[:-1], corr, head)
    assert fitted.head == head and head.flame_fit.kind == "Basel mesh"
    assert 0.001 * np.linalg.norm(world_of(head) - basel[order], axis=1).mean() < 2e-4


@pytest.mark.oldest
@pytest.mark.parametrize("any_model", ["built-in"], indirect=True)
def test_many_files(model, subject, face, tmp_path, rng):
    """Each file has its report, those that fail a sentence, and parameters that the importer reads."""
    from flame_blender.sequences.loading import load_sequence

    vertices, faces = 1000 * face[0], face[1]
    rows = "".join(f"v {x:.5f} {y:.5f} {z:.5f}\n" for x, y, z in vertices)
    rows += "".join(f"f {a + 1} {b + 1} {c + 1}\n" for a, b, c in faces)
    (tmp_path / "good.obj").write_text(rows)
    np.save(tmp_path / "good.npy", 1000 * landmarks_of(model, subject))
    (tmp_path / "broken.obj").write_text("v 1 2\n")
    before = everything()
    paths = [tmp_path / name for name in ("good.obj", "broken.obj", "missing.obj")]
    reports = api.fit_files(paths, "scan", tmp_path / "out")
    assert same(before, everything()), "the scene is not touched"
    assert [report["fitted"] for report in reports] == [True, False, False]
    told = [json.loads((tmp_path / "out" / f"{path.stem}.json").read_text()) for path in paths]
    assert told == json.loads(json.dumps(reports))
    assert told[0]["report"]["median"] < 0.5 and told[0]["taken_to_be_in"] == "mm, Y up, face to +Z"
    assert all(each["error"].endswith(".") for each in told[1:])
    clip = load_sequence(tmp_path / "out" / "good.npz")
    head = api.add_head(api.BUILT_IN)
    api.set_params(head, clip.frame(0))
    shown = np.c_[world_of(head), np.ones(len(head.data.vertices))] @ np.array(told[0]["head_to_file"]).T
    _, closest = surfaces.surface(shown[:, :3], model.faces)(vertices)
    assert np.median(np.linalg.norm(closest - vertices, axis=1)) < 0.5
    assert api.fit_files([tmp_path / "good.npy"], "landmarks", tmp_path / "points")[0]["fitted"]
    with pytest.raises(api.ParameterError, match="kind"):
        api.fit_files([], "head", tmp_path)
    with pytest.raises(api.ParameterError, match="several"):
        api.fit_files([tmp_path / "good.obj", tmp_path / "good.npy"], "scan", tmp_path)
