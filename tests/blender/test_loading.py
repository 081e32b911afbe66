"""After a file is loaded the mesh is what Blender shows the values to be: curves', drivers', linked heads'."""

from __future__ import annotations

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.flame.params import FlameParams
from flame_blender.head import effective, live, models, properties, sculpt
from flame_blender.keyframes.animation import curves_of
from tests.blender.conftest import expression_of, shown

CLOSE = 1e-6


def evaluated(obj) -> np.ndarray:
    """(V, 3): the layer's own vertices for the values that Blender evaluates."""
    now = obj.evaluated_get(bpy.context.evaluated_depsgraph_get()).flame
    values = properties.read_values(now)
    params = effective.params_of(obj.flame, values, sculpt.read_offsets(obj.data))
    return models.evaluator(obj.flame.fingerprint).vertices(params)


def keyed_and_moved_on(head) -> None:
    """Keys at frames 1 and 11, and values that no key has."""
    for frame, value in ((1, 0.0), (11, 0.3)):
        api.set_params(head, jaw=(value, 0, 0), global_rotation=(0, value, 0))
        expression_of(head)[2].value = value
        api.keyframe(head, frame)
    bpy.context.scene.frame_set(1)
    api.set_params(head, jaw=(0.5, 0, 0), global_rotation=(0, 1, 0))


def drive(head, path: str, target, source: str, index: int = -1) -> None:
    curve = head.driver_add(path, index)
    curve.driver.type = "SUM"
    variable = curve.driver.variables.new()
    variable.targets[0].id, variable.targets[0].data_path = target, source


def reloaded(tmp_path) -> None:
    path = str(tmp_path / "scene.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.open_mainfile(filepath=path)
    bpy.context.view_layer.update()


def test_a_value_that_was_not_keyed_is_the_curves_again(any_head, tmp_path):
    keyed_and_moved_on(any_head)
    reloaded(tmp_path)
    head = bpy.data.objects["FLAME Head"]
    assert tuple(head.flame.jaw) == (0, 0, 0)
    np.testing.assert_allclose(shown(head), evaluated(head), atol=CLOSE)
    bpy.context.scene.frame_set(7)
    np.testing.assert_allclose(shown(head), evaluated(head), atol=CLOSE)


def test_driven_heads_follow_what_drives_them(any_head, tmp_path):
    """By a keyed object, a bone, and another head, each moved on without a key."""
    keyed_and_moved_on(any_head)
    control = bpy.data.objects.new("control", None)
    bpy.context.collection.objects.link(control)
    for frame, value in ((1, 0.0), (11, 0.2)):
        control.location.x = value
        control.keyframe_insert("location", frame=frame)
    bpy.context.scene.frame_set(1)
    control.location.x = 0.4
    api.set_params(any_head, jaw=(0.5, 0, 0))
    names = []
    for name, source, path in (("By Object", control, "location[0]"), ("By Head", any_head, "flame.jaw[0]")):
        driven = api.add_head(any_head.flame.model_name, name=name)
        drive(driven, "flame.jaw", source, path, 0)
        drive(driven, properties.value_path(driven.flame, "expression", 1), source, path)
        names.append(name)
    again = api.add_head(any_head.flame.model_name, name="By a Driven Head")
    drive(again, "flame.neck", bpy.data.objects["By Head"], "flame.jaw[0]", 1)
    bpy.context.view_layer.update()
    assert abs(again.flame.neck[1] - 0.5) < 1e-6
    reloaded(tmp_path)
    for name in (*names, "By a Driven Head"):
        head = bpy.data.objects[name]
        assert abs(head.flame.jaw[0]) < 1e-6
        np.testing.assert_allclose(shown(head), evaluated(head), atol=CLOSE)


@pytest.mark.parametrize("override", [False, True])
def test_linked_heads_show_what_their_values_are(any_head, tmp_path, override):
    keyed_and_moved_on(any_head)
    library = str(tmp_path / "library.blend")
    bpy.ops.wm.save_as_mainfile(filepath=library)
    bpy.ops.wm.read_homefile(use_empty=True)
    with bpy.data.libraries.load(library, link=True) as (_there, wanted):
        wanted.objects = ["FLAME Head"]
    head = wanted.objects[0]
    bpy.context.collection.objects.link(head)
    if override:
        head = head.override_create(remap_local_usages=True)
        head.flame.neck[0] = 0.2
    bpy.context.view_layer.update()
    np.testing.assert_allclose(shown(head), evaluated(head), atol=CLOSE)
    reloaded(tmp_path)
    for head in [obj for obj in bpy.context.scene.objects if properties.head_of(obj) is not None]:
        np.testing.assert_allclose(shown(head), evaluated(head), atol=CLOSE)


def test_other_scenes_show_the_curves_at_their_own_frame(any_head, tmp_path):
    """Blender 4.2 itself shows the property of another frame when a scene is shown for the first time: curves tell."""
    keyed_and_moved_on(any_head)
    other = bpy.data.scenes.new("Other")
    other.collection.objects.link(any_head)
    other.frame_set(9)
    reloaded(tmp_path)
    for name, frame in (("Other", 9), ("Scene", 1), ("Other", 9)):
        bpy.context.window.scene = bpy.data.scenes[name]
        bpy.context.view_layer.update()
        head = bpy.data.objects["FLAME Head"]
        jaw = next(each for each in curves_of(head) if each.data_path == "flame.jaw" and each.array_index == 0)
        value = jaw.evaluate(frame)
        assert (value == 0) == (frame == 1)
        params = FlameParams(
            jaw=(value, 0, 0), global_rotation=(0, value, 0), expression=[0, 0, value], shape=api.get_params(head).shape
        )
        expected = models.evaluator(head.flame.fingerprint).vertices(params)
        np.testing.assert_allclose(shown(head), expected, atol=CLOSE)


def test_what_was_sculpted_before_saving_is_taken_from_the_pose_it_was_sculpted_in(any_head, rng, tmp_path):
    """Saved before the layer saw it, on a head whose values are others after loading; as on one that it saw at once."""
    keyed_and_moved_on(any_head)
    other = api.add_head(any_head.flame.model_name, name="Seen At Once")
    api.set_params(other, api.get_params(any_head))
    bumps = np.zeros((len(other.data.vertices), 3), np.float32)
    bumps[::9] = rng.normal(size=bumps[::9].shape) * 1e-3
    any_head.flame.live = False
    for head in (any_head, other):
        positions = np.empty_like(bumps)
        head.data.vertices.foreach_get("co", positions.ravel())
        head.data.vertices.foreach_set("co", (positions + bumps).ravel())
        head.data.update()
    bpy.context.view_layer.update()
    expected = api.get_params(other).offsets
    assert np.abs(expected).max() > 1e-3
    assert api.get_params(any_head).offsets is None
    reloaded(tmp_path)
    head = bpy.data.objects["FLAME Head"]
    head.flame.live = True
    bpy.context.view_layer.update()
    np.testing.assert_allclose(api.get_params(head).offsets, expected, atol=CLOSE)
    np.testing.assert_allclose(shown(head), evaluated(head), atol=CLOSE)
    assert live.trouble(head) is None
