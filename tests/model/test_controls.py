"""The built-in head's ARKit table and presets: what moves, to which side, and where the gaze goes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from flame_blender.flame.controls import Controls
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.params import FlameParams
from flame_blender.model_files.loading import load_model

HEAD = Path(__file__).resolve().parents[2] / "flame_blender" / "assets" / "builtin_head.npz"
# Apple's list of blend shape locations
ARKIT = set(
    """
    eyeBlinkLeft eyeLookDownLeft eyeLookInLeft eyeLookOutLeft eyeLookUpLeft eyeSquintLeft eyeWideLeft eyeBlinkRight
    eyeLookDownRight eyeLookInRight eyeLookOutRight eyeLookUpRight eyeSquintRight eyeWideRight jawForward jawLeft
    jawRight jawOpen mouthClose mouthFunnel mouthPucker mouthLeft mouthRight mouthSmileLeft mouthSmileRight
    mouthFrownLeft mouthFrownRight mouthDimpleLeft mouthDimpleRight mouthStretchLeft mouthStretchRight
    mouthRollLower mouthRollUpper mouthShrugLower mouthShrugUpper mouthPressLeft mouthPressRight mouthLowerDownLeft
    mouthLowerDownRight mouthUpperUpLeft mouthUpperUpRight browDownLeft browDownRight browInnerUp browOuterUpLeft
    browOuterUpRight cheekPuff cheekSquintLeft cheekSquintRight noseSneerLeft noseSneerRight tongueOut
    """.split()  # noqa: SIM905  (a list of 52 quoted names is longer and no clearer)
)
VISEMES = ["sil", "PP", "FF", "TH", "DD", "kk", "CH", "SS", "nn", "RR", "aa", "E", "I", "O", "U"]


@pytest.fixture(scope="module")
def head() -> FlameEvaluator:
    return FlameEvaluator(load_model(HEAD))


@pytest.fixture(scope="module")
def controls(head: FlameEvaluator) -> Controls:
    assert head.model.controls is not None
    return head.model.controls


def shown(head: FlameEvaluator, **scores: float) -> np.ndarray:
    controls = head.model.controls
    assert controls is not None
    return head.vertices(FlameParams(**controls.fields(controls.scores(scores))))


def test_the_52_names_are_apples(controls: Controls):
    assert len(ARKIT) == 52 and set(controls.names) == ARKIT and len(controls.names) == 52


@pytest.mark.parametrize("name", sorted(ARKIT))
def test_each_moves_its_own_side(head: FlameEvaluator, name: str):
    moved = np.linalg.norm(shown(head, **{name: 1.0}) - head.model.v_template, axis=1)
    left = head.model.v_template[:, 0]
    assert moved.max() > 0.0015, "at least 1.5 mm somewhere"
    if name[-4:] == "Left" and name not in ("jawLeft", "mouthLeft"):
        assert moved[left < -0.012].max() < 1e-5
    if name[-5:] == "Right" and name not in ("jawRight", "mouthRight"):
        assert moved[left > 0.012].max() < 1e-5


@pytest.mark.parametrize(
    ("name", "side", "axis", "sign"),
    [
        ("eyeLookUpLeft", "left", 1, 1),
        ("eyeLookUpRight", "right", 1, 1),
        ("eyeLookDownLeft", "left", 1, -1),
        ("eyeLookDownRight", "right", 1, -1),
        ("eyeLookOutLeft", "left", 0, 1),
        ("eyeLookInLeft", "left", 0, -1),
        ("eyeLookOutRight", "right", 0, -1),
        ("eyeLookInRight", "right", 0, 1),
    ],
)
def test_gaze(head: FlameEvaluator, name: str, side: str, axis: int, sign: int):
    """The pupil, the foremost part of the ball, goes where the name says by 4 to 8 mm: 12 mm times the sine."""
    ball = head.model.regions[f"{side}_eyeball"]
    pupil = ball[head.model.v_template[ball, 2].argmax()]
    step = (shown(head, **{name: 1.0}) - head.model.v_template)[pupil]
    assert 0.004 < sign * step[axis] < 0.008
    assert abs(step[1 - axis]) < 0.0005


def test_jaw_opens_and_mouth_close_shuts_the_lips(head: FlameEvaluator):
    embedding = head.model.landmarks["ibug"]

    def gap(**scores: float) -> float:
        controls = head.model.controls
        assert controls is not None
        points = head.landmarks(FlameParams(**controls.fields(controls.scores(scores))), embedding)
        return float(np.linalg.norm(points[62] - points[66]))

    assert gap(jawOpen=1) > 0.02
    assert gap(jawOpen=1, mouthClose=1) < 0.001


def test_sideways_movements_go_to_the_subjects_side(head: FlameEvaluator):
    lips = head.model.regions["lips"]
    for name, sign in (("jawLeft", 1), ("jawRight", -1), ("mouthLeft", 1), ("mouthRight", -1)):
        step = (shown(head, **{name: 1.0}) - head.model.v_template)[lips, 0]
        assert sign * step.mean() > 0.001, name


def test_presets(controls: Controls):
    groups = {group: [each.name for each in controls.presets if each.group == group] for group in
              ("Expressions", "Visemes")}  # fmt: skip
    assert len(groups["Expressions"]) >= 21 and groups["Expressions"][0] == "Neutral"
    assert groups["Visemes"] == VISEMES
    names = [preset.name for preset in controls.presets]
    assert len({name.lower() for name in names}) == len(names)
    scores = np.array([preset.scores for preset in controls.presets])
    assert scores.min() >= 0 and scores.max() <= 1
    shown_faces = {preset.scores.tobytes() for preset in controls.presets}
    assert len(shown_faces) == len(controls.presets) - 1, "only Neutral and sil are alike"


def test_opposites_name_expression_directions(head: FlameEvaluator, controls: Controls):
    names = {direction.name for direction in head.model.expression_directions}
    assert set(controls.with_open_jaw) == {"mouthClose", "tongueOut"} <= names
    assert controls.opposites and all(len(set(each)) > 1 and set(each) <= names for each in controls.opposites)
    together = [{"mouthSmileLeft", "mouthFrownLeft"}, {"jawLeft", "jawRight"}, {"eyeBlinkLeft", "eyeWideLeft"}]
    assert all(any(pair <= set(each) for each in controls.opposites) for pair in together)
