"""Blinks keyed on a head: where VOCA's script has them, and shut by each model's own lids."""

from __future__ import annotations

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.errors import FlameError
from flame_blender.keyframes.animation import curves_of
from tests.blender.conftest import shown


def at(frame: int) -> None:
    bpy.context.scene.frame_set(frame)


def weights_of_script(n_frames: int, num_blinks: int, blink_duration: int) -> np.ndarray:
    """(N,) VOCA's weights of its blink, as edit_sequences.py computes them."""
    third = blink_duration // 3
    rising = np.arange(third) / third
    weights, every = np.zeros(n_frames), n_frames // (num_blinks + 1)
    for number in range(1, num_blinks + 1):
        begin = number * every - blink_duration // 2
        weights[begin : begin + 3 * third] = np.concatenate([rising, np.ones(third), 1 - rising])
    return weights


def blinking(obj) -> np.ndarray:
    """(2, N) scores of both lids over the scene's frames."""
    scene, rows = bpy.context.scene, []
    for frame in range(scene.frame_start, scene.frame_end + 1):
        at(frame)
        scores = api.get_arkit(obj)
        rows.append((scores["eyeBlinkLeft"], scores["eyeBlinkRight"]))
    return np.array(rows).T


@pytest.mark.parametrize(("count", "duration"), [(1, 15), (3, 10), (2, 3)])
def test_blinks_are_where_vocas_script_puts_them(built_in_head, count, duration):
    scene = bpy.context.scene
    scene.frame_start, scene.frame_end = 11, 90
    middles = api.add_blinks(built_in_head, count=count, duration=duration)
    weights = weights_of_script(80, count, duration)
    found = blinking(built_in_head)
    assert len(middles) == count and np.abs(found - weights).max() < 1e-6


def test_blinks_shut_the_lids_of_every_model(named_head):
    """What the lids do at the middle is what the control itself does; keys outside stay."""
    api.set_arkit(named_head, {"eyeBlinkLeft": 0.25, "eyeBlinkRight": 0.25})
    scene = bpy.context.scene
    scene.frame_start, scene.frame_end = 1, 60
    for frame, amount in ((1, 0.0), (30, 0.25), (60, 0.5)):
        api.set_arkit(named_head, {"eyeBlinkLeft": amount, "eyeBlinkRight": amount}, frame)
    for curve in curves_of(named_head):
        for key in curve.keyframe_points:
            key.interpolation = "LINEAR"
    straight = blinking(named_head)
    middles = api.add_blinks(named_head, duration=9, at=[20, 45])
    found = blinking(named_head)
    assert middles == (20, 45)
    for frame in (19, 20, 21, 44, 45, 46):
        assert np.allclose(found[:, frame - 1], 1, atol=1e-6)
    outside = np.r_[0:15, 25:40, 50:60]
    assert np.abs(found - straight)[:, outside].max() < 1e-6
    api.set_arkit(named_head, {"eyeBlinkLeft": 1, "eyeBlinkRight": 1})
    shut = api.evaluate(named_head)
    at(20)
    assert np.abs(shown(named_head) - shut).max() < 1e-5


def test_blinks_that_do_not_fit_are_refused(built_in_head):
    scene = bpy.context.scene
    scene.frame_start, scene.frame_end = 1, 20
    for wrong in ({"count": 3}, {"count": 0}, {"duration": 2}, {"at": []}, {"at": [5, 7]}, {"frames": (9, 1)}):
        with pytest.raises(FlameError):
            api.add_blinks(built_in_head, **({"duration": 15} | wrong))
    assert built_in_head.animation_data is None
    bpy.context.view_layer.objects.active = built_in_head
    scene.frame_end = 100
    assert bpy.ops.flame.add_blinks(count=2) == {"FINISHED"}
    assert sum(each.data_path.startswith("flame.controls") for each in curves_of(built_in_head)) == 2
