"""Clips of SMPL-X bodies on heads, and heads' clips in SMPL-X's numbers: files read as NumPy reads them."""

from __future__ import annotations

import bpy
import numpy as np
import pytest
from mathutils import Matrix

from flame_blender import api
from flame_blender.errors import FlameError
from flame_blender.geometry.axes import TO_BLENDER, to_blender
from flame_blender.geometry.rotations import matrix_from_axis_angle
from flame_blender.head import models
from tests.blender.made_bodies import add_body
from tests.flame.body_like import HEAD, NECK, body_like, model_arrays, write_model

FRAMES = 3


@pytest.fixture
def model(flame_head):
    return models.evaluator(flame_head.flame.fingerprint).model


@pytest.fixture
def installed(model, tmp_path) -> np.ndarray:
    """SMPL-X's two files, made up and installed: how its ten expression directions are mixed of FLAME's first ten."""
    body = body_like(model)
    mixing = np.zeros((model.n_expression, 10))
    mixing[:10] = np.linalg.qr(np.random.default_rng(6).normal(size=(10, 10)))[0]
    arrays = model_arrays(model, body, mixing, n_betas=10)
    np.save(tmp_path / "SMPL-X__FLAME_vertex_ids.npy", body.ids)
    kept = {key: np.asarray(arrays[key]) for key in ("v_template", "shapedirs", "weights", "kintree_table")}
    told = [
        api.install(path) for path in (tmp_path / "SMPL-X__FLAME_vertex_ids.npy", write_model(tmp_path / "b.npz", kept))
    ]
    assert all(told)
    return mixing[:10]


def keyed(head: bpy.types.Object, rng) -> dict[str, np.ndarray]:
    """Three frames of random expression and pose on the head: what they are."""
    fields = {"expression": rng.normal(size=(FRAMES, 10))}
    fields |= {
        name: rng.normal(size=(FRAMES, 3)) * 0.2 for name in ("global_rotation", "neck", "jaw", "left_eye", "right_eye")
    }
    for frame in range(FRAMES):
        api.set_params(head, **{name: values[frame] for name, values in fields.items()})
        api.keyframe(head, frame=frame + 1)
    bpy.context.scene.render.fps = 30
    return fields


@pytest.mark.oldest_and_newest
def test_a_head_in_smplx_numbers_and_back(flame_head, installed, tmp_path, rng):
    fields = keyed(flame_head, rng)
    path = tmp_path / "clip.npz"
    written = api.export_parameters(flame_head, path, frames=range(1, FRAMES + 1), layout="BEAT2")
    assert "converted to SMPL-X's" in written.summary()
    with np.load(path) as found:
        assert found["poses"].shape == (FRAMES, 165) and found["expressions"].shape == (FRAMES, 100)
        slots = {"global_rotation": 36, "neck": 45, "jaw": 66, "left_eye": 69, "right_eye": 72}
        for name, start in slots.items():
            assert np.abs(found["poses"][:, start : start + 3] - fields[name]).max() < 1e-5
        used = [axis for start in slots.values() for axis in range(start, start + 3)]
        assert not np.delete(found["poses"], used, 1).any()
        assert found["mocap_frame_rate"] == 30 and str(found["model"]) == "smplx2020"
        assert np.abs(found["expressions"][:, :10] @ installed.T - fields["expression"]).max() < 1e-3
    other = api.add_head(flame_head.flame.model_name)
    done = api.import_animation(path, other, body_rotation=True)
    assert not done.other_model and any("converted from SMPL-X's" in note for note in done.summary())
    for frame in range(FRAMES):
        bpy.context.scene.frame_set(frame + 1)
        params = api.get_params(other)
        assert np.abs(params.expression[:10] - fields["expression"][frame]).max() < 1e-3
        assert np.abs(params.global_rotation - fields["global_rotation"][frame]).max() < 1e-5


@pytest.mark.oldest_and_newest
def test_without_smplx_files_it_is_copied_where_asked_and_said(flame_head, tmp_path, rng):
    fields = keyed(flame_head, rng)
    path = tmp_path / "clip.npz"
    with pytest.raises(FlameError, match="found none; install both"):
        api.export_parameters(flame_head, path, layout="AMASS")
    assert not path.exists()
    with pytest.raises(FlameError, match=r"ending in \.npz"):
        api.export_parameters(flame_head, tmp_path / "clip.json", layout="AMASS")
    written = api.export_parameters(
        flame_head, path, frames=(1, 2, 3), layout="AMASS", copy_expression=True, neck_share=0.5
    )
    assert "copied" in written.summary()
    with np.load(path) as found:
        assert np.abs(found["expressions"][:, :10] - fields["expression"]).max() < 1e-6
        assert np.allclose(found["root_orient"], (np.pi / 2, 0, 0)) and found["pose_body"].shape == (FRAMES, 63)
        assert np.array_equal(found["pose_jaw"], found["poses"][:, 66:69])
        turns = [matrix_from_axis_angle(found["poses"][:, start : start + 3]) for start in (36, 45)]
    whole = matrix_from_axis_angle(fields["global_rotation"]) @ matrix_from_axis_angle(fields["neck"])
    assert np.abs(turns[0] @ turns[1] - whole).max() < 1e-5 and np.abs(turns[0] @ turns[0] - whole).max() < 1e-5
    done = api.import_animation(path, flame_head)
    assert any("was left out: install SMPLX_NEUTRAL.npz" in each for each in done.warnings)
    assert done.clip.found.expression == 0 and not api.get_params(flame_head).expression.any()
    done = api.import_animation(path, flame_head, copy_expression=True)
    assert done.other_model and any("copied as it is, as was asked for" in each for each in done.warnings)
    for frame in range(FRAMES):
        bpy.context.scene.frame_set(frame + 1)
        assert np.abs(api.get_params(flame_head).expression[:10] - fields["expression"][frame]).max() < 1e-6


def test_the_built_in_heads_expression_is_none_of_smplx(built_in_head, tmp_path):
    with pytest.raises(FlameError, match="5023 vertices"):
        api.export_parameters(built_in_head, tmp_path / "clip.npz", frames=(1,), layout="BEAT2", copy_expression=True)


@pytest.mark.oldest_and_newest
def test_a_bodys_clip_turns_the_body_that_the_head_is_on(flame_head, model, tmp_path, rng):
    """Against the product along the chain: the neck's bone takes pelvis to neck, the head's bone the head's own."""
    body = add_body(model)
    api.put_on_body(flame_head, body.mesh, vertex_ids=body.like.ids)
    rest = np.array(flame_head.matrix_world)[:3, :3]
    poses = np.zeros((FRAMES, 165), np.float32)
    poses[:, :66] = rng.normal(size=(FRAMES, 66)) * 0.2
    np.savez(
        tmp_path / "a.npz", poses=poses, betas=np.ones(300), expressions=np.zeros((FRAMES, 100)), mocap_frame_rate=30
    )
    done = api.import_animation(tmp_path / "a.npz", flame_head, body_rotation=True, start_frame=5)
    assert any("neck and head were keyed" in each for each in done.warnings)
    places = to_blender(body.like.joints)
    for frame in range(FRAMES):
        bpy.context.scene.frame_set(5 + frame)
        chain = np.eye(3)
        for joint in (0, 3, 6, 9, NECK):
            chain = chain @ matrix_from_axis_angle(poses[frame, 3 * joint : 3 * joint + 3])
        whole = TO_BLENDER @ chain @ matrix_from_axis_angle(poses[frame, 45:48]) @ TO_BLENDER.T
        assert np.abs(np.array(flame_head.matrix_world)[:3, :3] - whole @ rest).max() < 1e-5
        neck = places[NECK] + TO_BLENDER @ chain @ TO_BLENDER.T @ (places[HEAD] - places[NECK])
        assert np.abs(np.array(body.armature.pose.bones["head"].head) - neck).max() < 1e-5
        params = api.get_params(flame_head)
        assert not params.neck.any() and not params.global_rotation.any()
    before = [tuple(curve.data_path) for curve in curves(body.armature)]
    again = api.import_animation(tmp_path / "a.npz", flame_head, body_rotation=True)
    assert any("own animation turns the head" in each for each in again.warnings)
    assert [tuple(curve.data_path) for curve in curves(body.armature)] == before
    assert Matrix.Identity(4) != flame_head.matrix_world


def curves(obj: bpy.types.Object) -> list:
    from flame_blender.keyframes.animation import curves_of

    return list(curves_of(obj))
