"""ARKit scores and presets on a head in Blender."""

from __future__ import annotations

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.assets import THUMBNAILS, thumbnail_of
from flame_blender.panels.faces import thumbnails
from tests.blender.conftest import shown


@pytest.fixture
def head(built_in_head):
    """The built-in head, whose movements have the controls' names; tests of ``named_head`` run on both models."""
    return built_in_head


def expression(obj: bpy.types.Object) -> dict[str, float]:
    names = [direction.name for direction in api.model(obj).expression_directions]
    return dict(zip(names, api.get_params(obj).expression.tolist(), strict=True))


def test_scores_reach_the_mesh(head):
    api.set_params(head, shape=[1.0], neck=(0.1, 0.2, 0), expression=[0.5, 0.5])
    api.set_arkit(head, {"_neutral": 0.1, "mouthSmileLeft": 0.5, "jawOpen": 1.0, "eyeLookInRight": 1.0})
    values = expression(head)
    own = values.pop("eyeBlinkLeft"), values.pop("eyeBlinkRight")
    assert own == (0.5, 0.5) and values.pop("mouthSmileLeft") == 0.5 and not any(values.values()), "they add up"
    params = api.get_params(head)
    assert np.degrees(params.jaw[0]) == pytest.approx(20) and np.degrees(params.right_eye[1]) == pytest.approx(30)
    assert params.shape[0] == 1 and np.allclose(params.neck, (0.1, 0.2, 0))
    assert np.abs(shown(head) - api.evaluate(head)).max() < 1e-6


def test_what_live_link_has_beside_the_scores_is_told(named_head):
    row = {"JawOpen": 1.0, "HeadYaw": 0.3, "LeftEyePitch": 0.1}
    assert api.set_arkit(named_head, row) == ("HeadYaw", "LeftEyePitch")
    params = api.get_params(named_head)
    assert np.degrees(params.jaw[0]) == pytest.approx(20, abs=4) and not np.any(params.left_eye)
    assert {name: score for name, score in api.get_arkit(named_head).items() if score} == {"jawOpen": 1.0}


def test_a_frame_keys_what_was_set(named_head):
    api.set_arkit(named_head, {}, frame=1)
    api.set_arkit(named_head, {"eyeBlinkLeft": 1.0, "jawOpen": 0.5}, frame=11)
    bpy.context.scene.frame_set(6)
    assert (
        0.3 < api.get_arkit(named_head)["eyeBlinkLeft"] < 0.7 and 3 < np.degrees(api.get_params(named_head).jaw[0]) < 7
    )
    bpy.context.scene.frame_set(11)
    assert api.get_arkit(named_head)["eyeBlinkLeft"] == 1.0


def test_wrong_scores_change_nothing(named_head):
    api.set_arkit(named_head, {"jawOpen": 1.0})
    before = shown(named_head)
    for scores in ({"jawOpn": 1.0}, {"mouthSmileLeft": float("inf")}):
        with pytest.raises(api.ParameterError):
            api.set_arkit(named_head, scores)
    with pytest.raises(api.ParameterError, match="preset: expected one of Neutral"):
        api.apply_preset(named_head, "Smurf")
    with pytest.raises(api.ParameterError, match="strength"):
        api.apply_preset(named_head, "Joy", float("nan"))
    assert np.array_equal(shown(named_head), before)


def test_every_preset_shows_a_face(named_head):
    neutral = shown(named_head)
    for name in api.presets(named_head):
        api.apply_preset(named_head, name)
        moved = np.abs(shown(named_head) - neutral).max()
        assert (moved < 1e-6) == (name in ("Neutral", "sil")), name
    api.apply_preset(named_head, "Eyes Closed", 0.5)
    assert api.get_arkit(named_head)["eyeBlinkLeft"] == 0.5


@pytest.mark.newest
def test_a_model_that_is_no_head_says_so(faceless_head):
    """Nothing of FLAME's face in it that could smile; what is wrong otherwise is said before anything is computed."""
    with pytest.raises(api.ParameterError, match="preset: expected one of Neutral"):
        api.apply_preset(faceless_head, "Smurf")
    with pytest.raises(api.ParameterError, match="did you mean 'jawOpen'"):
        api.set_arkit(faceless_head, {"jawOpn": 1.0})
    before = shown(faceless_head)
    for call in (lambda: api.set_arkit(faceless_head, {}), lambda: api.apply_preset(faceless_head, "Joy")):
        with pytest.raises(api.ModelError, match="expected"):
            call()
    assert np.array_equal(shown(faceless_head), before) and "not computed yet" in api.missing_controls(faceless_head)


def test_the_button(named_head, capfd):
    bpy.context.view_layer.objects.active = named_head
    bpy.context.scene.frame_set(7)
    assert bpy.ops.flame.apply_preset(preset="Surprise", strength=0.5, key=True) == {"FINISHED"}
    assert api.get_arkit(named_head)["eyeWideLeft"] == pytest.approx(0.4)
    assert named_head.animation_data.action.frame_range[0] == 7
    with pytest.raises(RuntimeError, match="expected one of Neutral"):
        bpy.ops.flame.apply_preset(preset="No such")


def test_each_preset_has_a_picture_of_its_own(head):
    """Without a window Blender gives every preview the icon 0, so the files are looked at."""
    pictures = {path: path.read_bytes() for path in THUMBNAILS.glob("*.png")}
    assert set(pictures) == {thumbnail_of(name) for name in api.presets(head)}
    assert len(set(pictures.values())) >= len(pictures) - 1, "only Neutral and sil may be alike"
    assert thumbnails.icon("No such") == 0
