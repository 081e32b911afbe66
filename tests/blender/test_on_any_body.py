"""A head on a body that is none of SMPL-X's: placed by eye or by landmarks, its rim on the body's skin."""

from __future__ import annotations

import bpy
import mathutils
import numpy as np
import pytest

from flame_blender import api
from flame_blender.errors import LandmarkError, ParameterError
from tests.blender.test_on_body import CLOSE, rim_of, world_of


def test_any_other_body_by_eye(head):
    """A tube with a ball on it, which a bone carries: the rim sits on its skin, what is above the neck is hidden."""
    skin, armature = tube_with_a_ball()
    head.location = (0.0, 0.0, 0.02)
    bpy.context.view_layer.update()
    stood = np.array(head.matrix_world)
    done = api.put_on_body(head, skin, blend=0.05)
    assert done.place == "EYE" and done.carried_by == "bone Head" and done.off is None and done.hidden > 20
    assert np.abs(np.array(head.matrix_world) - stood).max() < CLOSE
    for turns in ((0, 0, 0), (0.3, 0.2, 0.4)):
        armature.pose.bones["Head"].rotation_mode = "XYZ"
        armature.pose.bones["Head"].rotation_euler = turns
        bpy.context.view_layer.update()
        found = skin.evaluated_get(bpy.context.evaluated_depsgraph_get())
        shown = world_of(head)
        for vertex in rim_of(head):
            hit, place, *_ = found.closest_point_on_mesh(
                found.matrix_world.inverted() @ mathutils.Vector(shown[vertex])
            )
            assert hit and (found.matrix_world @ place - mathutils.Vector(shown[vertex])).length < 1e-5


def test_any_other_body_by_landmarks(head, rng):
    skin, _ = tube_with_a_ball()
    turn = np.array(mathutils.Euler((0.1, 0.2, 0.3)).to_matrix())
    wanted = 1.2 * api.landmarks(head, space="world") @ turn.T + (0.01, 0.02, 0.03)
    done = api.put_on_body(head, skin, place="LANDMARKS", landmarks=wanted)
    assert done.off == pytest.approx(0.0, abs=1e-6)
    assert np.abs(np.array(head.matrix_world)[:3, :3] - 1.2 * turn).max() < 1e-4
    with pytest.raises(LandmarkError, match="pick three or more"):
        api.put_on_body(head, skin, place="LANDMARKS")
    assert not api.is_on_body(head)


def tube_with_a_ball() -> tuple[bpy.types.Object, bpy.types.Object]:
    """An upright tube of 7 cm with a ball above, about where the built-in head's neck is; one bone for the ball."""
    rings = [(0.12, -1.0 + 0.02 * step) for step in range(42)]
    rings += [(0.1 + 0.02 * np.sin(step / 20 * np.pi), -0.16 + 0.015 * step) for step in range(20)]
    angles = np.arange(32) / 32 * 2 * np.pi
    points = [(r * np.cos(a), 0.03 + r * np.sin(a), z) for r, z in rings for a in angles]
    faces = [
        (32 * k + i, 32 * k + (i + 1) % 32, 32 * k + 32 + (i + 1) % 32, 32 * k + 32 + i)
        for k in range(len(rings) - 1)
        for i in range(32)
    ]
    data = bpy.data.meshes.new("Tube")
    data.from_pydata(points, [], faces)
    skin = bpy.data.objects.new("Tube", data)
    bpy.context.collection.objects.link(skin)
    bones = bpy.data.armatures.new("Bones")
    armature = bpy.data.objects.new("Bones", bones)
    bpy.context.collection.objects.link(armature)
    bpy.context.view_layer.objects.active = armature
    bpy.ops.object.mode_set(mode="EDIT")
    bone = bones.edit_bones.new("Head")
    bone.head, bone.tail = (0, 0.03, -0.1), (0, 0.03, 0.1)
    bpy.ops.object.mode_set(mode="OBJECT")
    group = skin.vertex_groups.new(name="Head")
    for index, point in enumerate(points):
        group.add([index], float(np.clip((point[2] + 0.25) / 0.15, 0, 1)), "REPLACE")
    rest = skin.vertex_groups.new(name="Rest")
    rest.add(list(range(len(points))), 0.0, "REPLACE")
    skin.modifiers.new("Armature", "ARMATURE").object = armature
    bpy.context.view_layer.update()
    return skin, armature


def test_the_built_in_head_is_no_flame_head(built_in_head):
    with pytest.raises(ParameterError, match="by landmarks or by eye"):
        api.put_on_body(built_in_head, tube_with_a_ball()[0], place="VERTICES")
