"""A native rig moves as the layer does: transferred, posed freely, without the add-on and without Python drivers."""

from __future__ import annotations

import subprocess
import sys

import bpy
import numpy as np
import pytest
from mathutils import Euler, Matrix

from flame_blender import api
from flame_blender.bake.rig_armature import FIELDS, TRANSLATION
from flame_blender.errors import FlameError
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.params import FlameParams
from flame_blender.geometry.axes import TO_BLENDER
from flame_blender.geometry.rotations import matrix_from_axis_angle, quaternion_from_matrix
from tests.blender.conftest import expression_of, shown

LIMITS = {"global_rotation": 60, "neck": 30, "jaw": 25, "left_eye": 20, "right_eye": 20}  # degrees, on each axis


def random_sets(head, rng, count):
    """Random parameters without identity: expression within 2, joints on all three axes."""
    fields = {name: np.radians(limit) * rng.uniform(-1, 1, (count, 3)) for name, limit in LIMITS.items()}
    fields["jaw"][:, 0] = np.abs(fields["jaw"][:, 0])
    expression = rng.uniform(-2, 2, (count, len(expression_of(head))))
    return FlameParams(expression=expression, translation=rng.normal(0, 0.1, (count, 3)), **fields)


def of_frame(params, frame, shape):
    fields = {name: getattr(params, name)[frame] for name in ("expression", "translation", *LIMITS)}
    return FlameParams(shape=shape, **fields)


def pose_freely(rig, head, params, rng):
    """As an animator would: sliders and bones; quaternions of any length."""
    keys = rig.skin.data.shape_keys.key_blocks
    for item, value in zip(expression_of(head), params.expression, strict=True):
        keys[item.name].value = value
    for joint, field in FIELDS.items():
        turned = TO_BLENDER @ matrix_from_axis_angle(getattr(params, field)) @ TO_BLENDER.T
        rig.armature.pose.bones[joint].rotation_quaternion = quaternion_from_matrix(turned) * rng.uniform(0.3, 3)
    rig.armature.pose.bones[TRANSLATION].location = TO_BLENDER @ params.translation
    bpy.context.view_layer.update()


@pytest.fixture
def person(head, rng):
    api.set_params(head, shape=rng.normal(size=len(head.flame.shape)))
    return head


@pytest.mark.every_version
def test_transferred_animation_is_the_layers(person, rng):
    """50 random sets keyed on the head, one a frame."""
    params = random_sets(person, rng, 50)
    shape = api.get_params(person).shape
    for frame in range(50):
        api.set_params(person, of_frame(params, frame, shape))
        api.keyframe(person, frame + 1)
    rig = api.make_rig(person, frames=(1, 50))
    evaluator = FlameEvaluator(api.model(person))
    for frame in range(50):
        bpy.context.scene.frame_set(frame + 1)
        assert np.abs(shown(rig.skin) - evaluator.vertices(of_frame(params, frame, shape))).max() < 1e-5


def test_posed_freely_it_is_the_layers(person, rng):
    """50 random sets by sliders and bones."""
    rig = api.make_rig(person, animated=False)
    evaluator, params = FlameEvaluator(api.model(person)), random_sets(person, rng, 50)
    shape = api.get_params(person).shape
    for frame in range(50):
        now = of_frame(params, frame, shape)
        pose_freely(rig, person, now, rng)
        assert np.abs(shown(rig.skin) - evaluator.vertices(now)).max() < 1e-4


def test_drivers_are_blenders_own(person):
    """None runs Python, so auto-run does not matter."""
    rig = api.make_rig(person, animated=False)
    drivers = [curve.driver for part in (rig.skin, rig.helper) for curve in part.data.shape_keys.animation_data.drivers]
    assert len(drivers) == 36 + len(expression_of(person))
    assert all(driver.type == "SUM" or driver.is_simple_expression for driver in drivers)


def test_the_built_in_head_makes_one_too(head, rng):
    rig = api.make_rig(head, animated=False)
    params = FlameParams(
        expression=rng.uniform(0, 1, len(expression_of(head))), jaw=(0.3, 0.05, 0), neck=(0.2, 0.4, -0.1)
    )
    pose_freely(rig, head, params, rng)
    assert np.abs(shown(rig.skin) - FlameEvaluator(api.model(head)).vertices(params)).max() < 1e-5
    assert [slot.material for slot in rig.skin.material_slots] == [slot.material for slot in head.material_slots]


def test_it_stands_and_moves_where_the_head_does(person):
    """Under the same parent, turned, larger, with a keyed location."""
    parent = bpy.data.objects.new("parent", None)
    bpy.context.collection.objects.link(parent)
    parent.matrix_world = Matrix.LocRotScale((1, 2, 3), Euler((0.4, 0, 1)), (1, 1, 1))
    person.parent = parent
    person.rotation_euler, person.scale = (0.1, 0.2, 0.3), (2, 2, 2)
    for frame in (1, 5):
        person.location = (frame, 0, 1)
        person.keyframe_insert("location", frame=frame)
    rig = api.make_rig(person, frames=(1, 5))
    for frame in (1, 2, 5):
        bpy.context.scene.frame_set(frame)
        assert np.abs(np.array(rig.skin.matrix_world) - np.array(person.matrix_world)).max() < 1e-5


def test_fewer_directions_make_fewer_keys_and_say_so(person):
    api.set_params(person, expression=np.ones(20))
    rig = api.make_rig(person, n_expression=10, animated=False)
    assert len(rig.skin.data.shape_keys.key_blocks) == 1 + 10 + 36
    assert "first 10" in rig.notes[0]
    too_many = api.model(person).n_expression + 1
    with pytest.raises(FlameError, match=f"found {too_many}"):
        api.make_rig(person, n_expression=too_many)


def test_no_value_is_clamped(person):
    api.set_params(person, expression=[7.5, -9.0])
    rig = api.make_rig(person, animated=False)
    evaluator = FlameEvaluator(api.model(person))
    assert np.abs(shown(rig.skin) - evaluator.vertices(api.get_params(person))).max() < 1e-5
    api.set_params(person, expression=[11.0])
    objects = len(bpy.data.objects)
    with pytest.raises(FlameError, match="found 11"):
        api.make_rig(person, animated=False)
    assert len(bpy.data.objects) == objects


def test_an_animated_identity_is_refused(person):
    api.keyframe(person, 1, "identity")
    api.set_params(person, shape=[2.0])
    api.keyframe(person, 10, "identity")
    with pytest.raises(FlameError, match="one identity"):
        api.make_rig(person, frames=(1, 10))


WITHOUT = """
import sys, bpy, numpy as np
assert "flame_blender" not in sys.modules
bpy.context.preferences.filepaths.use_scripts_auto_execute = False
bpy.ops.wm.open_mainfile(filepath=sys.argv[1])
assert not hasattr(bpy.types.Object, "flame")
expected = np.load(sys.argv[2])
skin = next(obj for obj in bpy.data.objects if obj.name.endswith("Skin"))
worst = 0.0
for frame, vertices in zip((1, 4, 8), expected):
    bpy.context.scene.frame_set(frame)
    mesh = skin.evaluated_get(bpy.context.evaluated_depsgraph_get()).data
    found = np.empty((len(mesh.vertices), 3), np.float32)
    mesh.vertices.foreach_get("co", found.ravel())
    worst = max(worst, np.abs(found - vertices).max())
print("worst", worst)
sys.stdout.flush()
import os
os._exit(0 if worst < 1e-6 else 3)
"""


@pytest.mark.skipif(not hasattr(bpy.app, "binary_path") or bpy.app.binary_path != "", reason="only from a bpy wheel")
def test_without_the_add_on_it_plays_the_same(person, rng, tmp_path):
    """Another process opens the file: no add-on, scripts not allowed to run."""
    params, shape = random_sets(person, rng, 8), api.get_params(person).shape
    for frame in range(8):
        api.set_params(person, of_frame(params, frame, shape))
        api.keyframe(person, frame + 1)
    rig = api.make_rig(person, frames=(1, 8))
    expected = []
    for frame in (1, 4, 8):
        bpy.context.scene.frame_set(frame)
        mesh = rig.skin.evaluated_get(bpy.context.evaluated_depsgraph_get()).data
        expected.append(np.empty((len(mesh.vertices), 3), np.float32))
        mesh.vertices.foreach_get("co", expected[-1].ravel())
    np.save(tmp_path / "expected.npy", expected)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "rig.blend"))
    (tmp_path / "open.py").write_text(WITHOUT)
    files = [str(tmp_path / name) for name in ("open.py", "rig.blend", "expected.npy")]
    done = subprocess.run([sys.executable, *files], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_operator_makes_one(person):
    bpy.context.view_layer.objects.active = person
    assert bpy.ops.flame.make_rig(animated=False) == {"FINISHED"}
    assert bpy.context.view_layer.objects.active.type == "ARMATURE" and person.hide_get()
