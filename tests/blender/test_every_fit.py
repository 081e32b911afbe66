"""Every kind of fit, one like the other, given what it takes: begun, shown and stopped it leaves nothing."""

from __future__ import annotations

import bpy
import numpy as np
import pytest
from mathutils import Matrix

from flame_blender import api
from flame_blender.clips import clip_camera
from flame_blender.clips.clip_pictures import show_pictures
from flame_blender.export.mesh_files import write_ply
from flame_blender.head import models
from flame_blender.scene_fits import stage
from tests.blender.fit_subjects import correspondence_file, everything, landmarks_of, person, same, vertices_of
from tests.blender.test_fit_photo import camera_at, photo_file, write_pts
from tests.flame.shared_models import write_landmark_files

KINDS = pytest.mark.parametrize("kind", api.FIT_KINDS, ids=[kind.KEY for kind in api.FIT_KINDS])
CORRESPONDENCE = "BFM_to_FLAME_corr.npz"


class Somebody:
    """A head of a model with known parameters, as what each kind of fit is given; those of files as a file."""

    def __init__(self, model, rng, folder, monkeypatch):
        self.model, self.rng, self.folder, self.monkeypatch = model, rng, folder, monkeypatch
        subject = person(model, rng)
        self.vertices, self.points = vertices_of(model, subject), landmarks_of(model, subject)

    def scan(self):
        write_ply(self.folder / "scan.ply", self.vertices, self.model.faces)
        np.save(self.folder / "scan.npy", self.points)  # its landmarks
        return self.folder / "scan.ply"

    def landmarks(self):
        np.save(self.folder / "landmarks.npy", self.points)
        return self.folder / "landmarks.npy"

    def photo(self, name="photo", turn=0.1):
        write_pts(self.folder / f"{name}.pts", camera_at(turn).project(self.points))
        return photo_file(self.folder / f"{name}.png")

    def cameras(self):
        rig = bpy.data.collections.new("Rig")
        bpy.context.scene.collection.children.link(rig)
        for name, turn in (("left", 0.4), ("right", -0.5)):
            photo = self.photo(name, turn)
            obj = clip_camera.make_camera(name, rig, camera_at(turn), Matrix())
            show_pictures(clip_camera.camera_of(obj), (str(photo),), photo.parent, 1)
        return rig

    def mesh(self):
        np.save(self.folder / "mesh.npy", self.vertices)
        return self.folder / "mesh.npy"

    def basel(self):
        count = len(self.vertices)
        order = self.rng.permutation(count + 900)[:count]
        correspondence_file(self.folder / CORRESPONDENCE, order, count + 900, self.monkeypatch)
        basel = self.rng.normal(size=(count + 900, 3))
        basel[order] = self.vertices
        np.save(self.folder / "basel.npy", basel)
        return self.folder / "basel.npy"


@pytest.fixture
def few_model(few_directions, tmp_path) -> str:
    """The name of a FLAME file's first directions, installed with its landmarks."""
    (tmp_path / "embeddings").mkdir()
    for path in (few_directions, *write_landmark_files(tmp_path / "embeddings")):
        api.install(path)
    return few_directions.stem


@pytest.fixture
def somebody(few_model, rng, tmp_path, monkeypatch):
    model = models.evaluator(models.resolve(few_model).fingerprint).model
    return Somebody(model, rng, tmp_path, monkeypatch)


def options_of(kind, somebody, model: str):
    """Of a fit of this kind to somebody, by a file where it takes files."""
    word = kind.KEY.lower()
    given = getattr(somebody, word)()
    if kind.from_file is None:
        return kind.OPTIONS(**{word: given}, model=model)
    correspondence = somebody.folder / CORRESPONDENCE
    return kind.from_file(given, api.FileFitOptions(kind=word, correspondence=correspondence, model=model))


@pytest.mark.newest
@KINDS
@pytest.mark.parametrize("on_a_head", [False, True], ids=["new head", "a head"])
def test_stopped_on_its_way_nothing_is_left(kind, on_a_head, few_model, somebody, monkeypatch):
    monkeypatch.setattr(stage, "BETWEEN_PREVIEWS", 0.0)
    head = api.add_head(few_model) if on_a_head else None
    if head is not None:
        api.set_params(head, shape=[0.5, -0.5], jaw=(0.1, 0, 0))
    options = options_of(kind, somebody, few_model)
    before = everything()
    steps = api.fitting_head(head, options)
    for _ in range(1 if kind.KEY == "MESH" else 3):  # a mesh is solved in two steps
        assert 0 <= next(steps) < 1
    steps.close()
    assert same(before, everything())
    assert bpy.context.scene.render.use_lock_interface == on_a_head
