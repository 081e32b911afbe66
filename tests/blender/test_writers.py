"""Whatever goes wrong while Blender writes a file, what was there stays: every writer that needs Blender."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from pathlib import Path

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.clips import clip_pictures, mesh_clip
from flame_blender.export import scene_files
from flame_blender.export.mesh_files import WRITERS as MESH_WRITERS
from flame_blender.model_files.saving import save_model
from flame_blender.poses import face_assets
from flame_blender.saved_faces.face_folder import FaceFolder
from tests.blender.conftest import ROOT
from tests.files.write_faults import FAULTS, Writer, cases, parts_in
from tests.flame.full_size import small_model

FRAMES = 3
FILES: dict[str, Path] = {}
STRIP = np.array([(i, i + 1, i + 2) if i % 2 else (i + 1, i, i + 2) for i in range(198)], np.int32)  # of triangles
SCENES = [suffix for suffix in scene_files.WAYS if suffix != ".usd" and not scene_files.unavailable(suffix)]
FULL_IN = (5, 0)  # the Blender in which every writer meets every fault; in others, the two that their exporters see


@pytest.fixture(scope="module", autouse=True)
def files(tmp_path_factory) -> None:
    """A small model of one strip, and meshes of it."""
    folder = tmp_path_factory.mktemp("files")
    model = dataclasses.replace(small_model(n_vertices=200), faces=STRIP)
    save_model(model, folder / "strip.npz")
    np.save(folder / "speech.npy", np.repeat(model.v_template[None], FRAMES, 0))
    MESH_WRITERS[".obj"](folder / "person.obj", model.v_template, model.faces, None)
    FILES.update((path.name, path) for path in folder.iterdir())


@pytest.fixture
def small_head():
    """A moving head of it, in a scene with a camera."""
    head = api.add_head(FILES["strip.npz"])
    scene = bpy.context.scene
    scene.frame_start, scene.frame_end = 1, FRAMES
    for frame in (1, FRAMES):
        api.set_params(head, jaw=(0.1 * frame, 0, 0))
        api.keyframe(head, frame, ("rotations",))
    scene.camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    scene.collection.objects.link(scene.camera)
    bpy.context.view_layer.objects.active = head
    return head


def bake(path):
    return api.baking_cache(bpy.context.object, api.BakeOptions(path=path, frames=(1, FRAMES)))


def exported_parameters(layout):
    return lambda path: api.exporting_parameters(bpy.context.object, path, api.ParameterFileOptions(layout=layout))


def exported_landmarks(path):
    return api.exporting_landmarks(bpy.context.object, path, api.LandmarkFileOptions(frames=range(1, FRAMES + 1)))


def exported_meshes(path):
    return api.exporting_meshes(bpy.context.object, path)


def exported_sequence(path):
    """``path`` is that of the first frame."""
    path = path.with_name(path.name.replace("_0001", ""))
    return api.exporting_meshes(bpy.context.object, path, api.MeshFileOptions(frames=range(1, FRAMES + 1)))


def exported_scene(path):
    return api.exporting_scene(bpy.context.object, path, api.SceneFileOptions(frames=(1, FRAMES)))


def imported_meshes(path):
    """Into the cache that would lie beside the meshes."""
    with pytest.MonkeyPatch.context() as patches:
        patches.setattr(mesh_clip.cache, "cache_path", lambda *_: path)
        return (yield from api.importing_meshes(FILES["speech.npy"], bpy.context.object))


def fitted(path):
    """Parameters beside the report."""
    name = bpy.context.object.flame.model_name
    options = api.FileFitOptions(kind="mesh", model=name, units="M", axes="Y_UP_FACE_TO_Z")
    (report,) = yield from api.fitting_files([FILES["person.obj"]], path.parent, options)
    assert report["fitted"], report


def saved_face(path):
    """In a folder of faces."""
    yield 0.0
    face = api.Face(name=path.stem, scores={"jawOpen": 0.5})
    FaceFolder(path.parent).write(face, None, lambda place: face_assets.write([(face, None, "Mine")], place))


def written_library(path):
    return api.writing_face_assets(path.parent, api.FaceAssetOptions(faces=False, replace=True))


WRITERS = {
    "face": Writer("Wink.json", saved_face, chosen=False),
    "faces as assets": Writer("flame_presets.blend", written_library, chosen=False),
    "bake": Writer("head.pc2", bake),
    "parameters .npz": Writer("head.npz", exported_parameters("FLAME")),
    "parameters .json": Writer("head.json", exported_parameters("FLAME")),
    "frames": Writer("person", exported_parameters("GAUSSIAN_AVATARS"), over=False),
    **{f"landmarks {suffix}": Writer(f"head{suffix}", exported_landmarks) for suffix in api.LANDMARK_SUFFIXES},
    **{f"mesh {suffix}": Writer(f"head{suffix}", exported_meshes) for suffix in MESH_WRITERS},
    "imported meshes": Writer("speech.pc2", imported_meshes, chosen=False),
    "fit": Writer("person.json", fitted, chosen=False),
    "meshes": Writer("head_0001.ply", exported_sequence, chosen=False),
    **{suffix: Writer(f"head{suffix}", exported_scene) for suffix in SCENES},
}


EVERY = cases(WRITERS)
SOME = [(name, fault) for name, fault in EVERY if fault in ("full disk", "killed")]


@pytest.mark.parametrize(("writer", "fault"), EVERY if bpy.app.version[:2] == FULL_IN else SOME)
# Blender's glTF exporter leaves its file to Python to close
@pytest.mark.every_version
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_what_was_there_stays_or_the_new_file_is_whole(small_head, tmp_path, monkeypatch, writer, fault):
    FAULTS[fault](WRITERS[writer], tmp_path, monkeypatch)


@pytest.fixture
def pictures(tmp_path):
    """Numbered so that Blender does not count them up, one with a name that is not UTF-8."""
    names = [f"{frame:02d}_00{odd}.png" for frame, odd in enumerate(("", "\udcea", ""))]
    (tmp_path / "clip").mkdir()
    image = bpy.data.images.new("made", 4, 4)
    image.filepath_raw, image.file_format = str(tmp_path / "clip" / "00_00.png"), "PNG"
    image.save()
    bpy.data.images.remove(image)
    for name in names[1:]:
        (tmp_path / "clip" / name).write_bytes((tmp_path / "clip" / names[0]).read_bytes())
    return tuple(names)


def shown_pictures(folder, names):
    """What is said of them, and the pictures that the camera got."""
    data = bpy.data.cameras.new("Camera")
    told = clip_pictures.show_pictures(data, names, folder, 1)
    assert all(line.isprintable() for line in told)
    return told, [Path(bpy.path.abspath(each.image.filepath)) for each in data.background_images]


def test_pictures_are_linked_whoever_else_does_the_same(pictures, tmp_path, monkeypatch):
    """Another Blender that is quicker; one that was killed in between; links that lead nowhere."""
    usual = clip_pictures._link

    def after_another(path, link):
        usual(path, link)
        usual(path, link)

    monkeypatch.setattr(clip_pictures, "_link", after_another)
    told, (first,) = shown_pictures(tmp_path / "clip", pictures)
    links = sorted(first.parent.iterdir())
    assert not told and [link.resolve().name for link in links] == list(pictures)
    links[1].unlink()
    links[2].unlink()
    links[2].symlink_to(tmp_path / "nowhere")
    assert shown_pictures(tmp_path / "clip", pictures) == ((), [first])
    assert [link.resolve().name for link in sorted(first.parent.iterdir())] == list(pictures)


def test_pictures_of_a_relative_path_are_found_wherever_blender_is_started(pictures, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert shown_pictures(Path("clip"), pictures[:1]) == ((), [tmp_path / "clip" / "00_00.png"])


@pytest.mark.parametrize("way", ["a file", "read-only", "a pipe", "a name too long"])
def test_pictures_that_cannot_be_linked_are_told(pictures, tmp_path, monkeypatch, way):
    folder, names = tmp_path / "clip", pictures
    if way == "read-only":

        def refuse(*_):
            raise OSError(30, "Read-only file system")

        monkeypatch.setattr(Path, "symlink_to", refuse)
        monkeypatch.setattr(os, "link", refuse)
    elif way == "a name too long":
        names = (*pictures[:2], "x" * 5000, "zero\0byte", "half \ud800")
    else:
        place = folder / clip_pictures.FOLDER
        place.write_bytes(b"old") if way == "a file" else os.mkfifo(place)
    told, found = shown_pictures(folder, names)
    assert not found and len(told) == 1 and told[0].startswith(clip_pictures.NOT_SHOWN)
    assert way != "a file" or (folder / clip_pictures.FOLDER).read_bytes() == b"old"


HALFWAY = """
import sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[-3])
import bpy, flame_blender
flame_blender.register()
from flame_blender import api
from flame_blender.bake import baking
from flame_blender.export import scene_files
from flame_blender.head import models
folder = Path(sys.argv[-1])
models.user_folder = lambda: folder / "user"
bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
head = api.add_head(sys.argv[-2])
baking.FRAMES_AT_ONCE = 1
steps = api.baking_cache(head, api.BakeOptions(path=folder / "head.pc2", frames=(1, 3)))
while next(steps) < 0.5:
    pass

def halfway(*_):
    print("halfway", flush=True)
    time.sleep(60)

scene_files._deviation = halfway
api.export_scene(head, folder / "head.glb", frames=(1, 2))
"""


@pytest.mark.skipif(os.name != "posix", reason="Windows has no kill -9")
def test_what_a_killed_blender_left_is_cleared_by_the_next_run(small_head, tmp_path):
    """Killed while it baked and exported: what was there stays."""
    old = {"head.pc2": b"old", "head.glb": b"old"}
    for name, data in old.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "script.py").write_text(HALFWAY)
    start = (
        [sys.executable] if not bpy.app.binary_path else [bpy.app.binary_path, "-b", "--factory-startup", "--python"]
    )
    arguments = [str(ROOT), str(FILES["strip.npz"]), str(tmp_path)]
    process = subprocess.Popen(
        [*start, str(tmp_path / "script.py"), *([] if not bpy.app.binary_path else ["--"]), *arguments],
        stdout=subprocess.PIPE,
    )
    try:
        assert process.stdout is not None and any(line == b"halfway\n" for line in process.stdout)
        parts = parts_in(tmp_path)
        assert sorted(part.suffix for part in parts) == [".part", ".part", ".parts"]
        api.export_meshes(small_head, tmp_path / "other.ply")
        assert parts_in(tmp_path) == parts, "the parts of a living Blender stay"
    finally:
        process.kill()
        process.communicate()
    assert parts_in(tmp_path) == parts and all((tmp_path / name).read_bytes() == old[name] for name in old)
    api.bake_cache(small_head, path=tmp_path / "head.pc2")
    assert not parts_in(tmp_path) and (tmp_path / "head.pc2").stat().st_size == 32 + 12 * 200 * FRAMES
