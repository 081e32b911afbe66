"""Landmarks and regions that no file brought: carried over with the named controls, and given to the model's heads."""

from __future__ import annotations

import json
from pathlib import Path

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.correspondence.correspondence import Correspondence
from flame_blender.flame.controls import Controls
from flame_blender.flame.landmarks import LandmarkEmbedding
from flame_blender.geometry.thin_plate import ThinPlate
from flame_blender.head import models
from flame_blender.model_controls.computed import ComputedControls
from flame_blender.model_controls.files import save_computed
from flame_blender.model_controls.quality import EXACT
from tests.flame.face_like import face_like_model, write_face_like, write_face_like_files

pytestmark = pytest.mark.newest  # the mathematics is the same in every version
SAID = "The model's landmarks 'ibug' are carried over from the built-in head: no file of them is installed."


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> tuple[Path, Path]:
    """A model, and a folder of what is installed beside one."""
    folder = tmp_path_factory.mktemp("without landmarks")
    write_face_like_files(folder / "beside")
    return write_face_like(folder / "bare.npz"), folder / "beside"


def moved(embedding: LandmarkEmbedding) -> LandmarkEmbedding:
    """The same landmarks, each in the first corner of its triangle, so that they are not the file's."""
    corners = np.eye(3)[np.zeros(len(embedding.static_faces), int)]
    return LandmarkEmbedding(
        embedding.static_faces,
        corners,
        embedding.contour_faces,
        embedding.contour_barycentric,
        indices=embedding.indices,
    )


def correspondence() -> Correspondence:
    true, some = face_like_model(), np.arange(50)
    return Correspondence(
        vertices=some,
        triangles=some,
        barycentric=np.eye(3)[some % 3],
        distances=np.zeros(50),
        trust=np.ones(50),
        warp=ThinPlate(np.eye(3), np.zeros((7, 3)), np.zeros(3)),
        landmarks={name: moved(each) for name, each in true.landmarks.items()},
        regions={"face": true.regions["face"][:100], "chin": true.regions["face"][:7]},
    )


@pytest.fixture
def bare(files) -> str:
    """The name of an installed model for which controls were computed, and which nothing is installed for."""
    api.install(files[0])
    entry = models.resolve("bare")
    model = models.as_installed(entry)
    controls = Controls(("jawOpen",), np.zeros((1, model.n_expression + 9), np.float32), ())
    save_computed(
        models.kept_controls(entry.fingerprint), model, ComputedControls(controls, (EXACT,), correspondence())
    )
    models.load_anew(entry.fingerprint)
    return "bare"


def test_without_them_it_is_said_what_brings_them(files):
    api.install(files[0])
    head = api.add_head(model="bare")
    assert api.model(head).carried_over == frozenset() and not api.model(head).landmarks
    with pytest.raises(api.FlameError, match=r"install .*RingNet.*or press Add Named Expressions"):
        api.add_landmarks(head)


def test_heads_have_them(bare, tmp_path):
    head = api.add_head(model=bare)
    model = api.model(head)
    assert model.carried_over == {"ibug", "mediapipe", "regions"}
    api.set_params(head, jaw=(0.2, 0, 0))
    expected = model.v_template[model.faces[model.landmarks["ibug"].static_faces, 0]]
    for landmark_set, count in (("ibug", 68), ("mediapipe", 105)):
        assert len(api.add_landmarks(head, landmark_set).objects) == count
    api.add_landmarks(head)
    api.set_params(head, jaw=(0, 0, 0))
    bpy.context.view_layer.update()
    places = [item.empty.location for item in head.flame.landmarks]
    assert np.allclose(api.landmarks(head)[17:], expected, atol=1e-5)
    assert np.allclose(places, api.landmarks(head, space="world"), atol=1e-5), "the head stands at the origin"
    groups = {group.name for group in head.vertex_groups}
    assert groups == {"face", "chin"}
    in_chin = [v.index for v in head.data.vertices if head.vertex_groups["chin"].index in [g.group for g in v.groups]]
    assert in_chin == sorted(correspondence().regions["chin"].tolist())


def test_they_are_there_in_the_next_session(bare, tmp_path):
    head = api.add_head(model=bare)
    api.add_landmarks(head)
    path = tmp_path / "saved.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    models.forget()
    bpy.ops.wm.open_mainfile(filepath=str(path))
    head = next(each for each in bpy.data.objects if each.type == "MESH" and each.flame.fingerprint)
    api.set_params(head, jaw=(0.3, 0, 0))
    bpy.context.view_layer.update()
    places = [item.empty.matrix_world.translation for item in head.flame.landmarks]
    assert len(places) == 68 and np.allclose(places, api.landmarks(head, space="world"), atol=1e-5)


def test_what_is_installed_takes_over(bare, files):
    head = api.add_head(model=bare)
    api.add_landmarks(head)
    before = api.landmarks(head)
    for name in ("flame_static_embedding.pkl", "flame_dynamic_embedding.npy"):
        api.install(files[1] / name)
    model = api.model(head)
    assert model.carried_over == {"mediapipe", "regions"}
    true = face_like_model()
    assert np.array_equal(model.landmarks["ibug"].static_barycentric, true.landmarks["ibug"].static_barycentric)
    assert not np.allclose(api.landmarks(head), before, atol=1e-5)
    api.install(files[1] / "FLAME_masks.pkl")
    model = api.model(head)
    assert model.carried_over == {"mediapipe"} and set(model.regions) == set(true.regions)
    assert api.missing_parts(head) == ("regions",)


def test_a_fit_and_an_export_say_so(bare, files, tmp_path, empty_scene):
    head = api.add_head(model=bare)
    points = api.landmarks(head, space="world")
    assert SAID in api.fit_landmarks(points, model=bare).notes
    camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    empty_scene.collection.objects.link(camera)
    empty_scene.camera = camera
    path = tmp_path / "points.json"
    api.export_landmarks(head, path)
    assert len(json.loads(path.read_text())["frames"][0]["world"]) == 68
    api.install(files[1])
    assert SAID not in api.fit_landmarks(points, model=bare).notes


def test_what_was_computed_goes_with_its_model(bare):
    entry = models.resolve(bare)
    gone, other = models.kept_controls(entry.fingerprint), models.kept_controls("0" * 64)
    other.write_bytes(b"of a model that is not installed any more")
    models.remove(bare)
    assert not gone.exists() and not other.exists()
    assert models.find(entry.fingerprint) is None


def test_regions_that_name_no_vertices_are_refused(bare, caplog):
    entry = models.resolve(bare)
    path = models.kept_controls(entry.fingerprint)
    with np.load(path) as file:
        arrays = dict(file)
    arrays["correspondence/regions/face"] = np.array([5023])
    np.savez(path, **arrays)
    assert models.load(entry).carried_over == frozenset() and "regions of vertices below 5023" in caplog.text
