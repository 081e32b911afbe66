"""Heads survive what users do to objects."""

from __future__ import annotations

import bpy
import numpy as np
import pytest

import flame_blender
from flame_blender import api
from flame_blender.geometry.axes import to_flame
from flame_blender.head import live, mesh, models
from flame_blender.head.properties import value_path
from tests.blender.conftest import expression_of, random_fields, shown

pytestmark = pytest.mark.every_version  # saving, linking, undo and edit mode
CLOSE = 1e-6


def activate(obj: bpy.types.Object) -> None:
    for other in bpy.context.selected_objects:
        other.select_set(False)
    obj.select_set(True)
    bpy.context.view_layer.objects.active = obj


def test_save_and_reload(head, rng, tmp_path):
    api.set_params(head, **random_fields(head, rng))
    before, name = shown(head), head.name
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "head.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "head.blend"))
    head = bpy.data.objects[name]
    np.testing.assert_allclose(shown(head), before, atol=CLOSE)
    head.flame.jaw = (0.3, 0, 0)
    bpy.context.view_layer.update()
    np.testing.assert_allclose(shown(head), api.evaluate(head), atol=CLOSE)
    assert not np.allclose(shown(head), before, atol=1e-3)


def test_shift_d_is_independent(head):
    activate(head)
    bpy.ops.object.duplicate()
    copy = bpy.context.object
    api.set_params(copy, jaw=(0.3, 0, 0))
    np.testing.assert_allclose(shown(head), api.model(head).v_template, atol=CLOSE)
    np.testing.assert_allclose(shown(copy), api.evaluate(copy), atol=CLOSE)


def test_alt_d_gets_its_own_mesh_when_it_differs(head):
    activate(head)
    bpy.ops.object.duplicate(linked=True)
    copy = bpy.context.object
    copy.flame.jaw = (0.3, 0, 0)
    bpy.context.view_layer.update()
    np.testing.assert_allclose(shown(copy), api.evaluate(copy), atol=CLOSE)
    np.testing.assert_allclose(shown(head), api.model(head).v_template, atol=CLOSE)
    assert copy.data != head.data


def test_duplicated_head_takes_its_landmarks_along_or_leaves_them(head):
    api.add_landmarks(head)
    originals = [item.empty for item in head.flame.landmarks]
    places = [empty.location.copy() for empty in originals]
    activate(head)
    bpy.ops.object.duplicate()
    alone = bpy.context.object
    api.set_params(alone, jaw=(0.4, 0, 0), expression=[1.0])
    assert [empty.location for empty in originals] == places
    activate(head)
    for empty in originals:
        empty.select_set(True)
    bpy.ops.object.duplicate()
    pair = bpy.context.object
    api.set_params(pair, jaw=(0.4, 0, 0))
    own = [item.empty for item in pair.flame.landmarks]
    assert not set(own) & set(originals)
    assert [empty.location for empty in originals] == places
    assert any(one.location != other for one, other in zip(own, places, strict=True))


def test_append(head, rng, tmp_path):
    api.set_params(head, **random_fields(head, rng))
    before, path = shown(head), str(tmp_path / "library.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    with bpy.data.libraries.load(path) as (there, here):
        here.objects = list(there.objects)
    appended = here.objects[0]
    bpy.context.collection.objects.link(appended)
    np.testing.assert_allclose(shown(appended), before, atol=CLOSE)
    api.set_params(appended, jaw=(0.2, 0, 0))
    np.testing.assert_allclose(shown(appended), api.evaluate(appended), atol=CLOSE)


def test_link_and_override(head, rng, tmp_path):
    path, saved = str(tmp_path / "library.blend"), str(tmp_path / "shot.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    with bpy.data.libraries.load(path, link=True) as (there, here):
        here.objects = list(there.objects)
    linked = here.objects[0]
    bpy.context.collection.objects.link(linked)
    override = linked.override_create(remap_local_usages=True)
    override.flame.jaw = (0.3, 0, 0)
    expression_of(override)[0].value = 0.5
    override.keyframe_insert(value_path(override.flame, "expression", 0), frame=1)
    bpy.context.view_layer.update()
    np.testing.assert_allclose(shown(override), api.evaluate(override), atol=CLOSE)
    name = override.name
    bpy.ops.wm.save_as_mainfile(filepath=saved)
    bpy.ops.wm.open_mainfile(filepath=saved)
    override = next(obj for obj in bpy.data.objects if obj.name == name and obj.override_library)
    assert override.flame.jaw[0] == pytest.approx(0.3)
    assert expression_of(override)[0].value == pytest.approx(0.5)
    np.testing.assert_allclose(shown(override), api.evaluate(override), atol=CLOSE)


def test_a_linked_animated_head_plays_without_an_override(head, tmp_path):
    for frame, angle in ((1, 0.0), (11, 0.4)):
        api.set_params(head, jaw=(angle, 0, 0))
        api.keyframe(head, frame)
    path = str(tmp_path / "library.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    with bpy.data.libraries.load(path, link=True) as (there, here):
        here.objects = list(there.objects)
    linked = here.objects[0]
    bpy.context.collection.objects.link(linked)
    for frame in (6, 11, 1):
        bpy.context.scene.frame_set(frame)
        np.testing.assert_allclose(shown(linked), api.evaluate(linked), atol=CLOSE)
    bpy.context.scene.frame_set(11)
    assert api.get_params(linked).jaw[0] == pytest.approx(0.4)


def test_deleting_head_and_landmarks_leaves_nothing_broken(head):
    api.add_landmarks(head)
    bpy.data.objects.remove(head.flame.landmarks[3].empty)
    api.set_params(head, jaw=(0.2, 0, 0))
    np.testing.assert_allclose(shown(head), api.evaluate(head), atol=CLOSE)
    bpy.data.objects.remove(head)
    bpy.context.scene.frame_set(5)
    bpy.context.view_layer.update()


def test_renaming(head):
    head.name = "Somebody"
    head.data.name = "Something"
    head.flame.jaw = (0.2, 0, 0)
    bpy.context.view_layer.update()
    np.testing.assert_allclose(shown(head), api.evaluate(head), atol=CLOSE)


def test_edit_mode_and_back(head):
    activate(head)
    bpy.ops.object.mode_set(mode="EDIT")
    head.flame.jaw = (0.2, 0, 0)
    bpy.context.view_layer.update()
    assert "Edit Mode" in live.trouble(head)
    bpy.ops.object.mode_set(mode="OBJECT")
    bpy.context.view_layer.update()
    np.testing.assert_allclose(shown(head), api.evaluate(head), atol=CLOSE)
    assert live.trouble(head) is None


def test_changed_topology_is_left_alone_and_explained(head):
    activate(head)
    bpy.ops.object.mode_set(mode="EDIT")
    bpy.ops.mesh.select_all(action="SELECT")
    bpy.ops.mesh.subdivide()
    bpy.ops.object.mode_set(mode="OBJECT")
    count = len(head.data.vertices)
    api.set_params(head, jaw=(0.2, 0, 0))
    assert len(head.data.vertices) == count > api.model(head).n_vertices
    assert str(count) in live.trouble(head)


@pytest.mark.parametrize("announced", [False, True])
def test_sculpting_becomes_offsets_and_moves_along(head, rng, announced):
    api.set_params(head, **random_fields(head, rng))
    sculpted = mesh.read_positions(head.data)
    sculpted[100:140] += (0.004, -0.002, 0.003)
    head.data.attributes["position"].data.foreach_set("vector", sculpted.ravel())
    head.data.update()
    if announced:
        assert api.keep_sculpt(head)
    else:
        head.update_tag()
        bpy.context.view_layer.update()
    np.testing.assert_allclose(shown(head), to_flame(sculpted), atol=CLOSE)
    offsets = api.get_params(head).offsets
    assert 0.003 < np.abs(offsets[100:140]).max() < 0.02
    assert not api.keep_sculpt(head)
    zeros = dict.fromkeys(("global_rotation", "neck", "jaw", "left_eye", "right_eye", "translation"), (0, 0, 0))
    api.set_params(head, shape=(), expression=(), **zeros)
    np.testing.assert_allclose(shown(head), api.model(head).v_template + offsets, atol=CLOSE)
    api.set_params(head, offsets=None)
    np.testing.assert_allclose(shown(head), api.model(head).v_template, atol=CLOSE)


def test_sculpting_then_a_slider_in_one_go_loses_nothing(head):
    sculpted = mesh.read_positions(head.data)
    sculpted[50] += (0.0, 0.0, 0.01)
    head.data.attributes["position"].data.foreach_set("vector", sculpted.ravel())
    api.set_params(head, expression=[0.5])
    assert api.get_params(head).offsets[50, 1] == pytest.approx(0.01, abs=1e-5)


def test_offsets_survive_reload(head, tmp_path, rng):
    offsets = rng.normal(size=(len(head.data.vertices), 3)).astype(np.float32) * 1e-3
    api.set_params(head, offsets=offsets, jaw=(0.1, 0, 0))
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "head.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "head.blend"))
    head = next(obj for obj in bpy.data.objects if api.is_head(obj))
    np.testing.assert_array_equal(api.get_params(head).offsets, offsets)
    np.testing.assert_allclose(shown(head), api.evaluate(head), atol=CLOSE)


def test_a_users_shape_key_keeps_its_effect(head):
    activate(head)
    bpy.ops.object.shape_key_add()
    bpy.ops.object.shape_key_add()
    key = head.data.shape_keys.key_blocks[1]
    key.value = 1.0
    key.data[7].co.z += 0.02
    api.set_params(head, jaw=(0.3, 0, 0), expression=[0.4])
    wanted = api.evaluate(head)
    wanted[7, 1] += 0.02
    np.testing.assert_allclose(shown(head), wanted, atol=CLOSE)
    key.value = 0.0
    bpy.context.view_layer.update()
    np.testing.assert_allclose(shown(head), api.evaluate(head), atol=CLOSE)


def test_another_handler_that_moves_the_head(head):
    def other(scene, _depsgraph):
        head.location.x = scene.frame_current

    api.keyframe(head, 1)
    api.set_params(head, jaw=(0.3, 0, 0))
    api.keyframe(head, 11)
    bpy.app.handlers.frame_change_post.append(other)
    try:
        bpy.context.scene.frame_set(6)
        np.testing.assert_allclose(shown(head), api.evaluate(head), atol=CLOSE)
        assert head.location.x == 6
    finally:
        bpy.app.handlers.frame_change_post.remove(other)


def test_disabling_and_enabling_the_add_on(head, rng):
    api.set_params(head, **random_fields(head, rng))
    before, params = shown(head), api.get_params(head)
    flame_blender.unregister()
    try:
        assert not hasattr(head, "flame")
        bpy.context.scene.frame_set(3)
    finally:
        flame_blender.register()
    np.testing.assert_array_equal(api.get_params(head).expression, params.expression)
    np.testing.assert_allclose(shown(head), before, atol=CLOSE)
    api.set_params(head, jaw=(0.3, 0, 0))
    np.testing.assert_allclose(shown(head), api.evaluate(head), atol=CLOSE)


def test_model_file_missing_keeps_the_shape_and_comes_back(flame_file, rng, tmp_path):
    head = api.add_head(flame_file)
    api.set_params(head, **random_fields(head, rng))
    name, before = head.name, shown(head)
    path = str(tmp_path / "head.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    models.remove(head.flame.model_name)
    models.forget()
    bpy.ops.wm.open_mainfile(filepath=path)
    head = bpy.data.objects[name]
    head.flame.jaw = (0.4, 0, 0)
    bpy.context.view_layer.update()
    np.testing.assert_allclose(shown(head), before, atol=CLOSE)
    assert "not installed" in live.trouble(head)
    with pytest.raises(api.ParameterError, match="not installed"):
        api.evaluate(head)
    activate(head)
    assert bpy.ops.flame.locate_model(filepath=str(flame_file)) == {"FINISHED"}
    np.testing.assert_allclose(shown(head), api.evaluate(head), atol=CLOSE)
    assert not np.allclose(shown(head), before, atol=1e-3)
