"""Named controls: names as tools write them, scores to fields, and what a file of them must be."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from flame_blender.errors import ModelError, ParameterError
from flame_blender.flame.controls import N_ROTATIONS, Controls, Preset, skin_scores
from flame_blender.flame.model import FlameModel
from flame_blender.model_files.loading import load_model
from flame_blender.model_files.project_file import arrays_of, model_of
from flame_blender.model_files.saving import save_model
from tests.flame.full_size import full_size_model

NAMES = ("eyeBlinkLeft", "eyeBlinkRight", "jawOpen", "browInnerUp")


@pytest.fixture(scope="module")
def model() -> FlameModel:
    """A full-size model with controls over its numbered expressions."""
    plain = full_size_model()
    rng = np.random.default_rng(5)
    names = [direction.name for direction in plain.expression_directions]
    table = rng.normal(size=(len(NAMES), plain.n_expression + N_ROTATIONS)).astype(np.float32)
    presets = tuple(Preset(name, "Visemes", rng.uniform(size=len(NAMES)).astype(np.float32)) for name in ("aa", "O"))
    opposites = ((names[0], names[7]), (names[1], names[2], names[9]))
    return dataclasses.replace(plain, controls=Controls(NAMES, table, presets, opposites, (names[4],)))


@pytest.fixture(scope="module")
def controls(model: FlameModel) -> Controls:
    assert model.controls is not None
    return model.controls


@pytest.mark.parametrize("written", ["eyeBlinkLeft", "EyeBlinkLeft", "eyeBlink_L", "EyeBlink_L"])
def test_names_as_arkit_live_link_and_mediapipe_write_them(controls: Controls, written: str):
    assert controls.scores({"_neutral": 0.3, written: 0.25}).tolist() == [0.25, 0, 0, 0]


def test_a_row_of_live_link_face_comes_whole(controls: Controls):
    turns = {f"{part}{turn}": 0.05 for part in ("Head", "LeftEye", "RightEye") for turn in ("Yaw", "Pitch", "Roll")}
    row = {"Timecode": "01:02:03:04.567", "BlendshapeCount": 61, "JawOpen": 0.5, **turns}
    assert controls.scores(row).tolist() == controls.scores({"jawOpen": 0.5}).tolist()
    assert set(controls.left_out(row)) == {"Timecode", "BlendshapeCount", *turns}
    with pytest.raises(ParameterError, match="HeadYam"):
        controls.scores({"HeadYam": 0.1})


def test_fields_are_the_weighted_sum_of_the_table(controls: Controls):
    fields = controls.fields(controls.scores({"jawOpen": 0.5, "browInnerUp": 2}))
    expected = 0.5 * controls.table[2] + 2 * controls.table[3]
    found = np.concatenate([fields[name] for name in ("expression", "jaw", "left_eye", "right_eye")])
    assert np.allclose(found, expected, atol=1e-6)


@pytest.mark.parametrize(
    ("scores", "message"),
    [
        ({"eyeBlnkLeft": 1}, "found 'eyeBlnkLeft'; did you mean 'eyeBlinkLeft'"),
        ({"": 1}, "expected names of the 4 controls, found ''"),
        ({"eyeBlinkLeft": 1, "EyeBlink_L": 0}, "expected one score, found two"),
        ({"jawOpen": float("nan")}, "jawOpen: expected a finite number, found nan"),
        ({"jawOpen": "wide"}, "jawOpen: expected a number, found 'wide'"),
        ({"jawOpen": None}, "jawOpen: expected a number, found None"),
    ],
)
def test_wrong_scores_are_refused_in_one_sentence(controls: Controls, scores: dict, message: str):
    with pytest.raises(ParameterError, match=message):
        controls.scores(scores)


def test_an_unknown_preset_names_those_there_are(controls: Controls):
    assert controls.preset("O") is controls.presets[1]
    with pytest.raises(ParameterError, match="expected one of aa, O, found 'Oh'"):
        controls.preset("Oh")


def test_a_file_brings_them_back(model: FlameModel, controls: Controls, tmp_path):
    save_model(model, tmp_path / "model.npz")
    back = load_model(tmp_path / "model.npz").controls
    assert back is not None
    assert (back.names, back.opposites, back.with_open_jaw) == (
        controls.names, controls.opposites, controls.with_open_jaw
    )  # fmt: skip
    assert np.array_equal(back.table, controls.table)
    for one, other in zip(back.presets, controls.presets, strict=True):
        assert (one.name, one.group) == (other.name, other.group) and np.array_equal(one.scores, other.scores)


def test_they_do_not_change_the_fingerprint(model: FlameModel):
    assert model.fingerprint == dataclasses.replace(model, controls=None).fingerprint


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("table", np.zeros((4, 3), np.float32)),
        ("table", np.full((4, 109), np.nan, np.float32)),
        ("names", np.zeros(4)),
        ("names", np.array(["a", "a", "b", "c"])),
        ("preset_groups", np.array(["Visemes"])),
        ("preset_scores", np.zeros((2, 3), np.float32)),
        ("preset_scores", np.full((2, 4), np.inf, np.float32)),
        ("opposites", np.full((2, 100), 2, np.uint8)),
        ("opposites", np.zeros((2, 99), np.uint8)),
        ("with_open_jaw", np.zeros(100)),
    ],
)
def test_wrong_arrays_are_refused_by_name(model: FlameModel, key: str, value: np.ndarray):
    arrays = arrays_of(model) | {f"controls/{key}": value}
    with pytest.raises(ModelError, match=r"made\.npz: controls/"):
        model_of(arrays, "made.npz")


@pytest.mark.parametrize("key", ["table", "preset_names", "preset_groups", "preset_scores", "opposites"])
def test_missing_arrays_are_named(model: FlameModel, key: str):
    arrays = {name: value for name, value in arrays_of(model).items() if name != f"controls/{key}"}
    with pytest.raises(ModelError, match=f"controls/{key} must be there"):
        model_of(arrays, "made.npz")


def test_lids_follow_no_gaze_of_an_eye_that_is_shut():
    names = ("eyeBlinkLeft", "jawOpen", "eyeLookDownLeft", "eyeLookUpRight", "eyeBlinkRight")
    scores = np.array([[0.5, 1, 0.8, 1, 0], [1, 1, 1, 1, 1], [2, 0, 1, 0, -1]], np.float32)
    found = skin_scores(names, scores)
    np.testing.assert_allclose(found, [[0.5, 1, 0.4, 1, 0], [1, 1, 0, 0, 1], [2, 0, 0, 0, -1]])
    assert np.array_equal(skin_scores(("jawOpen",), scores[:, :1]), scores[:, :1])
