"""Clips of FLAME tools on a head in Blender: every frame is what the file says, evaluated by the layer."""

from __future__ import annotations

import dataclasses
import json
import pickle
import shutil

import bpy
import numpy as np
import pytest
from bpy_extras.object_utils import world_to_camera_view
from mathutils import Vector

from flame_blender import api
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.params import FlameParams
from flame_blender.geometry.camera import Camera
from flame_blender.geometry.rotations import matrix_from_axis_angle
from flame_blender.sequences.project_npz import save_sequence
from flame_blender.sequences.sequence import FlameSequence
from tests.blender.conftest import expression_of, shown


@pytest.fixture
def tracked(head):
    """A clip's fields under VHAP's keys, as many coefficients as the head has: rotations of all joints, moving."""
    generator = np.random.default_rng(7)
    n_identity, n_expression = len(head.flame.shape), len(expression_of(head))
    return {
        "shape": generator.normal(0, 0.5, n_identity).astype(np.float32),
        "expr": generator.uniform(0, 0.5, (12, n_expression)).astype(np.float32),
        "rotation": generator.normal(0, 0.4, (12, 3)).astype(np.float32),
        "neck_pose": generator.normal(0, 0.2, (12, 3)).astype(np.float32),
        "jaw_pose": generator.normal(0, 0.1, (12, 3)).astype(np.float32),
        "eyes_pose": generator.normal(0, 0.2, (12, 6)).astype(np.float32),
        "translation": generator.normal(0, 0.1, (12, 3)).astype(np.float32),
    }


@pytest.fixture
def file(tracked, tmp_path):
    path = tmp_path / "tracked_flame_params_30.npz"
    np.savez(path, **tracked)
    return path


def layer_vertices(head, tracked, frame):
    params = FlameParams(
        shape=tracked["shape"],
        expression=tracked["expr"][frame],
        global_rotation=tracked["rotation"][frame],
        neck=tracked["neck_pose"][frame],
        jaw=tracked["jaw_pose"][frame],
        left_eye=tracked["eyes_pose"][frame, :3],
        right_eye=tracked["eyes_pose"][frame, 3:],
        translation=tracked["translation"][frame],
    )
    return FlameEvaluator(api.model(head)).vertices(params)


def curves_of(obj):
    action = obj.animation_data.action
    if bpy.app.version < (4, 4):
        return list(action.fcurves)
    return list(action.layers[0].strips[0].channelbag(obj.animation_data.action_slot).fcurves)


@pytest.mark.every_version
def test_every_frame_is_the_clips(head, tracked, file):
    imported = api.import_animation(file, head, start_frame=5)
    assert imported.head == head and len(imported.clip) == 12 and imported.clip.source == "VHAP"
    for frame in (0, 6, 11):
        bpy.context.scene.frame_set(5 + frame)
        assert np.abs(shown(head) - layer_vertices(head, tracked, frame)).max() < 1e-5


@pytest.mark.every_version
def test_curves_have_names_and_straight_lines(head, tracked, file):
    api.import_animation(file, head)
    curves = curves_of(head)
    assert len(curves) == tracked["expr"].shape[1] + 6 * 3
    assert {curve.group.name for curve in curves} == {"Expression", "Pose"}
    assert {point.interpolation for curve in curves for point in curve.keyframe_points} == {"LINEAR"}
    assert all(len(curve.keyframe_points) == 12 for curve in curves)


def test_other_curves_stay_and_the_clips_are_replaced(head, tracked, file):
    head.keyframe_insert("location", frame=1)
    api.keyframe(head, 1, ["identity", "expression"])
    api.import_animation(file, head)
    api.import_animation(file, head)
    paths = [curve.data_path for curve in curves_of(head)]
    assert paths.count("location") == 3 and not any(path.startswith("flame.shape[") for path in paths)
    assert len(paths) == 3 + tracked["expr"].shape[1] + 6 * 3


def test_the_scene_follows_the_clip_or_the_clip_the_scene(head, tracked, file):
    scene = bpy.context.scene
    scene.render.fps, scene.render.fps_base = 24, 1.0
    api.import_animation(file, head, frame_rate="RESAMPLE", fps=12)
    assert scene.render.fps == 24 and scene.frame_end >= 23
    scene.frame_set(1 + 2 * 5)
    assert np.abs(shown(head) - layer_vertices(head, tracked, 5)).max() < 1e-5
    api.import_animation(file, head, fps=29.97)
    assert scene.render.fps / scene.render.fps_base == pytest.approx(29.97)


def test_without_a_head_one_is_added(any_model, tracked, file):
    """Of the FLAME file that is installed, else of the built-in model, which is said."""
    imported = api.import_animation(file)
    assert api.is_head(imported.head) and imported.head.flame.model_name == any_model
    assert any("no FLAME model" in line for line in imported.warnings) == (any_model == api.BUILT_IN)


def test_too_many_coefficients_are_said(head, tracked, tmp_path):
    path = tmp_path / "clip.npz"
    np.savez(path, **tracked | {"expr": np.zeros((12, 500), np.float32)})
    told = api.import_animation(path, head).summary()
    assert any(f"first {len(expression_of(head))} of 500 expression" in line for line in told)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 and no more", b"\x80\x04cos\nsystem\n(S'true'\ntR."])
def test_bad_files_change_nothing(head, tmp_path, content):
    path = tmp_path / "bad.npz"
    path.write_bytes(content)
    before, objects = shown(head), set(bpy.data.objects)
    with pytest.raises(api.SequenceError, match=r"bad\.npz"):
        api.import_animation(path)
    with pytest.raises(RuntimeError, match=r"bad\.npz"):
        bpy.ops.flame.import_animation(filepath=str(path))
    assert set(bpy.data.objects) == objects and np.array_equal(shown(head), before)


def test_wrong_offsets_change_nothing(head, tracked, tmp_path):
    path = tmp_path / "clip.npz"
    np.savez(path, **tracked, static_offset=np.ones((1, 40, 3), np.float32))
    with pytest.raises(api.ParameterError, match="offsets"):
        api.import_animation(path, head)
    assert head.animation_data is None and not any(item.value for item in expression_of(head))
    objects = set(bpy.data.objects)
    with pytest.raises(api.ParameterError, match="offsets"):
        api.import_animation(path)
    assert set(bpy.data.objects) == objects, "no head is left behind"


def test_the_operator_tells_what_it_found(head, tracked, file):
    bpy.context.view_layer.objects.active = head
    assert bpy.ops.flame.import_animation(filepath=str(file), start_frame=3) == {"FINISHED"}
    assert curves_of(head)[0].keyframe_points[0].co[0] == 3


def test_coefficients_are_told_of_the_heads(head, tracked, file):
    n_expression = len(expression_of(head))
    told = api.import_animation(file, head).summary()[0]
    assert f"{len(head.flame.shape)} of {len(head.flame.shape)} identity, {n_expression} of {n_expression} " in told


def test_a_poses_order_is_the_users_choice(head, tmp_path):
    """By the API and by the operator; what cannot be is told, and nothing has changed."""
    pose = np.random.default_rng(9).normal(0, 0.2, (5, 6)).astype(np.float32)
    np.savez(tmp_path / "clip.npz", pose=pose, expression=np.zeros((5, 3)))
    path = str(tmp_path / "clip.npz")
    api.import_animation(path, head, pose_layout="JAW_ROOT")
    bpy.context.scene.frame_set(3)
    np.testing.assert_allclose(api.get_params(head).jaw, pose[2, :3], atol=1e-6)
    bpy.context.view_layer.objects.active = head
    assert bpy.ops.flame.import_animation(filepath=path, pose_layout="NECK_JAW") == {"FINISHED"}
    bpy.context.scene.frame_set(5)
    np.testing.assert_allclose(api.get_params(head).neck, pose[4, :3], atol=1e-6)
    with pytest.raises(RuntimeError, match=r"clip\.npz: pose of 6 numbers .* found JAW"):
        bpy.ops.flame.import_animation(filepath=path, pose_layout="JAW")
    np.testing.assert_allclose(api.get_params(head).neck, pose[4, :3], atol=1e-6)
    with pytest.raises(api.SequenceError, match=r"pose_layout: .* found 'CHIN'"):
        api.import_animation(path, head, pose_layout="CHIN")


def test_a_body_turns_the_head_where_that_is_asked_for(head, tmp_path):
    """Pelvis and spine turned about one axis add up; the neck stays the head's own."""
    poses = np.zeros((4, 165))
    for joint, angle in ((0, 0.1), (3, 0.2), (6, 0.3), (9, 0.05), (12, 0.02), (15, 0.4)):
        poses[:, 3 * joint + 1] = angle * np.arange(4)
    np.savez(tmp_path / "body.npz", poses=poses, betas=np.ones(16), mocap_frame_rate=30)
    api.import_animation(tmp_path / "body.npz", head, body_rotation=True)
    bpy.context.scene.frame_set(3)
    np.testing.assert_allclose(api.get_params(head).global_rotation, (0, 2 * 0.67, 0), atol=1e-6)
    np.testing.assert_allclose(api.get_params(head).neck, (0, 0.8, 0), atol=1e-6)
    api.import_animation(tmp_path / "body.npz", head)
    assert not api.get_params(head).global_rotation.any()


@pytest.mark.parametrize("orthographic", [False, True])
@pytest.mark.parametrize("moving", [False, True])
def test_the_camera_sees_what_the_clips_did(head, tracked, tmp_path, orthographic, moving):
    """Vertices lie on the pixels that the clip's projection gives, off-centre and with pixels that are not square."""
    generator = np.random.default_rng(3)
    frames = 12 if moving else 1
    turn = generator.normal(0, 0.3, (frames, 3)) + np.array([np.pi, 0, 0])
    scale = 1500.0 if not orthographic else 3000.0
    camera = Camera(
        intrinsics=np.array([scale, 1.1 * scale, 300.0, 270.0])
        + generator.normal(0, 5, (frames, 4)) * (1, 1.1, 0.5, 1),
        width=640,
        height=480,
        rotation=matrix_from_axis_angle(turn),
        translation=generator.normal(0, 0.05, (frames, 3)) + np.array([0, 0, 1.2]),
        orthographic=orthographic,
    )
    fields = dataclasses.asdict(camera)
    intrinsics = fields["intrinsics"]
    intrinsics[:, 1] = 1.1 * intrinsics[:, 0]  # Blender has one pixel aspect for a scene
    camera = Camera(**fields | {name: fields[name] if moving else fields[name][0] for name in AXES})
    clip = FlameSequence(FlameParams(expression=tracked["expr"]), fps=25.0, source="test", camera=camera)
    save_sequence(clip, tmp_path / "clip.npz")
    head.location, head.rotation_euler = (0.4, -0.2, 0.1), (0, 0, 0.5)
    bpy.context.view_layer.update()
    api.import_animation(tmp_path / "clip.npz", head)
    scene = bpy.context.scene
    assert (scene.render.resolution_x, scene.render.resolution_y) == (640, 480)
    for frame in (0, 7):
        scene.frame_set(1 + frame)
        expected = camera.project(api.evaluate(head)[None] if moving else api.evaluate(head))
        expected = expected[frame if moving else 0] if expected.ndim == 3 else expected
        seen = pixels(scene, api.evaluate(head, "world")[::500])
        assert np.abs(seen - expected[::500]).max() < 0.02


def test_a_data_sets_camera_is_made(head, tracked, tmp_path):
    """VHAP's export: transforms.json beside flame_param, cameras in Blender's own convention but for the axis up."""
    (tmp_path / "flame_param").mkdir()
    frames = []
    for frame in range(12):
        arrays = {key: values if key == "shape" else values[frame : frame + 1] for key, values in tracked.items()}
        np.savez(tmp_path / "flame_param" / f"{frame:05d}.npz", **arrays)
        matrix = np.eye(4)
        matrix[:3, :3], matrix[:3, 3] = matrix_from_axis_angle(np.array([0, 0.02 * frame, 0])), (0.1, 0.02, 1.1)
        lens = {"fl_x": 900.0, "fl_y": 900.0, "cx": 250.0, "cy": 230.0, "w": 512, "h": 480}
        frames.append({"timestep_index": frame, "camera_index": 0, "transform_matrix": matrix.tolist(), **lens})
    (tmp_path / "transforms.json").write_text(json.dumps({"frames": frames}))
    api.import_animation(tmp_path, head)
    turned = np.array([[1, 0, 0, 0], [0, 0, -1, 0], [0, 1, 0, 0], [0, 0, 0, 1]])  # Y up to Z up
    for frame in (0, 7, 11):
        bpy.context.scene.frame_set(1 + frame)
        expected = turned @ np.array(frames[frame]["transform_matrix"])
        np.testing.assert_allclose(np.array(bpy.context.scene.camera.matrix_world), expected, atol=1e-5)


def picture_shown(camera: bpy.types.Object, frame: int) -> str:
    """The file that Blender itself takes for the camera's background at a frame."""
    background = camera.data.background_images[0]
    user = background.image_user
    user.frame_current = min(max(frame - user.frame_start + 1, 1), user.frame_duration) + user.frame_offset
    return background.image.filepath_from_user(image_user=user)


@pytest.mark.parametrize("pattern", ["{:05d}.png", "{:05d}_00.png", "img{:d}.jpg"])
def test_the_clips_pictures_are_behind_the_camera(head, tracked, tmp_path, pattern):
    """Numbered from 0 or 7, and as GaussianAvatars does, where the last number is the camera's."""
    (tmp_path / "images").mkdir()
    first = 7 if "img" in pattern else 0
    names = [f"images/{pattern.format(first + frame)}" for frame in range(12)]
    for number, name in enumerate(names):
        image = bpy.data.images.new("made", 4, 4)
        image.pixels[:] = [number / 20] * 64
        image.filepath_raw, image.file_format = str(tmp_path / name), "PNG"
        image.save()
    camera = Camera([900, 900, 250, 230], 500, 480, np.diag([1.0, -1, -1]), [0, 0, 1.2], image_paths=tuple(names))
    clip = FlameSequence(FlameParams(expression=tracked["expr"]), fps=25.0, source="test", camera=camera)
    save_sequence(clip, tmp_path / "clip.npz")
    assert not any(
        "pictures" in line for line in api.import_animation(tmp_path / "clip.npz", head, start_frame=4).summary()
    )
    made = bpy.context.scene.camera
    assert made.data.show_background_images
    for frame in (0, 5, 11):
        assert (tmp_path / names[frame]).samefile(picture_shown(made, 4 + frame))
    (tmp_path / names[3]).unlink()
    told = api.import_animation(tmp_path / "clip.npz", head, start_frame=4).summary()
    assert any("1 of 12 are missing" in line for line in told)
    assert not bpy.context.scene.camera.data.background_images


AXES = ("intrinsics", "rotation", "translation")


def pixels(scene, points):
    """(N, 2) from the picture's top left corner, by Blender's own projection."""
    seen = [world_to_camera_view(scene, scene.camera, Vector(point)) for point in points.tolist()]
    return np.array(
        [(point.x * scene.render.resolution_x, (1 - point.y) * scene.render.resolution_y) for point in seen]
    )


def drop(folder, *names):
    """What Blender does when files are let go over the 3D view."""
    files = [{"name": name} for name in names]
    return bpy.ops.flame.drop_files(directory=f"{folder}/", files=files)


def test_a_texture_among_dropped_files_does_not_stop_the_others(flame_file, tmp_path):
    """What is of no use is named; alone it is an error with a sentence, and no traceback."""
    np.savez(tmp_path / "masks.npz", face=np.zeros((2, 2), bool))
    with pytest.raises(RuntimeError, match=r"^Error: .*found masks of a texture; choose another file\.\s*$"):
        drop(tmp_path, "masks.npz")
    shutil.copy(flame_file, tmp_path)
    assert drop(tmp_path, "masks.npz", flame_file.name) == {"FINISHED"}
    assert flame_file.stem in api.model_names()
    (tmp_path / "notes.pkl").write_bytes(pickle.dumps([1, 2]))
    with pytest.raises(RuntimeError, match=r"^Error: (?!.*Traceback).*notes\.pkl"):
        drop(tmp_path, "notes.pkl")


@pytest.mark.parametrize("any_model", ["built-in"], indirect=True)  # the other one is dropped
def test_dropped_files_are_told_by_what_is_in_them(head, tracked, file, flame_file, tmp_path):
    """A clip keys the head, a model is installed, several frames are their folder's clip."""
    bpy.context.view_layer.objects.active = head
    assert drop(file.parent, file.name) == {"FINISHED"}
    assert len(curves_of(head)[0].keyframe_points) == 12
    installed = len(api.model_names())
    assert drop(flame_file.parent, flame_file.name) == {"FINISHED"}
    assert len(api.model_names()) == installed + 1 and len(curves_of(head)[0].keyframe_points) == 12
    (tmp_path / "flame_param").mkdir()
    for frame in range(5):
        arrays = {key: values if key == "shape" else values[frame : frame + 1] for key, values in tracked.items()}
        np.savez(tmp_path / "flame_param" / f"{frame:05d}.npz", **arrays)
    assert drop(tmp_path / "flame_param", *(f"{frame:05d}.npz" for frame in range(5))) == {"FINISHED"}
    assert len(curves_of(head)[0].keyframe_points) == 5
