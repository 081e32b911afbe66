"""An imported clip's head motion in the root, the object, the camera or the neck: the head in the world is the same."""

from __future__ import annotations

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.params import FlameParams
from flame_blender.geometry.axes import to_blender
from flame_blender.geometry.camera import Camera
from flame_blender.geometry.rotations import matrix_from_axis_angle
from flame_blender.sequences import head_motion
from flame_blender.sequences.project_npz import save_sequence
from flame_blender.sequences.sequence import FlameSequence
from tests.blender.conftest import expression_of, shown

FRAMES = 12
SHOWN = (0, 5, 11)


@pytest.fixture
def clip(head):
    """All joints, identity per frame, a camera that moves."""
    rng = np.random.default_rng(5)
    fields = {name: rng.normal(0, 0.3, (FRAMES, 3)) for name in ("global_rotation", "neck", "jaw", "left_eye")}
    return FlameSequence(
        FlameParams(
            shape=rng.normal(0, 0.5, (FRAMES, len(head.flame.shape))),
            expression=rng.uniform(0, 0.5, (FRAMES, len(expression_of(head)))),
            translation=rng.normal(0, 0.1, (FRAMES, 3)),
            **fields,
        ),
        fps=25.0,
        source="test",
        camera=Camera(
            intrinsics=np.array([1500.0, 1500, 320, 240]),
            width=640,
            height=480,
            rotation=matrix_from_axis_angle(rng.normal(0, 0.1, (FRAMES, 3)) + np.array([np.pi, 0, 0])),
            translation=rng.normal(0, 0.05, (FRAMES, 3)) + np.array([0, 0, 1.5]),
        ),
    )


@pytest.fixture
def still_camera(clip, tmp_path):
    """The clip's file, its camera that of the first frame."""
    camera = Camera(clip.camera.intrinsics, 640, 480, clip.camera.rotation[0], clip.camera.translation[0])
    return saved(clip, camera, tmp_path / "still.npz")


def saved(clip, camera, path):
    save_sequence(FlameSequence(clip.params, clip.fps, clip.source, camera), path)
    return path


def world(obj):
    """(frames, V, 3) float64: the evaluated vertices in the world, Blender's axes."""
    found = []
    for frame in SHOWN:
        bpy.context.scene.frame_set(1 + frame)
        matrix = np.array(obj.evaluated_get(bpy.context.evaluated_depsgraph_get()).matrix_world, np.float64)
        found.append(to_blender(shown(obj)).astype(np.float64) @ matrix[:3, :3].T + matrix[:3, 3])
    return np.stack(found)


def seen():
    """World matrices of the scene's camera at the frames."""
    matrices = []
    for frame in SHOWN:
        bpy.context.scene.frame_set(1 + frame)
        matrices.append(np.array(bpy.context.scene.camera.matrix_world))
    return np.stack(matrices)


def place(obj, scale=0.7):
    parent = bpy.data.objects.new("parent", None)
    bpy.context.collection.objects.link(parent)
    parent.location, parent.rotation_euler = (0.2, 0.1, -0.3), (0.3, -0.2, 0.5)
    obj.parent = parent
    obj.location, obj.rotation_euler, obj.scale = (0.4, -0.2, 0.1), (0.1, 0.6, -0.4), (scale, scale, scale)
    obj.delta_location, obj.delta_rotation_euler = (0.05, 0, 0.02), (0, 0.3, 0)
    bpy.context.view_layer.update()


@pytest.mark.parametrize("placed", [False, True])
def test_root_and_object_show_the_same(head, still_camera, placed):
    if placed:
        place(head)
    api.import_animation(still_camera, head, head_motion="ROOT")
    expected, camera = world(head), seen()
    api.import_animation(still_camera, head, head_motion="OBJECT")
    assert np.abs(world(head) - expected).max() < 1e-5
    assert np.abs(seen() - camera).max() < 1e-5
    assert not any(head.flame.global_rotation) and not any(head.flame.translation)
    api.import_animation(still_camera, head, head_motion="OBJECT")  # once more, with the object under way
    assert np.abs(world(head) - expected).max() < 1e-5
    api.import_animation(still_camera, head, head_motion="FILE")
    assert np.abs(world(head) - expected).max() < 1e-5
    assert head.rotation_mode == "XYZ"


def test_applied_transforms_change_neither_motion_nor_camera(head, still_camera):
    """Against the same head with the transforms on its object, for the motion in the root and in the object."""
    other = api.add_head(head.flame.model_name, name="Reference")
    for each in (head, other):
        each.location, each.rotation_euler, each.scale = (0.4, -0.2, 0.1), (0.1, 0.6, -0.4), (0.7, 0.7, 0.7)
        each.select_set(each == head)
    bpy.context.view_layer.objects.active = head
    bpy.context.view_layer.update()
    bpy.ops.object.transform_apply()
    bpy.context.view_layer.update()
    head.location, head.rotation_euler = (0.1, 0.3, 0), (0, 0.2, 0.5)
    other.matrix_world = head.matrix_basis @ other.matrix_world
    bpy.context.view_layer.update()
    for choice in ("ROOT", "OBJECT"):
        api.import_animation(still_camera, other, head_motion=choice)
        expected, camera = world(other), seen()
        api.import_animation(still_camera, head, head_motion=choice)
        assert np.abs(world(head) - expected).max() < 1e-5
        assert np.abs(seen() - camera).max() < 1e-5


def test_a_camera_sees_no_mirrored_head(head, still_camera):
    head.scale.x = -1
    head.select_set(True)
    bpy.context.view_layer.objects.active = head
    bpy.context.view_layer.update()
    bpy.ops.object.transform_apply()
    bpy.context.view_layer.update()
    imported = api.import_animation(still_camera, head)
    assert any("mirrored" in warning for warning in imported.warnings)
    assert bpy.context.scene.camera is None


def test_sculpted_offsets_move_the_joint_too(head, still_camera, rng):
    api.set_params(head, offsets=rng.normal(0, 0.003, (len(head.data.vertices), 3)))
    api.import_animation(still_camera, head, head_motion="ROOT")
    expected = world(head)
    api.import_animation(still_camera, head, head_motion="OBJECT")
    assert np.abs(world(head) - expected).max() < 1e-5


def test_a_moving_camera_gives_its_motion_to_the_head(head, clip, tmp_path):
    path = saved(clip, clip.camera, tmp_path / "moving.npz")
    place(head)
    pictures = {}
    for choice in ("FILE", "ROOT", "OBJECT", "CAMERA"):
        api.import_animation(path, head, head_motion=choice)
        vertices, cameras = world(head), seen()
        pictures[choice] = (vertices - cameras[:, None, :3, 3]) @ cameras[:, :3, :3]
        assert np.abs(pictures[choice] - pictures["FILE"]).max() < 1e-5, choice
        assert (np.ptp(cameras, 0).max() > 0.01) == (choice in ("FILE", "CAMERA"))
    assert not any(head.flame.global_rotation)


def test_the_neck_takes_the_motion_and_what_is_left_is_told(head, still_camera, clip):
    imported = api.import_animation(still_camera, head, head_motion="NECK")
    assert any("Head motion is in the neck" in line and "mm off on average" in line for line in imported.summary())
    assert imported.clip.params.neck.ndim == 2 and not imported.clip.params.global_rotation.any()
    evaluator = FlameEvaluator(api.model(head))
    fitted, region = head_motion.root_to_neck(clip, evaluator), head_motion.face_region(evaluator.model)
    for frame in SHOWN:
        bpy.context.scene.frame_set(1 + frame)
        missing = (shown(head) - evaluator.vertices(clip.frame(frame)))[region]
        assert 1000 * np.sqrt((missing**2).sum(1).mean()) == pytest.approx(fitted.residual[frame], abs=1e-2)


def test_what_cannot_be_moved_is_refused_and_nothing_changes(head, still_camera, clip, tmp_path):
    without = saved(clip, None, tmp_path / "no_camera.npz")
    before, objects = shown(head), set(bpy.data.objects)
    with pytest.raises(api.SequenceError, match="must have a camera"):
        api.import_animation(without, head_motion="CAMERA")
    with pytest.raises(RuntimeError, match="must have a camera"):
        bpy.ops.flame.import_animation(filepath=str(without), head_motion="CAMERA")
    with pytest.raises(api.ParameterError, match="head_motion: expected one of"):
        api.import_animation(without, head, head_motion="FOOT")
    head.scale = (1, 1, 2)
    with pytest.raises(api.ParameterError, match="same scale along all axes"):
        api.import_animation(still_camera, head, head_motion="OBJECT")
    assert head.animation_data is None and set(bpy.data.objects) == objects
    assert np.array_equal(shown(head), before)


def test_the_operator_offers_it(head, still_camera):
    bpy.context.view_layer.objects.active = head
    assert bpy.ops.flame.import_animation(filepath=str(still_camera), head_motion="OBJECT") == {"FINISHED"}
    bpy.context.scene.frame_set(6)
    assert any(head.location) and not any(head.flame.translation)
