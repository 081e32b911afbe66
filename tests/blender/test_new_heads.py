"""Heads added without a model being named are of one that the user knows: by clips, fits, meshes and scripts."""

from __future__ import annotations

import shutil

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.assets import BUILT_IN_HEAD
from flame_blender.head import models
from flame_blender.model_files.saving import save_model
from flame_blender.panels.fit import FLAME_PT_fit
from flame_blender.panels.head import FLAME_PT_models
from flame_blender.picking.session import PickingSession
from flame_blender.scene_fits import guess
from tests.blender.test_panels import drawn_by
from tests.flame.full_size import full_size_model


@pytest.fixture
def other_file(tmp_path):
    """Another model with FLAME's counts."""
    save_model(full_size_model(seed=3), tmp_path / "other.npz")
    return tmp_path / "other.npz"


@pytest.fixture
def clip(tmp_path):
    np.savez(tmp_path / "clip.npz", expression=np.zeros((3, 10)), jaw=np.linspace(0, 0.3, 9).reshape(3, 3))
    return tmp_path / "clip.npz"


@pytest.mark.newest
def test_the_flame_file_installed_last_unless_another_was_chosen(flame_file, other_file, tmp_path):
    assert api.new_head_model() == api.BUILT_IN == models.BUILT_IN
    api.install(flame_file)
    assert api.new_head_model() == flame_file.stem
    api.install(other_file)
    assert api.new_head_model() == "other"
    api.install(flame_file)  # known already, and now the last
    assert api.new_head_model() == flame_file.stem
    assert api.choose_new_head_model(api.BUILT_IN) == api.BUILT_IN
    api.install(other_file)
    models.forget()  # another session
    assert api.new_head_model() == api.BUILT_IN and models.is_chosen()
    assert api.choose_new_head_model(flame_file.stem) == flame_file.stem
    models.remove(flame_file.stem)
    assert api.new_head_model() == "other" and not models.is_chosen()
    api.install(flame_file)
    assert api.choose_new_head_model(None) == flame_file.stem
    with pytest.raises(api.ModelError, match="nobody"):
        api.choose_new_head_model("nobody")


def test_other_topologies_do_not_become_the_usual_one(tmp_path):
    shutil.copy(BUILT_IN_HEAD, tmp_path / "variant.npz")
    with np.load(tmp_path / "variant.npz") as stored:
        arrays = dict(stored)
    np.savez(tmp_path / "variant.npz", **{**arrays, "posedirs": 0 * arrays["posedirs"]})
    api.install(tmp_path / "variant.npz")
    assert api.new_head_model() == api.BUILT_IN
    assert api.choose_new_head_model("variant") == "variant"


@pytest.mark.newest
@pytest.mark.parametrize("which", ["face-like", "built-in"])
def test_every_way_of_adding_a_head_follows(flame_file, clip, tmp_path, which):
    api.install(flame_file)
    name = flame_file.stem if which == "face-like" else api.choose_new_head_model(api.BUILT_IN)
    assert api.add_head().flame.model_name == name
    bpy.ops.flame.add_head()
    assert bpy.context.object.flame.model_name == name
    bpy.context.view_layer.objects.active = None
    bpy.ops.flame.import_animation(filepath=str(clip))
    assert bpy.context.object.flame.model_name == name
    told = api.import_animation(clip).summary()
    assert f"A new head was added: {name}." in told
    scan = bpy.data.objects.new("Scan", api.add_head().data.copy())
    bpy.context.collection.objects.link(scan)
    bpy.context.scene.flame_fit.scan = scan
    assert pick_session_names(scan, name)
    fitted = api.fit_mesh(scan)
    assert fitted.head.flame.model_name == name


def pick_session_names(scan, name) -> bool:
    """Picking goes by the model's own landmarks, and says which file they come in where it has none."""
    if name == api.BUILT_IN:
        return len(PickingSession(scan).picking.guide.names) == 68
    with pytest.raises(api.FlameError, match=r"install landmark_embedding\.npy of DECA"):
        PickingSession(scan)
    return True


@pytest.mark.newest
def test_meshes_go_to_it_where_several_have_as_many_vertices(flame_file, other_file, tmp_path):
    api.install(flame_file)
    api.install(other_file)
    np.save(tmp_path / "meshes.npy", np.repeat(full_size_model(seed=3).v_template[None], 2, 0))
    assert api.import_meshes(tmp_path / "meshes.npy").obj.flame.model_name == "other"
    api.choose_new_head_model(flame_file.stem)
    assert api.import_meshes(tmp_path / "meshes.npy").obj.flame.model_name == flame_file.stem


def test_the_panels_show_it_and_the_menu_changes_it(flame_file):
    api.install(flame_file)
    for panel in (FLAME_PT_fit, FLAME_PT_models):
        assert f"New heads: {flame_file.stem}" in drawn_by(panel)
    assert bpy.ops.flame.choose_model(model=models.built_in().fingerprint) == {"FINISHED"}
    assert f"New heads: {api.BUILT_IN}" in drawn_by(FLAME_PT_fit)
    head = api.add_head()
    bpy.context.view_layer.objects.active = head
    assert not any("New heads" in str(line) for line in drawn_by(FLAME_PT_fit))
    bpy.context.scene.flame_fit.new_head = True
    assert f"New heads: {api.BUILT_IN}" in drawn_by(FLAME_PT_fit)
    assert bpy.ops.flame.choose_model(model="LAST") == {"FINISHED"}
    assert f"New heads: {flame_file.stem}" in drawn_by(FLAME_PT_fit)


def test_a_guess_needs_no_landmark_files(flame_file):
    """Units and axes are told by any head's landmarks, until the model of new heads has its own."""
    points = api.landmarks(api.add_head(api.BUILT_IN), "world")
    api.install(flame_file)
    scene = bpy.context.scene
    for number, place in enumerate(points):
        empty = bpy.data.objects.new(f"{number:02d}", None)
        empty.location = 100 * place
        scene.collection.objects.link(empty)
    assert guess.told(None, [obj for obj in scene.objects if obj.type == "EMPTY"], "AUTO", "AUTO").startswith("cm")


def test_nothing_half_done_is_left_where_landmarks_are_missing(flame_file):
    api.install(flame_file)
    names = {kind: set(getattr(bpy.data, kind).keys()) for kind in ("objects", "meshes", "materials", "node_groups")}
    with pytest.raises(api.FlameError, match=r"no landmarks 'ibug' \(it has none\): install .*DECA.*RingNet"):
        api.add_head(landmarks=True)
    with pytest.raises(RuntimeError, match=r"install landmark_embedding\.npy"):
        bpy.ops.flame.add_head(landmarks=True)
    assert names == {kind: set(getattr(bpy.data, kind).keys()) for kind in names}
    assert not bpy.context.scene.render.use_lock_interface
    head = api.add_head()
    bpy.context.view_layer.objects.active = head
    for ask in (api.add_landmarks, api.landmarks):
        with pytest.raises(api.FlameError, match=r"install landmark_embedding\.npy"):
            ask(head)
    with pytest.raises(api.FlameError, match=r"mediapipe_landmark_embedding\.npz of SMIRK"):
        api.add_landmarks(head, "mediapipe")
    with pytest.raises(api.FlameError, match="found 'nose'"):
        api.add_landmarks(head, "nose")
    with pytest.raises(RuntimeError, match=r"install landmark_embedding\.npy"):
        bpy.ops.flame.add_landmarks()
    with pytest.raises(api.FlameError, match=r"install landmark_embedding\.npy"):
        api.fit_landmarks(np.zeros((68, 3)), head)
