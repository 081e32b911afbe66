"""Setting, getting and keying through the API."""

from __future__ import annotations

import bpy
import numpy as np
import pytest
from conftest import random_fields

from flame_blender import api

FIELDS = ("shape", "expression", "global_rotation", "neck", "jaw", "left_eye", "right_eye", "translation")


def curves_of(obj: bpy.types.Object) -> list:
    action = obj.animation_data.action
    if hasattr(action, "fcurves"):
        return list(action.fcurves)
    return list(action.layers[0].strips[0].channelbag(obj.animation_data.action_slot).fcurves)


def test_what_is_set_is_got(flame_head, rng):
    fields = random_fields(flame_head, rng)
    api.set_params(flame_head, **fields)
    params = api.get_params(flame_head)
    for name in FIELDS:
        np.testing.assert_allclose(getattr(params, name), fields[name], rtol=1e-6)
    other = api.add_head(flame_head.flame.model_name)
    api.set_params(other, params)
    np.testing.assert_array_equal(api.evaluate(other), api.evaluate(flame_head))


def test_short_vectors_zero_the_rest_and_omitted_fields_stay(flame_head, rng):
    api.set_params(flame_head, **random_fields(flame_head, rng))
    jaw = api.get_params(flame_head).jaw
    api.set_params(flame_head, expression=[1.0, 2.0])
    params = api.get_params(flame_head)
    assert params.expression[:2].tolist() == [1.0, 2.0] and not params.expression[2:].any()
    assert params.shape.any()
    np.testing.assert_array_equal(params.jaw, jaw)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"expression": np.zeros(101)}, "at most 100"),
        ({"jaw": (1, 2)}, "jaw"),
        ({"jaw": np.zeros((4, 3))}, "one frame"),
        ({"neck": (0, np.nan, 0)}, "finite"),
        ({"shape": ["a"]}, "numbers"),
        ({"offsets": np.zeros((7, 3))}, "offsets"),
    ],
)
def test_wrong_values_are_named_and_nothing_is_written(flame_head, rng, fields, says):
    api.set_params(flame_head, **random_fields(flame_head, rng))
    before = api.evaluate(flame_head)
    with pytest.raises(api.ParameterError, match=says):
        api.set_params(flame_head, global_rotation=(1, 0, 0), **fields)
    np.testing.assert_array_equal(api.evaluate(flame_head), before)


def test_not_a_head():
    cube = bpy.data.objects.new("cube", bpy.data.meshes.new("cube"))
    for call in (api.get_params, api.evaluate, api.landmarks, api.set_params):
        with pytest.raises(api.ParameterError, match="'cube'"):
            call(cube)
    assert not api.is_head(cube) and not api.is_head(None)


def test_keyframe_keys_all_but_the_identity(flame_head):
    assert api.keyframe(flame_head, 1) == 100 + 18
    paths = {curve.data_path for curve in curves_of(flame_head)}
    assert "flame.expression[99].value" in paths and "flame.jaw" in paths
    assert not any("shape" in path for path in paths)
    assert api.keyframe(flame_head, 1, groups=("identity",)) == 300
    assert api.keyframe(flame_head, 2, groups=("jaw",)) == 3
    with pytest.raises(api.ParameterError, match="'mouth'"):
        api.keyframe(flame_head, 1, groups=("mouth",))


def test_a_key_from_the_slider_reads_in_the_graph_editor(flame_head):
    item = flame_head.flame.expression[4]
    assert item.keyframe_insert("value", frame=3)
    curve = curves_of(flame_head)[0]
    assert curve.data_path == "flame.expression[4].value"
    assert item.name == "Expression 5"  # what the Graph Editor shows beside the property's name


def test_world_space_is_where_blender_shows_the_head(flame_head, rng):
    api.set_params(flame_head, **random_fields(flame_head, rng))
    flame_head.location, flame_head.rotation_euler, flame_head.scale = (1, 2, 3), (0.4, 0.5, 0.6), (1, 2, 3)
    bpy.context.view_layer.update()
    evaluated = flame_head.evaluated_get(bpy.context.evaluated_depsgraph_get())
    wanted = [evaluated.matrix_world @ vertex.co for vertex in evaluated.data.vertices]
    np.testing.assert_allclose(api.evaluate(flame_head, space="world"), np.array(wanted), atol=1e-5)
    with pytest.raises(api.ParameterError, match="'camera'"):
        api.evaluate(flame_head, space="camera")


def test_a_seed_gives_the_same_head_again_within_the_soft_range(flame_head):
    api.randomise(flame_head, seed=4, strength=1.5, groups=("identity", "expression"))
    first = api.get_params(flame_head)
    api.randomise(flame_head, seed=5, strength=1.5, groups=("identity", "expression"))
    assert not np.array_equal(api.get_params(flame_head).shape, first.shape)
    api.randomise(flame_head, seed=4, strength=1.5, groups=("identity", "expression"))
    again = api.get_params(flame_head)
    np.testing.assert_array_equal(again.shape, first.shape)
    np.testing.assert_array_equal(again.expression, first.expression)
    assert np.abs(first.shape).max() <= 3.0 and 1.0 < first.shape.std() < 2.0
