"""What is brought onto a head comes whole or not at all: on errors and when it is stopped, nothing is left behind."""

from __future__ import annotations

import dataclasses

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.clips import clip_import, mesh_clip
from flame_blender.errors import FlameError
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.params import FlameParams
from flame_blender.head import create, models
from flame_blender.keyframes import animation
from flame_blender.scene_fits import properties, stage
from flame_blender.sequences.project_npz import save_sequence
from flame_blender.sequences.sequence import FlameSequence
from tests.blender.conftest import MODELS
from tests.blender.fit_subjects import STATIC_51, everything, landmarks_of, mesh_object, person, same, vertices_of

ENTRIES = ("clip", "cached meshes", "solved meshes", "landmarks", "mesh", "scan", "photo")
CAMERA = api.Camera([800.0, 800.0, 160.0, 120.0], 320, 240, np.diag([1.0, -1.0, -1.0]), (0.0, 0.0, 0.8))


@pytest.fixture(params=MODELS)
def entry(request):
    """A model for new heads, with its landmarks."""
    return models.built_in() if request.param == "built-in" else models.resolve(request.getfixturevalue("flame_model"))


def picture(folder):
    """The file of a grey one, of the camera's size."""
    image = bpy.data.images.new("picture", CAMERA.width, CAMERA.height)
    image.filepath_raw, image.file_format = str(folder / "picture.png"), "PNG"
    image.save()
    bpy.data.images.remove(image)
    return folder / "picture.png"


def work_on(kind, entry, head, folder, rng):
    """The steps of bringing something in, on ``head`` or on a new one of the model."""
    model = models.evaluator(entry.fingerprint).model
    subject = person(model, rng)
    if kind == "clip":
        moving = FlameParams(expression=rng.normal(size=(5, 4)), jaw=np.full((5, 3), 0.1))
        seen = dataclasses.replace(CAMERA, image_paths=(str(picture(folder)),) * 5)
        save_sequence(FlameSequence(moving, fps=25.0, camera=seen), folder / "clip.npz")
        return api.importing_animation(folder / "clip.npz", head)
    if kind.endswith("meshes"):
        moving = FlameParams(shape=subject.shape, expression=rng.normal(size=(4, 3)) * 0.2)
        np.save(folder / "meshes.npy", FlameEvaluator(model).vertices(moving))
        options = api.MeshClipOptions(solve=kind.startswith("solved"))
        return api.importing_meshes(folder / "meshes.npy", head, options)
    if kind == "landmarks":
        points = landmarks_of(model, subject)[STATIC_51]
        asked = api.LandmarkFitOptions(landmarks=points, indices=STATIC_51, landmark_set="ibug", model=entry.name)
        return api.fitting_head(head, asked)
    if kind == "photo":
        pixels = CAMERA.project(landmarks_of(model, subject))[STATIC_51]
        return api.fitting_head(
            head, api.PhotoFitOptions(photo=picture(folder), landmarks=pixels, indices=STATIC_51, model=entry.name)
        )
    shape = mesh_object("Somebody", vertices_of(model, subject), model.faces)
    if kind == "mesh":
        return api.fitting_head(head, api.MeshFitOptions(mesh=shape, model=entry.name))
    return api.fitting_head(head, api.ScanFitOptions(scan=shape, model=entry.name))


@pytest.mark.oldest_and_newest
@pytest.mark.parametrize("kind", ENTRIES[:3])  # every kind of fit: see test_every_fit.py
@pytest.mark.parametrize("on_a_head", [False, True], ids=["new head", "a head"])
def test_stopped_anywhere_nothing_is_left(kind, on_a_head, entry, tmp_path, rng, monkeypatch):
    monkeypatch.setattr(stage, "BETWEEN_PREVIEWS", 0.0)
    head = api.add_head(entry.name) if on_a_head else None
    if head is not None:
        api.set_params(head, shape=[0.5, -0.5], jaw=(0.1, 0, 0))
    for count in (1, int(rng.integers(2, 6))):
        steps = work_on(kind, entry, head, tmp_path, rng)
        before = everything()
        for _ in range(count):
            if next(steps, None) is None:
                break
        else:
            steps.close()
            assert same(before, everything())
            assert bpy.context.scene.render.use_lock_interface == on_a_head


@pytest.mark.parametrize("kind", ["clip", "solved meshes"])
def test_refused_while_keying_nothing_is_left(kind, entry, tmp_path, rng, monkeypatch):
    """The last thing that can go wrong, when the head is there and has its action."""
    write = animation.write_channels

    def then_refused(*arguments):
        write(*arguments)
        raise FlameError("No room for keys.")

    monkeypatch.setattr(animation, "write_channels", then_refused)
    steps = work_on(kind, entry, None, tmp_path, rng)
    before = everything()
    with pytest.raises(FlameError, match="No room"):
        list(steps)
    assert same(before, everything())


@pytest.mark.oldest_and_newest
@pytest.mark.parametrize("kind", ["clip", "cached meshes", "solved meshes", "mesh", "photo"])
@pytest.mark.parametrize("on_a_head", [False, True], ids=["new head", "a head"])
def test_refused_at_the_very_end_nothing_is_left(kind, on_a_head, entry, tmp_path, rng, monkeypatch):
    """When head, keys, cameras and pictures are there: no list of the file is longer, and the scene is as it was."""
    if kind == "cached meshes" and on_a_head:
        pytest.skip("nothing can refuse a cache that is written")
    last = {"clip": (clip_import, "add_sound"), "fit": (properties, "keep_report"), "meshes": (mesh_clip, "add_sound")}
    module, name = last["meshes" if kind.endswith("meshes") else kind if kind == "clip" else "fit"]
    came: list[int] = []

    def refused(*_given):
        came.append(len(bpy.data.objects))
        raise FlameError("Refused at last.")

    monkeypatch.setattr(module, name, refused)
    for sound in ("clip.wav", "meshes.wav"):
        (tmp_path / sound).write_bytes(b"RIFF")
    head = api.add_head(entry.name) if on_a_head else None
    if head is not None:
        api.set_params(head, shape=[0.5, -0.5], jaw=(0.1, 0, 0))
    steps = work_on(kind, entry, head, tmp_path, rng)
    before, objects = everything(), len(bpy.data.objects)
    with pytest.raises(FlameError, match="at last"):
        list(steps)
    assert came == [objects + (not on_a_head) + (kind in ("clip", "photo"))]
    assert same(before, everything())
    assert bpy.context.scene.render.use_lock_interface == on_a_head


@pytest.mark.parametrize("at", ["setup", "add_landmarks"])
def test_a_head_is_added_whole_or_not_at_all(at, entry, monkeypatch):
    """Collections and empties of landmarks included."""
    add = getattr(create, at)

    def then_refused(*arguments):
        add(*arguments)
        raise FlameError("Refused at last.")

    monkeypatch.setattr(create, at, then_refused)
    before = everything()
    with pytest.raises(FlameError, match="at last"):
        api.add_head(entry.name, landmarks=True)
    assert same(before, everything())
    assert not bpy.context.scene.render.use_lock_interface


@pytest.mark.parametrize("head_motion", ["FILE", "OBJECT"])
@pytest.mark.parametrize("on_a_head", [False, True], ids=["new head", "an animated head"])
def test_a_clip_of_another_mesh_leaves_nothing(head_motion, on_a_head, tmp_path, rng):
    clip = FlameSequence(FlameParams(expression=rng.normal(size=(3, 5)), offsets=np.ones((17, 3)) * 0.01), fps=25.0)
    save_sequence(clip, tmp_path / "clip.npz")
    head = api.add_head() if on_a_head else None
    for frame in (1, 10) if on_a_head else ():
        api.set_params(head, jaw=(0.01 * frame, 0, 0))
        api.keyframe(head, frame)
    before, curves = everything(), keys_of(head)
    with pytest.raises(FlameError, match="17"):
        api.import_animation(tmp_path / "clip.npz", head, head_motion=head_motion)
    assert same(before, everything())
    assert keys_of(head) == curves and bool(curves) == on_a_head


def keys_of(head):
    """The keys of each curve of a head."""
    curves = animation.curves_of(head) or () if head is not None else ()
    return {(curve.data_path, curve.array_index): [tuple(key.co) for key in curve.keyframe_points] for curve in curves}


@pytest.mark.parametrize("kind", ENTRIES[:4])
def test_a_new_head_is_safe_to_render_in_a_window(kind, entry, tmp_path, rng):
    steps = work_on(kind, entry, None, tmp_path, rng)
    assert not bpy.context.scene.render.use_lock_interface
    for _ in steps:
        pass
    assert bpy.context.scene.render.use_lock_interface
    assert sum(api.is_head(obj) for obj in bpy.data.objects) == 1
