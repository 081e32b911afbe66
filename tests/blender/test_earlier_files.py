"""Files that earlier versions saved show the heads that those versions showed, and go on from there."""

from __future__ import annotations

from pathlib import Path

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.head import live
from flame_blender.head.properties import LAYOUT
from tests.blender.conftest import expression_of

pytestmark = pytest.mark.every_version  # files of another Blender
SAVED = Path(__file__).parent / "saved"
FIRST_SCULPT = Path(__file__).resolve().parents[1] / "model" / "first_sculpt.npz"
CLOSE = 1e-6  # metres


@pytest.fixture(params=["head_of_0_1_0", "file_head_of_0_1_0"])
def earlier(request):
    """The head of such a file, and what the version that saved it showed."""
    api.install(SAVED / "small_model.npz")
    api.install(FIRST_SCULPT)  # the built-in head of 0.1.0
    bpy.ops.wm.open_mainfile(filepath=str(SAVED / f"{request.param}.blend"))
    return next(obj for obj in bpy.data.objects if api.is_head(obj)), np.load(SAVED / f"{request.param}.npz")


def shown_in_world(head: bpy.types.Object) -> np.ndarray:
    """(V, 3): Blender's own evaluation."""
    evaluated = head.evaluated_get(bpy.context.evaluated_depsgraph_get())
    return np.array([evaluated.matrix_world @ vertex.co for vertex in evaluated.data.vertices])


def assert_as_it_was(head: bpy.types.Object, wanted: dict[str, np.ndarray]) -> None:
    assert live.trouble(head) is None
    for frame, positions in zip(wanted["frames"], wanted["world"], strict=True):
        bpy.context.scene.frame_set(int(frame))
        np.testing.assert_allclose(shown_in_world(head)[wanted["vertices"]], positions, atol=CLOSE)
        np.testing.assert_allclose(api.evaluate(head, "world")[wanted["vertices"]], positions, atol=CLOSE)


def test_the_head_is_as_it_was(earlier):
    assert_as_it_was(*earlier)


def test_saved_by_this_version_it_still_is(earlier, tmp_path):
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "now.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "now.blend"))
    assert_as_it_was(next(obj for obj in bpy.data.objects if api.is_head(obj)), earlier[1])


def test_it_can_be_worked_on(earlier):
    """Sliders, landmarks that were there, and a key more."""
    head, _ = earlier
    expression_of(head)[2].value = 0.7
    bpy.context.view_layer.update()
    np.testing.assert_allclose(shown_in_world(head), api.evaluate(head, "world"), atol=CLOSE)
    api.keyframe(head, 20)
    bpy.context.scene.frame_set(20)
    assert expression_of(head)[2].value == pytest.approx(0.7)
    empties = [item.empty for item in head.flame.landmarks]
    if empties:
        places = np.array([empty.matrix_world.translation for empty in empties])
        np.testing.assert_allclose(places, api.landmarks(head, "world"), atol=CLOSE)


def test_the_layout_tells_who_saved_it(earlier):
    """0 until a property of it has to be moved; heads that are made now say which layout they have."""
    assert earlier[0].flame.layout == 0
    assert api.add_head(api.BUILT_IN).flame.layout == LAYOUT > 0
