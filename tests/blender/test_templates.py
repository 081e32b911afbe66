"""A mesh sequence as a head's rest shape: what VOCA's edit_sequences.py does, live, saved, baked and exported."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.errors import FlameError, ParameterError
from flame_blender.files.pc2 import HEADER
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.params import FlameParams
from flame_blender.geometry.axes import to_flame
from flame_blender.head import live, mesh
from flame_blender.head.templates import template_sequence
from flame_blender.keyframes.animation import curves_of
from tests.blender.conftest import ROOT, expression_of, random_fields, shown

DEV_PYTHON = Path(os.environ.get("FLAME_DEV_PYTHON", ROOT / ".envs" / "dev" / "bin" / "python"))
N_MESHES = 8


def speech(model, rng) -> np.ndarray:
    """(N, V, 3) float32: unposed meshes of one speaker, as VOCA writes them, no model's own shape."""
    fields = rng.normal(size=(model.n_vertices, 3)) * 0.002
    words = rng.normal(size=(N_MESHES, 1, 1)) * fields + rng.normal(size=(N_MESHES, model.n_vertices, 3)) * 1e-4
    return (model.v_template + fields + words).astype(np.float32)


@pytest.fixture
def meshes(head, rng):
    return speech(api.model(head), rng)


@pytest.fixture
def sequence(meshes, tmp_path):
    """An .npy as FaceFormer writes it."""
    path = tmp_path / "sentence.npy"
    np.save(path, meshes.reshape(N_MESHES, -1))
    return path


def expected(obj, mesh: np.ndarray) -> np.ndarray:
    """The head's own parameters on the mesh in place of the template, by an evaluator that knows no sequence."""
    model = api.model(obj)
    params = api.get_params(obj)
    fields = {name: getattr(params, name) for name in ("shape", "expression", "neck", "jaw", "translation")}
    turns = {name: getattr(params, name) for name in ("global_rotation", "left_eye", "right_eye")}
    own = api.get_params(obj).offsets
    assert own is not None  # of the sequence, at the frame that is shown
    return FlameEvaluator(model).vertices(FlameParams(**fields, **turns, offsets=mesh - model.v_template))


def at(frame: float) -> None:
    bpy.context.scene.frame_set(int(np.floor(frame)), subframe=float(frame % 1))


@pytest.mark.oldest_and_newest
@pytest.mark.skipif(not DEV_PYTHON.exists(), reason="no environment with torch and smplx (make .envs/dev/.made)")
def test_each_frame_is_lbs_with_that_frames_template(flame_head, flame_file, rng, tmp_path):
    """smplx.lbs with v_template replaced, at five frames, with identity, expression and every joint moving."""
    meshes = speech(api.model(flame_head), rng)
    np.save(tmp_path / "sentence.npy", meshes.reshape(N_MESHES, -1))
    for frame in (1, N_MESHES):
        api.set_params(flame_head, **random_fields(flame_head, rng))
        api.keyframe(flame_head, frame, ("identity", "expression", "rotations", "translation"))
    api.import_meshes(tmp_path / "sentence.npy", flame_head, as_template=True)
    frames, rows, found = (1, 2, 4, 7, 8), [], []
    for frame in frames:
        at(frame)
        params = api.get_params(flame_head)
        betas = np.concatenate([params.shape, params.expression])
        rows.append((betas, params.pose15(), params.translation))
        found.append(shown(flame_head))
    betas, pose, translation = (np.stack(each) for each in zip(*rows, strict=True))
    templates = meshes[np.array(frames) - 1]
    np.savez(tmp_path / "inputs.npz", templates=templates, betas=betas, pose=pose, translation=translation)
    script = ROOT / "tests" / "flame" / "lbs_of_templates.py"
    files = [tmp_path / "inputs.npz", tmp_path / "out.npy"]
    subprocess.run([DEV_PYTHON, script, flame_file, *files], check=True, env={**os.environ, "PYTHONPATH": ""})
    assert np.abs(np.stack(found) - np.load(files[1])).max() < 1e-6


def test_identity_pose_and_expression_act_on_the_mesh_of_the_frame(head, meshes, sequence, rng):
    made = api.import_meshes(sequence, head, start_frame=11, as_template=True)
    assert made.obj == head and head.flame.live and made.template
    assert "rest shape" in " ".join(made.summary()) and bpy.context.scene.frame_end >= 18
    at(13)
    assert np.abs(shown(head) - meshes[2]).max() < 1e-6
    api.set_params(head, **random_fields(head, rng))
    for frame in (11, 14, 18):
        at(frame)
        assert np.abs(shown(head) - expected(head, meshes[frame - 11])).max() < 1e-6
    at(14.5)
    assert np.abs(shown(head) - expected(head, (meshes[3] + meshes[4]) / 2)).max() < 1e-6
    for frame, held in ((1, 0), (40, -1)):
        at(frame)
        assert np.abs(shown(head) - expected(head, meshes[held])).max() < 1e-6


def test_keys_tell_offset_and_rate(head, meshes, sequence):
    bpy.context.scene.render.fps = 60
    api.import_meshes(sequence, head, frame_rate="RESAMPLE", as_template=True)
    at(7)
    assert np.abs(shown(head) - meshes[3]).max() < 1e-6
    curve = next(each for each in curves_of(head) if each.data_path == "flame.template_frame")
    for key in curve.keyframe_points:
        key.co.x = 21 + (key.co.x - 1) / 2
    curve.update()
    at(24)
    assert np.abs(shown(head) - meshes[3]).max() < 1e-6


def test_saved_reloaded_and_moved_with_the_blend(head, meshes, sequence, tmp_path):
    """The path is relative, and Blender keeps it right when the file is saved elsewhere."""
    folder = tmp_path / "project"
    folder.mkdir()
    bpy.ops.wm.save_as_mainfile(filepath=str(folder / "speech.blend"))
    api.import_meshes(sequence, head, as_template=True)
    kept = template_sequence.modifier_of(head)
    assert kept.filepath.startswith("//flame_cache") and kept.filepath.endswith("sentence_template.pc2")
    name = head.name
    (tmp_path / "other").mkdir()
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "other" / "speech.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "other" / "speech.blend"))
    head = bpy.data.objects[name]
    assert api.template_of(head).samefile(folder / "flame_cache" / "sentence_template.pc2")
    at(3)
    assert np.abs(shown(head) - meshes[2]).max() < 1e-6


def test_a_chosen_file_holds_the_meshes(head, meshes, sequence, tmp_path):
    """Of a rest shape and of a cache; what is solved has none."""
    chosen = tmp_path / "fast disk" / "chosen.pc2"
    api.import_meshes(sequence, head, as_template=True, cache_file=chosen)
    at(3)
    assert api.template_of(head) == chosen and np.abs(shown(head) - meshes[2]).max() < 1e-6
    made = api.import_meshes(sequence, head, cache_file=str(chosen.with_name("played.pc2")))
    assert api.played_cache(made.obj) == chosen.with_name("played.pc2")
    assert not list(tmp_path.rglob("flame_cache"))
    with pytest.raises(ParameterError, match="solve and cache_file"):
        api.import_meshes(sequence, head, solve=True, cache_file=chosen)


def test_undo_and_redo(head, meshes, sequence):
    bpy.context.preferences.edit.use_global_undo = True
    bpy.context.view_layer.objects.active = head
    name, before = head.name, shown(head)
    bpy.ops.ed.undo_push(message="before")
    assert bpy.ops.flame.import_meshes(filepath=str(sequence), way="TEMPLATE") == {"FINISHED"}
    bpy.ops.ed.undo_push(message="brought in")
    bpy.ops.ed.undo()
    head = bpy.data.objects[name]
    bpy.context.view_layer.update()
    assert api.template_of(head) is None and np.abs(shown(head) - before).max() < 1e-6
    bpy.ops.ed.redo()
    head = bpy.data.objects[name]
    at(5)
    assert np.abs(shown(head) - meshes[4]).max() < 1e-6


def test_two_heads_with_one_sequence_and_a_copy_of_one(head, meshes, sequence, any_model):
    """Each has keys of its own; the file is mapped once."""
    api.import_meshes(sequence, head, as_template=True)
    other = head.copy()
    other.data = head.data.copy()
    bpy.context.collection.objects.link(other)
    other.animation_data_clear()
    other.flame.template_frame = 5
    other.flame.neck[0] = 0.2
    third = api.add_head(any_model)
    api.import_meshes(sequence, third, start_frame=3, as_template=True)
    at(4)
    assert np.abs(shown(head) - meshes[3]).max() < 1e-6
    assert np.abs(shown(third) - meshes[1]).max() < 1e-6
    assert np.abs(shown(other) - expected(other, meshes[5])).max() < 1e-6
    assert template_sequence.state(head) is template_sequence.state(other)


def test_removed_the_head_has_its_template_and_keys_stay(head, sequence):
    api.set_params(head, neck=(0.2, 0, 0))
    api.keyframe(head, 1, ("neck",))
    before = shown(head)
    api.import_meshes(sequence, head, as_template=True)
    path = api.template_of(head)
    bpy.context.view_layer.objects.active = head
    assert bpy.ops.flame.remove_template() == {"FINISHED"}
    assert path.exists() and api.template_of(head) is None and api.remove_template(head) is None
    at(2)
    assert np.abs(shown(head) - before).max() < 1e-6
    assert {each.data_path for each in curves_of(head)} == {"flame.neck"}
    assert not bpy.ops.flame.remove_template.poll()


def test_a_sculpt_is_kept_beside_the_sequence(head, meshes, sequence):
    api.import_meshes(sequence, head, as_template=True)
    at(3)
    api.set_params(head, neck=(0.1, 0.2, 0))
    there = shown(head)
    moved = np.zeros_like(there)
    moved[100] = (0, 0.004, 0)
    head.data.attributes["position"].data[100].vector[2] += 0.004  # Blender's z is FLAME's y
    api.keep_sculpt(head)
    assert np.abs(shown(head) - there - moved).max() < 2e-6
    own = live.sculpt.read_offsets(head.data)
    assert np.abs(own).max() < 0.006  # the sequence is none of it
    at(6)
    plain = expected(head, meshes[5])
    assert np.abs(shown(head) - plain)[100].max() > 1e-3
    assert np.abs(np.delete(shown(head) - plain, 100, 0)).max() < 2e-5
    offsets = api.get_params(head).offsets
    api.set_params(head, offsets=offsets)
    assert np.abs(live.sculpt.read_offsets(head.data) - own).max() < 1e-6


def missing(path):
    path.unlink()


def cut(path):
    path.write_bytes(path.read_bytes()[:-100])


def of_other_vertices(path):
    path.write_bytes(HEADER.pack(b"POINTCACHE2\0", 1, 7, 1, 1, 1) + bytes(84))


def other(path):
    path.write_bytes(b"something else that is long enough to have a header")


def shorter(path):
    raw, (name, version, n_vertices, start, step, _) = path.read_bytes(), HEADER.unpack(path.read_bytes()[:32])
    path.write_bytes(HEADER.pack(name, version, n_vertices, start, step, 3) + raw[32 : 32 + 36 * n_vertices])


def negative(path):
    path.write_bytes(HEADER.pack(b"POINTCACHE2\0", 1, -1, 1, 1, -1) + bytes(12))


def infinite(path):
    raw = bytearray(path.read_bytes())
    raw[32:36] = np.float32(np.inf).tobytes()
    path.write_bytes(raw)


@pytest.mark.parametrize("damage", [missing, cut, of_other_vertices, other, shorter, negative, infinite])
@pytest.mark.parametrize("any_model", ["built-in"], indirect=True)
def test_without_its_file_the_head_shows_its_template_and_says_so(head, sequence, meshes, damage):
    api.import_meshes(sequence, head, as_template=True)
    path = api.template_of(head)
    whole = path.read_bytes()
    damage(path)
    at(1)
    head.flame.neck[1] = 0.1
    bpy.context.view_layer.update()
    head.flame.neck[1] = 0.0
    bpy.context.view_layer.update()
    template = api.model(head).v_template
    assert np.abs(shown(head) - template).max() < 1e-6
    said = live.trouble(head)
    assert path.name in said and said.count(". ") == 0 and said.endswith(".")
    path.write_bytes(whole)
    at(3)
    assert live.trouble(head) is None and np.abs(shown(head) - meshes[2]).max() < 1e-6


def test_baked_it_plays_the_same(head, meshes, sequence, rng, tmp_path):
    api.import_meshes(sequence, head, as_template=True)
    api.set_params(head, **random_fields(head, rng))
    at(6)
    live_shape = shown(head)
    api.bake_cache(head, path=tmp_path / "head.pc2", frames=(1, N_MESHES))
    at(2)
    at(6)
    assert not head.flame.live and np.abs(shown(head) - live_shape).max() < 1e-6
    api.free_cache(head)
    assert np.abs(shown(head) - live_shape).max() < 1e-6


@pytest.mark.newest
def test_exported_as_meshes_and_refused_as_a_rig(head, meshes, sequence, rng, tmp_path):
    api.import_meshes(sequence, head, as_template=True)
    api.set_params(head, **random_fields(head, rng))
    written = api.export_meshes(head, tmp_path / "edited.obj", frames=range(1, N_MESHES + 1))
    assert len(written.paths) == N_MESHES
    at(4)
    again = api.import_meshes(tmp_path / "edited_0004.obj", sound=False)
    assert np.abs(again.meshes.vertices[0] - expected(head, meshes[3])).max() < 1e-6
    for refused in (
        lambda: api.make_rig(head),
        lambda: api.export_scene(head, tmp_path / "head.glb"),
        lambda: api.solve_arkit(head),
        lambda: api.fit_mesh(again.obj, head),
        lambda: api.import_meshes(sequence, head, solve=True),
    ):
        with pytest.raises(FlameError, match="rest shape, found one that takes it from sentence_template"):
            refused()
    told = api.export_parameters(head, tmp_path / "head.npz", frames=[1]).summary()
    assert "sentence_template.pc2" in told


@pytest.mark.newest
def test_exported_as_alembic(head, sequence, tmp_path):
    """Blender's own exporter; the file is read back and compared."""
    api.import_meshes(sequence, head, as_template=True)
    assert api.export_scene(head, tmp_path / "head.abc", frames=(1, N_MESHES)).deviation_mm < 0.01


def test_refused_leaves_everything(head, sequence, tmp_path, any_model):
    before = shown(head)
    with pytest.raises(FlameError, match="solve and as_template"):
        api.import_meshes(sequence, head, as_template=True, solve=True)
    np.save(tmp_path / "few.npy", np.zeros((3, 30)))
    with pytest.raises(FlameError, match="10 vertices, whose template"):
        api.import_meshes(tmp_path / "few.npy", head, as_template=True)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "a.blend"))
    (tmp_path / "flame_cache").write_bytes(b"in the way")
    with pytest.raises(FlameError, match="cannot be written"):
        api.import_meshes(sequence, head, as_template=True)
    assert api.template_of(head) is None and np.abs(shown(head) - before).max() < 1e-6


def test_a_render_shows_the_mesh_of_its_frame(head, meshes, sequence, tmp_path):
    """Each frame of an animation is rendered with the mesh that the render's own handler wrote for it."""
    api.import_meshes(sequence, head, as_template=True)
    scene, seen = bpy.context.scene, {}
    scene.camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    scene.collection.objects.link(scene.camera)
    scene.render.engine, scene.cycles.samples = "CYCLES", 1
    scene.render.resolution_x = scene.render.resolution_y = 8
    scene.render.filepath = str(tmp_path / "frame_")
    scene.frame_start, scene.frame_end = 2, 4

    def look(rendered, *_):
        positions = to_flame(mesh.read_positions(head.data))
        seen[rendered.frame_current] = np.abs(positions - meshes[rendered.frame_current - 1]).max()

    bpy.app.handlers.render_post.append(look)
    try:
        bpy.ops.render.render(animation=True)
    finally:
        bpy.app.handlers.render_post.remove(look)
    assert sorted(seen) == [2, 3, 4] and max(seen.values()) < 1e-6


def test_a_blink_on_a_sequence(built_in_head, tmp_path, rng):
    """Both act: the mesh of the frame, and the lids on it."""
    meshes = speech(api.model(built_in_head), rng)
    np.save(tmp_path / "clip.npy", meshes)
    api.import_meshes(tmp_path / "clip.npy", built_in_head, as_template=True)
    api.add_blinks(built_in_head, at=[4], duration=6)
    at(4)
    both = shown(built_in_head)
    at(1)
    api.remove_template(built_in_head)
    at(4)
    blink = shown(built_in_head) - api.model(built_in_head).v_template
    assert np.abs(blink).max() > 2e-3 and np.abs(both - meshes[3] - blink).max() < 2e-6
    assert len(expression_of(built_in_head))
