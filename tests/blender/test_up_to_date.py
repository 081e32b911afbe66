"""Heads made before their model's UVs, masks, landmarks or eyelids came get them, and what the user made stays."""

from __future__ import annotations

import pickle
from pathlib import Path

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.head import materials, up_to_date
from flame_blender.head.parameters import has_eyelids
from flame_blender.keyframes.animation import curves_of
from flame_blender.panels.head import FLAME_PT_head
from flame_blender.shading.eye_material import GAZE
from tests.blender.conftest import random_fields, shown
from tests.blender.test_materials import install_template
from tests.blender.test_panels import drawn_by
from tests.flame.eyelid_files import eyelid_files

MASKS = {name: np.arange(300 * k, 300 * k + 400) for k, name in enumerate(("face", "scalp", "nose", "lips", "neck"))}


def install_all(flame_file: Path, folder: Path, model) -> None:
    """A template, masks and eyelids, as the install button takes them."""
    folder.mkdir()
    (folder / "FLAME_masks.pkl").write_bytes(pickle.dumps(MASKS))
    eyelid_files(model, folder)
    install_template(flame_file, folder)
    assert bpy.ops.flame.install_files(directory=str(folder), filepath=str(folder)) == {"FINISHED"}


def activate(obj) -> None:
    bpy.context.view_layer.objects.active = obj


@pytest.fixture
def bare_head(flame_file):
    """A head made when nothing but the model was installed."""
    return api.add_head(flame_file)


@pytest.fixture
def used_head(bare_head, rng):
    """A head that its user has posed, keyed, sculpted, weighted and painted."""
    activate(bare_head)
    api.set_params(bare_head, **random_fields(bare_head, rng))
    for frame in (1, 10):
        api.set_params(bare_head, jaw=(0.02 * frame, 0, 0))
        api.keyframe(bare_head, frame)
    bare_head.data.vertices[100].co.x += 0.01
    assert api.keep_sculpt(bare_head)
    bpy.context.scene.frame_set(1)
    bare_head.vertex_groups.new(name="lips").add([5, 6, 7], 0.25, "REPLACE")
    bare_head.vertex_groups.new(name="Hair").add([1], 0.5, "REPLACE")
    bare_head.data.materials.append(bpy.data.materials.new("Paint"))
    for index in range(50):
        bare_head.data.polygons[index].material_index = len(bare_head.data.materials) - 1
    return bare_head


def what_the_user_made(head) -> tuple:
    weights = [[(group.group, group.weight) for group in head.data.vertices[index].groups] for index in (1, 5, 6, 7)]
    lips, hair = (head.vertex_groups[name].index for name in ("lips", "Hair"))
    own = [[pair for pair in pairs if pair[0] in (lips, hair)] for pairs in weights]
    params = api.get_params(head)
    values = [np.array(value).tobytes() for value in vars(params).values() if value is not None]
    keys = [
        (curve.data_path, curve.array_index, [tuple(key.co) for key in curve.keyframe_points])
        for curve in curves_of(head)
    ]
    painted = [head.material_slots[head.data.polygons[index].material_index].name for index in range(50)]
    return own, values, keys, painted, shown(head).tobytes()


def test_all_that_came_is_added_and_all_that_was_there_stays(used_head, flame_file, tmp_path):
    assert up_to_date.lacking(used_head) == ()
    before = what_the_user_made(used_head)
    install_all(flame_file, tmp_path / "files", api.model(used_head))
    assert up_to_date.lacking(used_head) == ("UVs", "regions")
    assert "flame.update_heads" in drawn_by(FLAME_PT_head)
    assert api.update_head(used_head) == ("UVs", "regions")
    assert what_the_user_made(used_head) == before
    new = api.add_head(flame_file)
    uvs = [np.empty(2 * len(each.data.loops), np.float32) for each in (used_head, new)]
    for each, values in zip((used_head, new), uvs, strict=True):
        each.data.uv_layers.active.uv.foreach_get("vector", values)
    assert np.array_equal(*uvs) and np.ptp(uvs[0]) > 0.1
    for name, ids in MASKS.items():
        group = used_head.vertex_groups[name]
        if name != "lips":
            assert group.weight(int(ids[0])) == group.weight(int(ids[-1])) == 1.0
    with pytest.raises(RuntimeError):
        used_head.vertex_groups["lips"].weight(int(MASKS["lips"][-1]))
    assert api.update_head(used_head) == ()
    assert "flame.update_heads" not in drawn_by(FLAME_PT_head)


def test_eyelids_come_by_themselves(used_head, flame_file, tmp_path):
    assert not has_eyelids(used_head.flame)
    install_all(flame_file, tmp_path / "files", api.model(used_head))
    assert has_eyelids(used_head.flame)
    before = shown(used_head)
    used_head.flame.left_eyelid = 1.0
    bpy.context.view_layer.update()
    assert np.abs(shown(used_head) - before).max() > 1e-3


def test_one_click_is_one_step_of_undo_and_is_saved(used_head, flame_file, tmp_path):
    install_all(flame_file, tmp_path / "files", api.model(used_head))
    other = api.add_head(api.BUILT_IN)
    before = what_the_user_made(used_head)
    name = used_head.name
    bpy.context.preferences.edit.use_global_undo = True
    bpy.ops.ed.undo_push(message="Before")
    assert bpy.ops.flame.update_heads("EXEC_DEFAULT", True) == {"FINISHED"}
    assert up_to_date.lacking(used_head) == () == up_to_date.lacking(other)
    bpy.ops.ed.undo()
    head = bpy.data.objects[name]
    assert up_to_date.lacking(head) == ("UVs", "regions") and not head.data.uv_layers
    bpy.ops.ed.redo()
    head = bpy.data.objects[name]
    assert up_to_date.lacking(head) == () and what_the_user_made(head) == before
    path = str(tmp_path / "updated.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.open_mainfile(filepath=path)
    head = bpy.data.objects[name]
    assert up_to_date.lacking(head) == () and what_the_user_made(head) == before
    assert len(head.data.uv_layers) == 1


@pytest.mark.oldest_and_newest
def test_uvs_of_the_users_own_stay_alone(bare_head, flame_file, tmp_path):
    layer = bare_head.data.uv_layers.new(name="Mine")
    values = np.random.default_rng(1).random(2 * len(bare_head.data.loops)).astype(np.float32)
    layer.uv.foreach_set("vector", values)
    install_all(flame_file, tmp_path / "files", api.model(bare_head))
    assert api.update_head(bare_head) == ("regions",)
    kept = np.empty_like(values)
    bare_head.data.uv_layers["Mine"].uv.foreach_get("vector", kept)
    assert len(bare_head.data.uv_layers) == 1 and np.array_equal(kept, values)


def test_eyes_of_earlier_versions_are_set_right(bare_head):
    """Iris and pupil were polygons, the left eye was skin; polygons with a material of the user's own keep it."""
    mesh, model = bare_head.data, api.model(bare_head)
    mesh.materials.clear()
    for name in (*materials.FORMER_PLAIN, "Glass"):
        mesh.materials.append(bpy.data.materials.new(name))
    mesh.attributes.remove(mesh.attributes[GAZE])
    eyes = np.flatnonzero(materials.of_eyes(mesh, model))
    former = np.zeros(len(mesh.polygons), np.int32)
    former[eyes[eyes > eyes.mean()]] = 1
    former[eyes[-400:-5:2]] = 3
    own = eyes[-5:]
    former[own] = 4
    mesh.polygons.foreach_set("material_index", former)
    assert up_to_date.lacking(bare_head) == ("eyes",)
    assert api.update_head(bare_head) == ("eyes",)
    found = np.empty_like(former)
    mesh.polygons.foreach_get("material_index", found)
    assert (found[own] == 4).all()
    names = np.array([material.name for material in mesh.materials])
    assert set(names[found[np.setdiff1d(eyes, own)]]) == set(materials.EYES)
    assert (np.delete(found, eyes) == 0).all() and GAZE in mesh.attributes
    assert api.missing_parts(bare_head) == ()


def test_plain_materials_that_were_exchanged_stay(bare_head):
    bare_head.data.materials[0] = bpy.data.materials.new("Mine")
    bare_head.data.polygons.foreach_set("material_index", np.zeros(len(bare_head.data.polygons), np.int32))
    assert up_to_date.lacking(bare_head) == () == api.update_head(bare_head)


def static_file(folder: Path, n_faces: int) -> Path:
    rng = np.random.default_rng(2)
    points = {"lmk_face_idx": rng.integers(0, n_faces, 51), "lmk_b_coords": rng.dirichlet(np.ones(3), 51)}
    (folder / "static.pkl").write_bytes(pickle.dumps(points))
    return folder / "static.pkl"


def contour_file(folder: Path, n_faces: int) -> Path:
    rng = np.random.default_rng(3)
    contour = {"lmk_face_idx": rng.integers(0, n_faces, (79, 17)), "lmk_b_coords": rng.dirichlet(np.ones(3), (79, 17))}
    (folder / "contour.pkl").write_bytes(pickle.dumps(contour))
    return folder / "contour.pkl"


def empties(head) -> np.ndarray:
    return np.array([item.empty.location for item in head.flame.landmarks])


@pytest.mark.newest
@pytest.mark.parametrize("edited", [False, True])
def test_landmarks_of_a_set_that_has_grown(flame_file, tmp_path, edited):
    """The contour goes before the points that were there: no empty may follow another's landmark meanwhile."""
    head = api.add_head(flame_file)
    n_faces = len(api.model(head).faces)
    api.install(static_file(tmp_path, n_faces))
    api.add_landmarks(head)
    bpy.context.view_layer.update()
    before = empties(head)
    head.flame.edit_landmarks = edited
    api.install(contour_file(tmp_path, n_faces))
    head.flame.jaw = (0.2, 0, 0)
    bpy.context.view_layer.update()
    assert np.array_equal(empties(head), before)
    if edited:
        assert up_to_date.lacking(head) == ()
        return
    assert api.update_head(head) == ("landmarks",)
    bpy.context.view_layer.update()
    points = api.landmarks(head)
    assert len(points) == len(head.flame.landmarks) == 68
    expected = np.stack([points[:, 0], -points[:, 2], points[:, 1]], 1)
    assert np.abs(empties(head) - expected).max() < 1e-6


@pytest.mark.newest
def test_what_cannot_be_changed_is_told(bare_head, flame_file, tmp_path):
    install_all(flame_file, tmp_path / "files", api.model(bare_head))
    activate(bare_head)
    bpy.ops.object.mode_set(mode="EDIT")
    with pytest.raises(api.ParameterError, match="Edit Mode"):
        api.update_head(bare_head)
    assert up_to_date.lacking(bare_head) == ()
    bpy.ops.mesh.select_mode(type="EDGE")
    bpy.ops.mesh.select_all(action="DESELECT")
    bpy.ops.object.mode_set(mode="OBJECT")
    bare_head.data.edges[4000].select = True
    bpy.ops.object.mode_set(mode="EDIT")
    bpy.ops.mesh.edge_rotate()
    bpy.ops.object.mode_set(mode="OBJECT")
    with pytest.raises(api.ParameterError, match="other polygons than its model"):
        api.update_head(bare_head)
    assert not bare_head.data.uv_layers and not bare_head.vertex_groups
    with pytest.raises(api.ParameterError, match="Expected a FLAME head"):
        api.update_head(bpy.data.objects.new("Cube", bpy.data.meshes.new("Cube")))


@pytest.mark.newest
def test_a_head_from_another_file_is_left_alone(bare_head, flame_file, tmp_path):
    path = str(tmp_path / "library.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    with bpy.data.libraries.load(path, link=True) as (_there, wanted):
        wanted.objects = ["FLAME Head"]
    (head,) = wanted.objects
    bpy.context.collection.objects.link(head)
    install_all(flame_file, tmp_path / "files", api.model(head))
    assert up_to_date.lacking(head) == ()
    with pytest.raises(api.ParameterError, match="comes from another file"):
        api.update_head(head)


def test_the_built_in_head_has_all_that_its_model_has(head):
    assert up_to_date.lacking(head) == () == api.update_head(head)
