"""Setting, getting and keying through the API."""

from __future__ import annotations

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.head.properties import value_path
from tests.blender.conftest import expression_of, random_fields

FIELDS = ("shape", "expression", "global_rotation", "neck", "jaw", "left_eye", "right_eye", "translation")


def curves_of(obj: bpy.types.Object) -> list:
    action = obj.animation_data.action
    if hasattr(action, "fcurves"):
        return list(action.fcurves)
    return list(action.layers[0].strips[0].channelbag(obj.animation_data.action_slot).fcurves)


def test_what_is_set_is_got(head, rng):
    fields = random_fields(head, rng)
    api.set_params(head, **fields)
    params = api.get_params(head)
    for name in FIELDS:
        np.testing.assert_allclose(getattr(params, name), fields[name], rtol=1e-6)
    other = api.add_head(head.flame.model_name)
    api.set_params(other, params)
    np.testing.assert_array_equal(api.evaluate(other), api.evaluate(head))


def test_short_vectors_zero_the_rest_and_omitted_fields_stay(head, rng):
    api.set_params(head, **random_fields(head, rng))
    jaw = api.get_params(head).jaw
    api.set_params(head, expression=[1.0, 2.0])
    params = api.get_params(head)
    assert params.expression[:2].tolist() == [1.0, 2.0] and not params.expression[2:].any()
    assert params.shape.any()
    np.testing.assert_array_equal(params.jaw, jaw)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"expression": np.zeros(101)}, "at most (47|100)"),
        ({"jaw": (1, 2)}, "jaw"),
        ({"jaw": np.zeros((4, 3))}, "one frame"),
        ({"neck": (0, np.nan, 0)}, "finite"),
        ({"shape": ["a"]}, "numbers"),
        ({"offsets": np.zeros((7, 3))}, "offsets"),
    ],
)
def test_wrong_values_are_named_and_nothing_is_written(head, rng, fields, says):
    api.set_params(head, **random_fields(head, rng))
    before = api.evaluate(head)
    with pytest.raises(api.ParameterError, match=says):
        api.set_params(head, global_rotation=(1, 0, 0), **fields)
    np.testing.assert_array_equal(api.evaluate(head), before)


def test_not_a_head():
    cube = bpy.data.objects.new("cube", bpy.data.meshes.new("cube"))
    for call in (api.get_params, api.evaluate, api.landmarks, api.set_params):
        with pytest.raises(api.ParameterError, match="'cube'"):
            call(cube)
    assert not api.is_head(cube) and not api.is_head(None)


def test_keyframe_keys_all_but_the_identity(head):
    model = api.model(head)
    n_controls = 0 if model.controls is None else len(model.controls.names)
    assert api.keyframe(head, 1) == model.n_expression + n_controls + 18
    paths = {curve.data_path for curve in curves_of(head)}
    assert value_path(head.flame, "expression", model.n_expression - 1) in paths and "flame.jaw" in paths
    assert not any("shape" in path for path in paths)
    assert api.keyframe(head, 1, groups=("identity",)) == model.n_identity
    assert api.keyframe(head, 2, groups=("jaw",)) == 3
    with pytest.raises(api.ParameterError, match="'mouth'"):
        api.keyframe(head, 1, groups=("mouth",))


def test_a_key_from_the_slider_reads_in_the_graph_editor(head):
    item = expression_of(head)[4]
    assert item.keyframe_insert("value", frame=3)
    curve = curves_of(head)[0]
    assert curve.data_path == value_path(head.flame, "expression", 4)
    assert (
        item.name == api.model(head).directions[api.model(head).n_identity + 4].name
    )  # what the Graph Editor shows beside the property's name


def test_world_space_is_where_blender_shows_the_head(head, rng):
    api.set_params(head, **random_fields(head, rng))
    head.location, head.rotation_euler, head.scale = (1, 2, 3), (0.4, 0.5, 0.6), (1, 2, 3)
    bpy.context.view_layer.update()
    evaluated = head.evaluated_get(bpy.context.evaluated_depsgraph_get())
    wanted = [evaluated.matrix_world @ vertex.co for vertex in evaluated.data.vertices]
    np.testing.assert_allclose(api.evaluate(head, space="world"), np.array(wanted), atol=1e-5)
    with pytest.raises(api.ParameterError, match="'camera'"):
        api.evaluate(head, space="camera")


def test_a_seed_gives_the_same_head_again_within_the_soft_range(head):
    with pytest.raises(api.ParameterError, match="seed must be a whole number, 0 or above, found -1"):
        api.randomise(head, seed=-1)
    api.randomise(head, seed=4, strength=1.5, groups=("identity", "expression"))
    first = api.get_params(head)
    api.randomise(head, seed=5, strength=1.5, groups=("identity", "expression"))
    assert not np.array_equal(api.get_params(head).shape, first.shape)
    api.randomise(head, seed=4, strength=1.5, groups=("identity", "expression"))
    again = api.get_params(head)
    np.testing.assert_array_equal(again.shape, first.shape)
    np.testing.assert_array_equal(again.expression, first.expression)
    assert np.abs(first.shape).max() <= 3.0 and 1.0 < first.shape.std() < 2.0
