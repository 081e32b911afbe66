"""The mesh shows the parameters, whichever way they change."""

from __future__ import annotations

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.head import live, mesh
from flame_blender.head.properties import value_path
from tests.blender.conftest import expression_of, random_fields, shown

CLOSE = 1e-6


def expected(head: bpy.types.Object) -> np.ndarray:
    """The layer's own vertices for the values that the head has now."""
    return api.evaluate(head)


@pytest.mark.every_version
def test_set_params_writes_the_layers_vertices(head, rng):
    for _ in range(5):
        api.set_params(head, **random_fields(head, rng))
        np.testing.assert_allclose(shown(head), expected(head), atol=CLOSE)
    assert np.abs(shown(head) - api.model(head).v_template).max() > 0.01


def test_a_single_slider_moves_the_mesh_after_an_update(head):
    before = shown(head)
    expression_of(head)[0].value = 0.7
    bpy.context.view_layer.update()
    assert np.abs(shown(head) - before).max() > 1e-4
    np.testing.assert_allclose(shown(head), expected(head), atol=CLOSE)
    head.flame.jaw[0] = 0.3
    bpy.context.view_layer.update()
    np.testing.assert_allclose(shown(head), expected(head), atol=CLOSE)


def test_the_values_saved_with_a_mesh_may_be_fewer_than_before_or_more():
    """As on a head of one FLAME file that is given the mesh of another's: as many vertices, other coefficients."""
    plain = bpy.data.meshes.new("of many heads")
    for count in (420, 148, 3000, 420):  # the fewer first: more would be written beyond the end, and end the process
        values = np.random.default_rng(count).normal(size=count).astype(np.float32)
        mesh.keep_values(plain, values)
        assert np.array_equal(mesh.values_written_with(plain), values)


def test_normals_follow(head):
    api.set_params(head, global_rotation=(0, np.pi / 2, 0))
    evaluated = head.evaluated_get(bpy.context.evaluated_depsgraph_get()).data
    turned = np.array([vertex.normal for vertex in evaluated.vertices])
    evaluated.update()
    again = np.array([vertex.normal for vertex in evaluated.vertices])
    np.testing.assert_allclose(turned, again, atol=1e-6)
    front = np.argmax(api.model(head).v_template[:, 2])
    assert turned[front, 0] > 0.5  # the tip of the nose now looks along +X


def test_bounds_and_ray_casts_follow(head):
    before = head.evaluated_get(bpy.context.evaluated_depsgraph_get())
    assert max(corner[0] for corner in before.bound_box) < 0.2
    api.set_params(head, translation=(2, 0, 0))
    graph = bpy.context.evaluated_depsgraph_get()
    positions = shown(head)
    box = np.array(head.evaluated_get(graph).bound_box)
    highest = positions[:, 0].max(), -positions[:, 2].min(), positions[:, 1].max()
    np.testing.assert_allclose(box.max(0), highest, atol=1e-5)
    assert bpy.context.scene.ray_cast(graph, (2, -1, 0), (0, 1, 0))[0]
    assert not bpy.context.scene.ray_cast(graph, (0, -1, 0), (0, 1, 0))[0]


@pytest.mark.every_version
def test_animation_in_frame_set_sub_frames_included(head):
    for frame, value in ((1, 0.0), (11, 1.0)):
        api.set_params(head, expression=[value], jaw=(0.3 * value, 0, 0))
        api.keyframe(head, frame)
    scene = bpy.context.scene
    for frame, subframe in ((3, 0.0), (8, 0.0), (8, 0.5), (2, 0.25)):
        scene.frame_set(frame, subframe=subframe)
        assert 0.0 < expression_of(head)[0].value < 1.0
        np.testing.assert_allclose(shown(head), expected(head), atol=CLOSE)


def test_bulk_values_stay_after_a_frame_change(head):
    head.keyframe_insert("location", frame=1)
    api.set_params(head, expression=[0.5, 0.25])
    bpy.context.scene.frame_set(7)
    np.testing.assert_allclose(shown(head), expected(head), atol=CLOSE)
    assert np.abs(shown(head) - api.model(head).v_template).max() > 1e-4


def test_a_driver_is_followed_between_frames(head):
    empty = bpy.data.objects.new("control", None)
    bpy.context.collection.objects.link(empty)
    curve = head.driver_add("flame.jaw", 0)
    curve.driver.type = "SUM"
    target = curve.driver.variables.new().targets[0]
    target.id, target.data_path = empty, "location.x"
    empty.location.x = 0.35
    bpy.context.view_layer.update()
    np.testing.assert_allclose(shown(head), api_vertices(head, jaw=(0.35, 0, 0)), atol=CLOSE)


def test_a_bone_drives_a_coefficient(head):
    armature = bpy.data.objects.new("rig", bpy.data.armatures.new("rig"))
    bpy.context.collection.objects.link(armature)
    bpy.context.view_layer.objects.active = armature
    bpy.ops.object.mode_set(mode="EDIT")
    bone = armature.data.edit_bones.new("control")
    bone.tail = (0, 0, 1)
    bpy.ops.object.mode_set(mode="OBJECT")
    curve = head.driver_add(value_path(head.flame, "expression", 1))
    curve.driver.type = "SUM"
    variable = curve.driver.variables.new()
    variable.type = "TRANSFORMS"
    variable.targets[0].id, variable.targets[0].bone_target = armature, "control"
    variable.targets[0].transform_type, variable.targets[0].transform_space = "LOC_Y", "LOCAL_SPACE"
    armature.pose.bones["control"].location.y = 0.8
    bpy.context.view_layer.update()
    np.testing.assert_allclose(shown(head), api_vertices(head, expression=[0, 0.8]), atol=CLOSE)


def api_vertices(head: bpy.types.Object, **fields) -> np.ndarray:
    """Vertices of a second head with these parameters, undriven."""
    other = api.add_head(head.flame.model_name)
    api.set_params(other, **fields)
    return api.evaluate(other)


def test_nothing_is_evaluated_when_nothing_changes(head, monkeypatch):
    bpy.context.view_layer.update()
    api.keyframe(head, 1)
    bpy.context.scene.frame_set(2)
    monkeypatch.setattr(live, "_write", lambda *_: pytest.fail("evaluated without a change"))
    for frame in (3, 4):
        bpy.context.scene.frame_set(frame)
    head.location.x = 1.0
    bpy.context.view_layer.update()


def test_live_off_keeps_the_shape_and_on_catches_up(head):
    head.flame.live = False
    api.set_params(head, jaw=(0.3, 0, 0))
    np.testing.assert_allclose(shown(head), api.model(head).v_template, atol=CLOSE)
    assert "Live is off" in live.trouble(head)
    head.flame.live = True
    bpy.context.view_layer.update()
    np.testing.assert_allclose(shown(head), expected(head), atol=CLOSE)
    assert live.trouble(head) is None


def test_many_heads_have_their_own_state_and_share_the_model(flame_file, rng):
    heads = [api.add_head(flame_file) for _ in range(4)]
    for head in heads:
        api.set_params(head, **random_fields(head, rng))
    for head in heads:
        np.testing.assert_allclose(shown(head), expected(head), atol=CLOSE)
    assert len({id(api.model(head).basis) for head in heads}) == 1


def test_symmetric_eyes_turn_together_when_keyed_too(head):
    head.flame.symmetric_eyes = True
    for frame, angle in ((1, 0.0), (11, 0.4)):
        api.set_params(head, left_eye=(0, angle, 0))
        api.keyframe(head, frame, ("left_eye",))
    bpy.context.scene.frame_set(6)
    params = api.get_params(head)
    np.testing.assert_array_equal(params.right_eye, params.left_eye)
    assert 0.1 < params.left_eye[1] < 0.3
    np.testing.assert_allclose(shown(head), expected(head), atol=CLOSE)
