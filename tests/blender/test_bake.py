"""Baked heads play what the layer computes, at every frame and sub-frame, and are freed to what they were."""

from __future__ import annotations

import os

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.bake import cache
from flame_blender.errors import FlameError
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.keyframes import sampling
from flame_blender.long_work import result_of
from tests.blender.conftest import expression_of, little_room, random_fields, shown


@pytest.fixture
def moving(head, rng, tmp_path):
    """A head with random keys on everything at frames 1, 4 and 9, in a saved file."""
    for frame in (1, 4, 9):
        api.set_params(head, **random_fields(head, rng))
        api.keyframe(head, frame, ("identity", "expression", "rotations", "translation"))
    scene = bpy.context.scene
    scene.frame_start, scene.frame_end = 1, 9
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "scene.blend"))
    return head


def live_shapes(head, times):
    shapes = []
    for time in times:
        bpy.context.scene.frame_set(int(time), subframe=time % 1)
        shapes.append(shown(head))
    return np.stack(shapes)


def layer_shapes(head, times):
    """(N, V, 3): the layer at the values that Blender's dependency graph gives."""
    values = result_of(sampling.frame_by_frame(bpy.context.scene, head, times.tolist()))
    return FlameEvaluator(api.model(head)).vertices(sampling.params_of(head, values))


@pytest.mark.parametrize("samples", [1, 2, 4])
def test_every_sample_is_the_layers(moving, samples):
    times = np.arange(1, 9 + 1e-6, 1 / samples)
    expected = layer_shapes(moving, times)
    assert np.abs(live_shapes(moving, times) - expected).max() < 1e-6
    path = api.bake_cache(moving, samples_per_frame=samples)
    assert path.parent.name == "flame_cache" and not moving.flame.live
    assert np.abs(live_shapes(moving, times) - expected).max() < 1e-6


def test_landmark_empties_are_baked_and_freed(moving):
    api.add_landmarks(moving)
    empty = moving.flame.landmarks[30].empty
    bpy.context.scene.frame_set(6)
    expected = np.array(empty.location)
    api.bake_cache(moving)
    bpy.context.scene.frame_set(1)
    bpy.context.scene.frame_set(6)
    assert empty.animation_data.action is not None
    assert np.abs(np.array(empty.location) - expected).max() < 1e-6
    actions = len(bpy.data.actions)
    api.free_cache(moving)
    assert empty.animation_data is None and len(bpy.data.actions) == actions - len(moving.flame.landmarks)
    bpy.context.scene.frame_set(6)
    assert np.abs(np.array(empty.location) - expected).max() < 1e-6


def test_freed_all_is_as_it_was(moving):
    before = live_shapes(moving, [1, 5, 9])
    names = [modifier.name for modifier in moving.modifiers]
    path = api.bake_cache(moving)
    assert path.exists() and api.free_cache(moving)
    assert moving.flame.live and [modifier.name for modifier in moving.modifiers] == names
    assert np.abs(live_shapes(moving, [1, 5, 9]) - before).max() < 1e-7
    assert cache.WAS_LIVE not in moving


def test_a_head_that_was_not_live_stays_so(moving):
    moving.flame.live = False
    api.bake_cache(moving)
    api.free_cache(moving)
    assert not moving.flame.live


def test_stopped_nothing_has_changed(moving, tmp_path):
    names = [modifier.name for modifier in moving.modifiers]
    steps = api.baking_cache(moving, api.BakeOptions(frames=(1, 9)))
    for _ in range(3):
        next(steps)
    steps.close()
    assert moving.flame.live and [modifier.name for modifier in moving.modifiers] == names
    assert not list((tmp_path / "flame_cache").glob("*")) and bpy.context.scene.frame_current == 1


def test_baked_again_the_same_file_is_written(moving, tmp_path):
    api.bake_cache(moving)
    moving.flame.jaw[0] = 0.1
    path = api.bake_cache(moving, samples_per_frame=2)
    assert list((tmp_path / "flame_cache").iterdir()) == [path]
    assert sum(modifier.type == "MESH_CACHE" for modifier in moving.modifiers) == 1


def as_before(head, path):
    """Live, with its own modifier only, and nothing of the cache on the disk."""
    left = list(path.parent.glob("*")) if path.parent.is_dir() else []
    return head.flame.live and cache.cache_of(head) is None and path not in left and not any(map(is_part, left))


def is_part(path):
    return path.suffix == ".part"


@pytest.mark.parametrize("reserved", [True, False])
def test_a_full_disk_is_told(moving, tmp_path, monkeypatch, reserved):
    """Before the work where room can be reserved, else while writing."""
    if not reserved:
        monkeypatch.delattr(os, "posix_fallocate", raising=False)
    path = tmp_path / "caches" / "head.pc2"
    with little_room(200_000), pytest.raises(FlameError, match=r"head\.pc2: cannot be written"):
        api.bake_cache(moving, path=path)
    assert as_before(moving, path)
    assert api.bake_cache(moving, path=path) == path


@pytest.mark.parametrize("folder", ["file", "/proc"])
def test_an_unwritable_folder_is_told(moving, tmp_path, folder):
    """By the API and by the operator: a file where the folder should be, and one that nothing can be written to."""
    (tmp_path / "file").write_text("no folder")
    path = tmp_path / folder / "head.pc2"
    with pytest.raises(FlameError, match=r"head\.pc2: cannot be written .* choose another folder"):
        api.bake_cache(moving, path=path)
    bpy.context.view_layer.objects.active = moving
    with pytest.raises(RuntimeError, match=r"head\.pc2: cannot be written"):
        bpy.ops.flame.bake_cache(filepath=str(path))
    assert as_before(moving, path)


def test_a_bake_that_fails_keeps_the_cache_of_before(moving, tmp_path):
    """The old file plays on."""
    path = api.bake_cache(moving)
    before, raw = live_shapes(moving, [1, 5, 9]), path.read_bytes()
    with little_room(200_000), pytest.raises(FlameError, match="cannot be written"):
        api.bake_cache(moving)
    assert path.read_bytes() == raw and not moving.flame.live
    assert np.array_equal(live_shapes(moving, [1, 5, 9]), before)


def test_an_unsaved_file_is_told(head):
    with pytest.raises(FlameError, match="save it first"):
        api.bake_cache(head, frames=(1, 3))
    assert head.flame.live


def test_a_cache_of_an_unsaved_file_plays_whatever_folder_blender_is_started_in(head, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    api.bake_cache(head, path="edited.pc2", frames=(1, 3))
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "scene.blend"))
    monkeypatch.chdir(tmp_path.parent)
    assert api.played_cache(head).samefile(tmp_path / "edited.pc2")


def test_a_cache_deleted_behind_blenders_back_is_told(moving):
    path = api.bake_cache(moving)
    assert cache.trouble(moving) is None
    path.write_bytes(path.read_bytes()[:-5])
    assert "bake the head again" in cache.trouble(moving)
    path.unlink()
    assert "is missing" in cache.trouble(moving)
    assert np.isfinite(live_shapes(moving, [5])).all()


@pytest.mark.parametrize("frames", [(5, 4)])
def test_wrong_ranges_are_told(moving, frames):
    with pytest.raises(FlameError, match="found 5 to 4"):
        api.bake_cache(moving, frames=frames)
    with pytest.raises(FlameError, match="1 or more"):
        api.bake_cache(moving, samples_per_frame=0)


def values_both_ways(head, times):
    steps = sampling.frame_by_frame(bpy.context.scene, head, times)
    by_frames = result_of(steps)
    return result_of(sampling.sampling(bpy.context.scene, head, times)), by_frames


def test_curves_alone_give_what_the_depsgraph_gives(moving):
    """Also with a muted curve, a curve modifier, and symmetric eyes."""
    times = [0.5, 1, 2.25, 6.5, 9, 20]
    curves = list(sampling.curves_of(moving))
    curves[3].mute = True
    curves[-2].modifiers.new("CYCLES")
    moving.flame.symmetric_eyes = True
    assert sampling.only_curves(moving)
    direct, by_frames = values_both_ways(moving, times)
    assert np.abs(direct - by_frames).max() < 1e-6 and np.ptp(direct, axis=0).any()


@pytest.mark.parametrize("how", ["driver", "nla"])
def test_drivers_and_nla_go_through_the_depsgraph(moving, how):
    """Reading curves alone would be wrong, and is not done."""
    if how == "driver":
        driver = moving.driver_add("flame.neck", 1).driver
        driver.expression = "frame * 0.01"
    else:
        track = moving.animation_data.nla_tracks.new()
        strip = track.strips.new("shifted", 3, moving.animation_data.action)
        strip.scale = 2
        moving.animation_data.action = None
    assert not sampling.only_curves(moving)
    direct, by_frames = values_both_ways(moving, [1, 4, 8])
    assert np.array_equal(direct, by_frames) and np.ptp(direct, axis=0).any()
    if how == "driver":
        assert direct[:, len(moving.flame.shape) + len(expression_of(moving)) + 4] == pytest.approx([0.01, 0.04, 0.08])


def test_the_operator_bakes_and_frees(moving):
    bpy.context.view_layer.objects.active = moving
    expected = live_shapes(moving, [7])
    assert bpy.ops.flame.bake_cache(samples_per_frame=2) == {"FINISHED"}
    assert np.abs(live_shapes(moving, [7]) - expected).max() < 1e-6
    assert bpy.ops.flame.free_cache() == {"FINISHED"}
    assert moving.flame.live


def test_without_the_add_on_it_plays_the_same(moving, tmp_path):
    """A copy of the object's mesh and modifiers only, none of the head's properties."""
    expected = live_shapes(moving, [1, 5, 9])
    api.bake_cache(moving)
    plain = bpy.data.objects.new("plain", moving.data)
    bpy.context.collection.objects.link(plain)
    modifier = plain.modifiers.new("cache", "MESH_CACHE")
    original = cache.cache_of(moving)
    for name in ("cache_format", "filepath", "frame_scale", "frame_start", "interpolation", "deform_mode", "time_mode"):
        setattr(modifier, name, getattr(original, name))
    assert np.abs(live_shapes(plain, [1, 5, 9]) - expected).max() < 1e-6
