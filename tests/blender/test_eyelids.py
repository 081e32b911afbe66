"""Eyelid values of trackers on a head: shown where the user has the eyelid files, told of where not."""

from __future__ import annotations

import json
import pickle

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.params import POSE_FIELDS, FlameParams
from flame_blender.geometry.rotations import matrix_from_axis_angle
from flame_blender.head.parameters import has_eyelids
from flame_blender.sequences import load_sequence
from tests.blender.conftest import random_fields, shown
from tests.flame.eyelid_files import eyelid, eyelid_files

FRAMES = 8


@pytest.fixture
def shapes(flame_head):
    """(2, V, 3) float64 of the installed files."""
    return np.stack([eyelid(api.model(flame_head), side) for side in (1, -1)])


@pytest.fixture
def installed(flame_head, tmp_path):
    """The head, the files installed by the operator after the head was made."""
    for path in eyelid_files(api.model(flame_head), tmp_path):
        assert bpy.ops.flame.install_files(filepath=str(path)) == {"FINISHED"}
    bpy.context.view_layer.objects.active = flame_head
    return flame_head


@pytest.fixture
def smirk(tmp_path):
    """SMIRK's encoder dict, saved, and its values."""
    rng = np.random.default_rng(8)
    widths = {"shape_params": 300, "expression_params": 50, "pose_params": 3, "jaw_params": 3}
    value = {key: rng.normal(0, 0.3, (FRAMES, width)).astype(np.float32) for key, width in widths.items()}
    value["eyelid_params"] = rng.uniform(0, 1, (FRAMES, 2)).astype(np.float32)
    (tmp_path / "outputs.pkl").write_bytes(pickle.dumps(value))
    return tmp_path / "outputs.pkl", value


def skinned(obj):
    """The head's vertices without its eyelids, by the layer."""
    params = api.get_params(obj)
    fields = {name: value for name, value in vars(params).items() if name != "eyelids"}
    return FlameEvaluator(api.model(obj)).vertices(FlameParams(**fields))


def turned(obj, movement):
    """(V, 3) a movement of the rest head, turned as the head's skinning turns each vertex."""
    model, params = api.model(obj), api.get_params(obj)
    chained: list[object] = []
    for parent, name in zip(model.parents.tolist(), POSE_FIELDS, strict=True):
        own = matrix_from_axis_angle(getattr(params, name))
        chained.append(own if parent < 0 else chained[parent] @ own)
    return np.einsum("vj,jab,vb->va", model.weights.astype(np.float64), np.array(chained), movement)


@pytest.mark.parametrize("unturned", [False, True])
def test_sliders_move_the_lids(installed, shapes, rng, unturned):
    """With the head, or along FLAME's axes as SMIRK's and metrical-tracker's code does."""
    api.set_params(installed, **random_fields(installed, rng), eyelids_unturned=unturned)
    assert has_eyelids(installed.flame) and installed.flame.eyelids_unturned == unturned
    for left, right in ((1.0, 0.0), (0.3, 0.8), (0.0, 0.0)):
        installed.flame.left_eyelid, installed.flame.right_eyelid = left, right
        bpy.context.view_layer.update()
        movement = left * shapes[0] + right * shapes[1]
        expected = skinned(installed) + (movement if unturned else turned(installed, movement))
        assert np.abs(shown(installed) - expected).max() < 1e-6
        assert np.abs(api.evaluate(installed) - expected).max() < 1e-6
    assert api.get_params(installed).eyelids is None


def test_a_tracked_clip_blinks(installed, shapes, smirk):
    path, value = smirk
    imported = api.import_animation(path, installed)
    assert not any("Eyelid" in line for line in imported.summary())
    assert installed.flame.eyelids_unturned
    for frame in (0, 3, 7):
        bpy.context.scene.frame_set(1 + frame)
        lids = value["eyelid_params"][frame].astype(np.float64)
        expected = skinned(installed) + np.einsum("s,svx->vx", lids, shapes)
        assert np.abs(shown(installed) - expected).max() < 1e-5
        assert np.abs(shown(installed) - skinned(installed)).max() > 1e-4
        np.testing.assert_array_equal(api.get_params(installed).eyelids, value["eyelid_params"][frame])


def test_the_switch_shows_at_once_and_other_clips_turn_it_off(installed, smirk, tmp_path):
    api.import_animation(smirk[0], installed)
    bpy.context.scene.frame_set(4)
    tools = shown(installed)
    installed.flame.eyelids_unturned = False
    bpy.context.view_layer.update()
    assert np.abs(shown(installed) - tools).max() > 1e-4
    assert np.abs(api.evaluate(installed) - shown(installed)).max() < 1e-6
    installed.flame.eyelids_unturned = True
    bpy.context.view_layer.update()
    np.testing.assert_array_equal(shown(installed), tools)
    np.savez(tmp_path / "mine.npz", jaw=np.zeros((3, 3)), eyelids=np.full((3, 2), 0.5))
    api.import_animation(tmp_path / "mine.npz", installed)
    assert not installed.flame.eyelids_unturned
    with pytest.raises(api.ParameterError, match="must be True or False"):
        api.set_params(installed, eyelids_unturned=3)


@pytest.mark.parametrize("unturned", [False, True])
def test_baked_lids_blink_the_same(installed, smirk, tmp_path, unturned):
    """Read from the curves at once, evaluated in batches, played from the cache."""
    api.import_animation(smirk[0], installed)
    installed.flame.eyelids_unturned = unturned
    live = {}
    for frame in (1, 4, FRAMES):
        bpy.context.scene.frame_set(frame)
        live[frame] = shown(installed)
    api.bake_cache(installed, path=tmp_path / "lids.pc2", frames=(1, FRAMES))
    for frame, expected in live.items():
        bpy.context.scene.frame_set(frame)
        assert np.abs(shown(installed) - expected).max() < 1e-6


@pytest.mark.newest
@pytest.mark.parametrize("ending", [".npz", ".json"])
@pytest.mark.parametrize("unturned", [False, True])
def test_they_are_exported_and_read_again(installed, smirk, tmp_path, ending, unturned):
    path, value = smirk
    api.import_animation(path, installed)
    installed.flame.eyelids_unturned = unturned
    found = load_sequence(api.export_parameters(installed, tmp_path / f"clip{ending}", frames=range(1, 1 + FRAMES)))
    np.testing.assert_array_equal(found.eyelids, value["eyelid_params"])
    assert found.params.eyelids_unturned == unturned


def test_a_clip_without_them_opens_the_lids(installed, smirk, tmp_path):
    api.import_animation(smirk[0], installed)
    np.savez(tmp_path / "plain.npz", jaw=np.random.default_rng(1).normal(size=(4, 3)))
    api.import_animation(tmp_path / "plain.npz", installed)
    bpy.context.scene.frame_set(3)
    assert (installed.flame.left_eyelid, installed.flame.right_eyelid) == (0, 0)


def test_reset_copy_paste_and_keys(installed):
    api.set_params(installed, eyelids=(0.25, 0.75))
    window = bpy.context.window_manager
    bpy.ops.flame.copy_params()
    text = window.clipboard or json.dumps({"kind": "FLAME parameters", "eyelids": [0.25, 0.75]})
    bpy.ops.flame.reset_params(identity=False, expression=True, pose=False)
    assert api.get_params(installed).eyelids is None
    bpy.ops.flame.paste_params(text=text)
    np.testing.assert_array_equal(api.get_params(installed).eyelids, np.array([0.25, 0.75], np.float32))
    assert api.keyframe(installed, 1, ["eyelids"]) == 2
    api.set_params(installed, eyelids=None)
    api.keyframe(installed, 11, ["eyelids"])
    bpy.context.scene.frame_set(6)
    assert 0 < installed.flame.left_eyelid < 0.25
    with pytest.raises(api.ParameterError, match=r"eyelids must have shape \(2\)"):
        api.set_params(installed, eyelids=[1, 1, 1])


def test_sculpting_a_head_with_shut_lids_keeps_the_sculpt_alone(installed, rng):
    api.set_params(installed, eyelids=(1, 1))
    moved = rng.normal(0, 1e-3, (len(installed.data.vertices), 3)).astype(np.float32)
    for vertex, offset in zip(installed.data.vertices, moved.tolist(), strict=True):
        vertex.co = [vertex.co[axis] + offset[axis] for axis in range(3)]
    assert api.keep_sculpt(installed)
    shut = shown(installed)
    api.set_params(installed, eyelids=None)
    expected = np.stack([moved[:, 0], moved[:, 2], -moved[:, 1]], 1)
    np.testing.assert_allclose(api.get_params(installed).offsets, expected, atol=1e-5)
    assert np.abs(shut - shown(installed)).max() > 1e-3


def test_without_the_files_it_is_said(flame_head, smirk):
    imported = api.import_animation(smirk[0], flame_head)
    assert not has_eyelids(flame_head.flame)
    for lines in (imported.warnings, imported.clip.notes):
        assert any(line.startswith("Eyelid values are not applied") for line in lines)
    bpy.context.scene.frame_set(4)
    assert np.abs(shown(flame_head) - skinned(flame_head)).max() < 1e-6
    assert api.keyframe(flame_head, 1, ["eyelids"]) == 0


def test_other_topologies_have_none(installed, built_in_head):
    assert not has_eyelids(built_in_head.flame) and has_eyelids(installed.flame)
