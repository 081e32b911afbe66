"""Mesh sequences in Blender: played exactly from a cache, or solved; errors and stops leave the scene as it was."""

from __future__ import annotations

import os
import wave

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.bake import cache
from flame_blender.clips import mesh_clip
from flame_blender.errors import FlameError
from flame_blender.files.pc2 import HEADER, pc2_file, read_header
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.params import FlameParams
from tests.blender.conftest import little_room, shown

N_FRAMES = 6
START = "content_start" if bpy.app.version >= (5, 2) else "frame_start"


@pytest.fixture
def meshes(head, rng):
    """Random frames of one person, as the head's model makes them."""
    params = FlameParams(
        shape=rng.normal(size=20),
        expression=rng.normal(size=(N_FRAMES, 20)) * 0.5,
        jaw=rng.uniform(0, 0.3, (N_FRAMES, 3)),
        neck=rng.uniform(-0.3, 0.3, (N_FRAMES, 3)),
        translation=rng.normal(size=(N_FRAMES, 3)) * 0.1,
    )
    return FlameEvaluator(api.model(head)).vertices(params)


@pytest.fixture
def speech(meshes, tmp_path):
    """An .npy as FaceFormer writes it, with its sound beside it."""
    path = tmp_path / "clip" / "sentence.npy"
    path.parent.mkdir()
    np.save(path, meshes.reshape(N_FRAMES, -1))
    with wave.open(str(path.with_suffix(".wav")), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(16000)
        sound.writeframes(bytes(2 * 16000))
    return path


def write_objs(folder, meshes, faces):
    folder.mkdir(parents=True)
    ends = "".join(f"f {a + 1} {b + 1} {c + 1}\n" for a, b, c in faces)
    for index, vertices in enumerate(meshes):
        text = "".join(f"v {x:.9g} {y:.9g} {z:.9g}\n" for x, y, z in vertices.tolist())
        (folder / f"{index:05d}.obj").write_text(text + ends)


def strips():
    editor = bpy.context.scene.sequence_editor
    return list(editor.strips if hasattr(editor, "strips") else editor.sequences)


def test_a_cache_plays_every_frame_exactly(head, meshes, speech):
    made = api.import_meshes(speech, head, start_frame=11)
    assert made.obj == head and not head.flame.live
    for frame in (0, 3, 5):
        bpy.context.scene.frame_set(11 + frame)
        assert np.abs(shown(head) - meshes[frame]).max() < 1e-6
    bpy.context.scene.frame_set(13, subframe=0.5)
    assert np.abs(shown(head) - (meshes[2] + meshes[3]) / 2).max() < 1e-6
    assert bpy.context.scene.render.fps == 30 and bpy.context.scene.frame_end >= 16


@pytest.mark.every_version
@pytest.mark.skipif(not bpy.app.build_options.audaspace, reason="this wheel was built without sound")
def test_the_sound_starts_with_the_clip(head, speech):
    api.import_meshes(speech, head, start_frame=11)
    api.import_meshes(speech, head, start_frame=21)
    assert [(strip.type, getattr(strip, START)) for strip in strips()] == [("SOUND", 21)]
    api.import_meshes(speech, head, sound=False)
    assert len(strips()) == 1


@pytest.mark.every_version
@pytest.mark.skipif(bpy.app.build_options.audaspace, reason="this wheel was built with sound")
def test_without_sound_the_clip_comes_all_the_same(head, speech):
    assert "without sound" in " ".join(api.import_meshes(speech, head).summary())


def test_a_damaged_sound_does_not_harm(head, speech):
    speech.with_suffix(".wav").write_bytes(b"RIFF and no more")
    api.import_meshes(speech, head)
    assert cache.cache_of(head) is not None


def test_at_the_scenes_rate_the_time_is_the_clips(head, meshes, speech):
    bpy.context.scene.render.fps = 60
    api.import_meshes(speech, head, frame_rate="RESAMPLE")
    assert bpy.context.scene.render.fps == 60
    for frame in (0, 2, 5):
        bpy.context.scene.frame_set(1 + 2 * frame)
        assert np.abs(shown(head) - meshes[frame]).max() < 1e-6
    bpy.context.scene.frame_set(4)
    assert np.abs(shown(head) - (meshes[1] + meshes[2]) / 2).max() < 1e-6


def test_freed_the_head_follows_its_parameters(head, meshes, speech):
    api.set_params(head, expression=[1.0])
    before = shown(head)
    api.import_meshes(speech, head)
    assert api.free_cache(head)
    assert not api.free_cache(head)
    assert head.flame.live and np.abs(shown(head) - before).max() < 1e-6


def test_vocas_folder_on_a_new_head(meshes, head, tmp_path):
    """The installed model with as many vertices is found; what plays is what the files say."""
    write_objs(tmp_path / "voca" / "meshes", meshes, api.model(head).faces)
    made = api.import_meshes(tmp_path / "voca")
    assert made.obj != head and api.is_head(made.obj) and bpy.context.scene.render.fps == 60
    bpy.context.scene.frame_set(4)
    assert np.abs(shown(made.obj) - meshes[3]).max() < 1e-6


def test_without_a_model_a_plain_mesh_plays_it(tmp_path, rng):
    """The faces are the file's; an .npy has none and is refused."""
    meshes = rng.uniform(-0.1, 0.1, (3, 50, 3)).astype(np.float32)
    write_objs(tmp_path / "some", meshes, np.array([[0, 1, 2], [3, 4, 5]]))
    made = api.import_meshes(tmp_path / "some")
    assert not api.is_head(made.obj) and len(made.obj.data.polygons) == 2
    bpy.context.scene.frame_set(2)
    assert np.abs(shown(made.obj) - meshes[1]).max() < 1e-6
    assert "plain mesh" in " ".join(made.summary())
    np.save(tmp_path / "bare.npy", meshes)
    with pytest.raises(FlameError, match="50 vertices"):
        api.import_meshes(tmp_path / "bare.npy")
    with pytest.raises(FlameError, match="solve"):
        api.import_meshes(tmp_path / "some", solve=True)


def test_solved_the_head_moves_as_the_meshes(head, meshes, speech):
    made = api.import_meshes(speech, head, solve=True)
    assert made.errors_mm.shape == (N_FRAMES,) and made.errors_mm.max() < 0.01
    assert "mm" in made.summary()[1]
    for frame in (0, 3, 5):
        bpy.context.scene.frame_set(1 + frame)
        assert np.linalg.norm(shown(head) - meshes[frame], axis=1).mean() < 1e-5


def snapshot(obj):
    return (
        shown(obj).tobytes(), obj.flame.live, len(obj.modifiers), obj.animation_data, len(bpy.data.objects),
        bpy.context.scene.render.fps, bpy.context.scene.frame_end, bpy.context.scene.sequence_editor,
    )  # fmt: skip


@pytest.mark.parametrize("solve", [False, True])
def test_stopped_in_the_middle_nothing_has_changed(head, speech, solve):
    before, files = snapshot(head), sorted(speech.parent.rglob("*.*"))
    steps = api.importing_meshes(speech, head, api.MeshClipOptions(solve=solve))
    next(steps)
    steps.close()
    assert snapshot(head) == before
    assert sorted(speech.parent.rglob("*.*")) == files


def test_an_unwritable_place_is_told(head, speech, monkeypatch):
    """As on a read-only folder; root may write everywhere, so the system's answer is made up."""
    before = snapshot(head)
    (speech.parent / cache.FOLDER).write_text("a file where the folder should be")
    with pytest.raises(FlameError, match="cannot be written"):
        api.import_meshes(speech, head)
    assert snapshot(head) == before


def test_a_full_disk_leaves_no_part(tmp_path, monkeypatch):
    """Where no room can be reserved, and the disk is full in the middle."""
    monkeypatch.delattr(os, "posix_fallocate", raising=False)
    path = tmp_path / "head.pc2"

    def write():
        with little_room(100), pc2_file(path, 10, 2, 1.0, 1.0) as write_samples:
            write_samples(np.zeros((2, 10, 3)))

    with pytest.raises(FlameError, match=r"cannot be written \(File too large\); make room"):
        write()
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(not hasattr(os, "posix_fallocate"), reason="this system reserves no room in files")
def test_a_full_disk_is_known_before_the_work(tmp_path, monkeypatch):
    def no_room(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", no_room)
    with pytest.raises(FlameError, match="No space left"):
        pc2_file(tmp_path / "head.pc2", 10, 2, 1.0, 1.0).__enter__()
    assert not list(tmp_path.iterdir())


def test_a_damaged_cache_is_told(tmp_path):
    path = tmp_path / "head.pc2"
    with pc2_file(path, 10, 2, 1.0, 1.0) as write:
        write(np.zeros((2, 10, 3)))
    assert read_header(path) == (10, 1.0, 1.0, 2)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(FlameError, match=f"expected {HEADER.size + 240} bytes, found {HEADER.size + 239}"):
        read_header(path)
    path.write_bytes(b"something else entirely, longer than a header")
    with pytest.raises(FlameError, match="expected a PC2 cache"):
        read_header(path)


def test_the_operator_does_the_same(head, meshes, speech, tmp_path):
    bpy.context.view_layer.objects.active = head
    assert bpy.ops.flame.import_meshes(filepath=str(speech), start_frame=3) == {"FINISHED"}
    bpy.context.scene.frame_set(5)
    assert np.abs(shown(head) - meshes[2]).max() < 1e-6
    assert bpy.ops.flame.free_cache() == {"FINISHED"}
    assert not bpy.ops.flame.free_cache.poll()
    with pytest.raises(RuntimeError, match="expected"):
        bpy.ops.flame.import_meshes(filepath=str(tmp_path / "none.npy"))


def test_a_saved_file_plays_from_beside_it(head, meshes, speech, tmp_path):
    """The path is kept relative, so that the folder can be moved."""
    home = tmp_path / "project"
    home.mkdir()
    bpy.ops.wm.save_as_mainfile(filepath=str(home / "scene.blend"))
    api.import_meshes(speech, head)
    name = head.name
    assert cache.cache_of(head).filepath.startswith("//")
    bpy.ops.wm.save_mainfile()
    home.rename(tmp_path / "moved")
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "moved" / "scene.blend"))
    bpy.context.scene.frame_set(4)
    assert np.abs(shown(bpy.data.objects[name]) - meshes[3]).max() < 1e-6


@pytest.mark.oldest_and_newest
@pytest.mark.parametrize("any_model", ["flame"], indirect=True)
@pytest.mark.parametrize("solve", [False, True], ids=["cached", "solved"])
@pytest.mark.parametrize("on_a_head", [False, True], ids=["new head", "a head"])
def test_vhaps_teeth_are_left_out(head, meshes, rng, tmp_path, solve, on_a_head):
    """VHAP appends 120 vertices of teeth, and faces that lead to them, to FLAME's 5023."""
    teeth = rng.normal(size=(2, 120, 3)).astype(np.float32) * 0.01
    faces = np.concatenate([api.model(head).faces, [[5023, 5024, 5025], [1, 2, 5142]]])
    write_objs(tmp_path / "meshes", np.concatenate([meshes[:2], teeth], 1), faces)
    made = api.import_meshes(tmp_path / "meshes", head if on_a_head else None, solve=solve)
    assert api.is_head(made.obj) and (made.obj == head) == on_a_head
    assert "teeth" in " ".join(made.summary())
    bpy.context.scene.frame_set(2)
    assert np.abs(shown(made.obj) - meshes[1]).max() < (1e-3 if solve else 1e-6)


def test_without_flame_vhaps_meshes_keep_their_teeth(rng, tmp_path):
    """A plain mesh plays them as they are."""
    write_objs(tmp_path / "meshes", rng.normal(size=(2, 5143, 3)) * 0.1, [[0, 1, 2], [5140, 5141, 5142]])
    made = api.import_meshes(tmp_path / "meshes")
    assert not api.is_head(made.obj) and len(made.obj.data.vertices) == 5143


@pytest.mark.oldest_and_newest
def test_notes_of_the_meshes_and_of_their_sound_are_both_told(head, speech, monkeypatch):
    monkeypatch.setattr(mesh_clip.animation, "write_clip", lambda *_: ("Something was left out.",))
    monkeypatch.setattr(mesh_clip, "add_sound", lambda *_: ("No sound here.",))
    told = " ".join(api.import_meshes(speech, head, solve=True).summary())
    assert "Something was left out." in told and "No sound here." in told
