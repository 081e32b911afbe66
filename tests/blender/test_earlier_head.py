"""Heads of the built-in head's first sculpt, as .blend files of earlier versions have them."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.head import models
from flame_blender.keyframes.animation import curves_of
from flame_blender.model_files.loading import load_model
from flame_blender.model_files.saving import save_model

pytestmark = pytest.mark.oldest_and_newest  # mesh and properties as every head has them
FIRST_SCULPT = Path(__file__).resolve().parents[1] / "model" / "first_sculpt.npz"


@pytest.fixture(scope="session")
def earlier_file(tmp_path_factory):
    """The first sculpt a little larger, so that it is another than the present head whatever that is."""
    model = load_model(FIRST_SCULPT)
    path = tmp_path_factory.mktemp("earlier") / "first_sculpt.npz"
    save_model(dataclasses.replace(model, v_template=1.01 * model.v_template), path)
    return path


@pytest.fixture
def earlier(earlier_file):
    """A head of the first sculpt, keyed and named as the built-in head was, whose model is not there; its vertices."""
    api.install(earlier_file)
    head = api.add_head("first_sculpt", name="Ann")
    head.location = (1, 2, 3)
    api.set_params(head, shape=[1.5], neck=(0.0, 0.3, 0.0))
    for frame, score in ((1, 0.0), (11, 1.0)):
        api.set_arkit(head, {"jawOpen": score, "mouthSmileLeft": score}, frame=frame)
    bpy.context.scene.frame_set(6)
    shown = api.evaluate(head)
    head.flame.model_name = api.BUILT_IN
    api.remove_model("first_sculpt")
    models.forget()  # as another session
    return head, shown


def test_it_keeps_its_shape_and_says_what_to_do(earlier, tmp_path):
    head, shown = earlier
    assert api.is_of_earlier_head(head)
    assert not api.is_of_earlier_head(api.add_head(api.BUILT_IN)) and not api.is_of_earlier_head(None)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "ann.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "ann.blend"))
    head = bpy.data.objects["Ann"]
    bpy.context.scene.frame_set(9)
    places = np.array([vertex.co for vertex in head.data.vertices])
    np.testing.assert_allclose(places, np.stack([shown[:, 0], -shown[:, 2], shown[:, 1]], 1), atol=1e-6)
    assert "convert it" in str(api.missing_model(head))
    bpy.context.view_layer.objects.active = head
    assert bpy.ops.flame.convert_head.poll()


def test_it_goes_to_the_present_head_by_names(earlier):
    head, _ = earlier
    curves = {curve.data_path: curve for curve in curves_of(head)}
    path = f"flame.controls[{head.flame.controls.find('jawOpen')}].value"
    scores = {frame: curves[path].evaluate(frame) for frame in (1, 6, 11)}
    converted = api.convert(head, api.BUILT_IN, source="REPLACE")
    made = converted.head
    assert made is not None and made.name == "Ann" and tuple(made.location) == (1, 2, 3)
    assert "names" in converted.summary()[0] and np.isnan(converted.residuals_mm).all()
    present = api.add_head(api.BUILT_IN)
    api.set_params(present, shape=[1.5], neck=(0.0, 0.3, 0.0))
    for frame, score in scores.items():
        bpy.context.scene.frame_set(frame)
        api.set_arkit(present, dict.fromkeys(("jawOpen", "mouthSmileLeft"), score))
        np.testing.assert_allclose(api.evaluate(made), api.evaluate(present), atol=2e-6)


def test_with_its_file_it_moves_again(earlier, earlier_file):
    head, _ = earlier
    api.install(earlier_file)
    assert not api.is_of_earlier_head(head)
    bpy.context.scene.frame_set(11)
    assert models.evaluator(head.flame.fingerprint).model.fingerprint == load_model(earlier_file).fingerprint
    assert api.get_arkit(head)["jawOpen"] == 1.0


def test_another_model_is_refused(earlier, flame_model):
    head, _ = earlier
    with pytest.raises(api.ParameterError, match=r"to_model: .* earlier version"):
        api.convert(head, flame_model)
    assert head.name in bpy.data.objects
