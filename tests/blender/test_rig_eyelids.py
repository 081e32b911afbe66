"""Eyelids leave Blender's head with it: as shape keys of the rig, of GLB and FBX, as vertices of everything else."""

from __future__ import annotations

import dataclasses

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.export import scene_files
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.value_layout import EYELIDS
from tests.blender.conftest import shown
from tests.flame.eyelid_files import eyelid_files

FRAMES = (1, 4, 8)


@pytest.fixture
def blinking(flame_head, rng, tmp_path):
    """Lids keyed on a head that turns, opens the jaw and looks about; values beyond 0 and 1 too, as trackers give."""
    for path in eyelid_files(api.model(flame_head), tmp_path):
        api.install(path)
    api.set_params(flame_head, shape=rng.normal(size=20) * 0.5)
    for frame, lids in zip(FRAMES, [(0.0, 0.3), (1.2, 0.7), (0.5, -0.1)], strict=True):
        turns = {name: rng.uniform(-0.6, 0.6, 3) for name in ("global_rotation", "neck", "left_eye")}
        api.set_params(flame_head, eyelids=lids, jaw=(0.2, 0, 0), expression=rng.normal(size=10), **turns)
        api.keyframe(flame_head, frame)
    bpy.context.scene.frame_start, bpy.context.scene.frame_end = FRAMES[0], FRAMES[-1]
    return flame_head


def layers(head, unturned=False):
    """(V, 3) of the head at this frame."""
    params = dataclasses.replace(api.get_params(head), eyelids_unturned=unturned)
    return FlameEvaluator(api.model(head)).vertices(params)


def test_the_rig_blinks_as_the_head_does(blinking):
    rig = api.make_rig(blinking)
    assert rig.notes == () and set(EYELIDS) <= set(rig.skin.data.shape_keys.key_blocks.keys())
    for frame in range(FRAMES[0], FRAMES[-1] + 1):
        bpy.context.scene.frame_set(frame)
        assert api.get_params(blinking).eyelids is not None
        assert np.abs(shown(rig.skin) - layers(blinking)).max() < 1e-5


def test_a_rig_without_animation_keeps_the_lids_as_they_are(blinking):
    bpy.context.scene.frame_set(5)
    rig = api.make_rig(blinking, animated=False)
    assert np.abs(shown(rig.skin) - layers(blinking)).max() < 1e-5


@pytest.mark.oldest
@pytest.mark.parametrize("suffix", [".glb", ".gltf", ".fbx", ".usdc", ".abc"])
def test_files_blink(blinking, tmp_path, suffix):
    """Each is read back by the export itself and compared."""
    if scene_files.unavailable(suffix):
        pytest.skip(scene_files.unavailable(suffix))
    written = api.export_scene(blinking, tmp_path / f"head{suffix}")
    assert written.deviation_mm <= 0.1 and not written.notes


@pytest.mark.oldest
def test_a_rig_in_the_scene_does_not_get_into_a_glb(blinking, tmp_path):
    """Its bones have the names of the file's own, and its action the same frames."""
    api.make_rig(blinking)
    assert api.export_scene(blinking, tmp_path / "head.glb").deviation_mm <= 0.1


@pytest.mark.oldest
def test_the_glb_has_a_slider_for_each_lid(blinking, tmp_path):
    api.export_scene(blinking, tmp_path / "head.glb")
    before = set(bpy.data.objects)
    bpy.ops.import_scene.gltf(filepath=str(tmp_path / "head.glb"))
    skin = next(obj for obj in set(bpy.data.objects) - before if obj.type == "MESH" and obj.data.shape_keys)
    assert set(EYELIDS) <= set(skin.data.shape_keys.key_blocks.keys())


@pytest.mark.oldest
def test_unturned_lids_turn_in_rigs_and_a_sentence_says_so(blinking, tmp_path):
    """As SMIRK's clips have them: no shape key can do that; formats of vertices hold it."""
    blinking.flame.eyelids_unturned = True
    bpy.context.view_layer.update()
    assert "turn with the head" in api.export_scene(blinking, tmp_path / "head.glb").summary()
    rig = api.make_rig(blinking)
    assert len(rig.notes) == 1 and "turn with the head" in rig.notes[0]
    bpy.context.scene.frame_set(4)
    assert np.abs(shown(rig.skin) - layers(blinking)).max() < 1e-5
    assert np.abs(layers(blinking) - layers(blinking, unturned=True)).max() > 1e-3
    if scene_files.unavailable(".abc") is None:
        assert not api.export_scene(blinking, tmp_path / "head.abc").notes


def test_a_model_without_lids_has_no_keys_for_them(flame_head):
    rig = api.make_rig(flame_head, frames=(1, 2))
    assert not set(EYELIDS) & set(rig.skin.data.shape_keys.key_blocks.keys())
