"""Samples: functions of recipe, seed and index alone, one stream for each factor."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from scipy.spatial.transform import Rotation

from flame_blender.datasets.example_recipe import EXAMPLE
from flame_blender.datasets.faces.random_scores import random_scores
from flame_blender.datasets.factors import FACTORS, Number
from flame_blender.datasets.recipe_files import read_recipe
from flame_blender.datasets.sample import BLINKS, check_models, drawn_sample, drawn_values
from flame_blender.datasets.views import extrinsic_matrix, framed_points, intrinsic_matrix, view_of
from flame_blender.errors import DatasetError
from flame_blender.flame.controls import ARKIT_NAMES
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.model import FlameModel
from tests.datasets.recipes import recipe

NAME = "Built-in Head"
PINNED_POSE = {"yaw": 0.1684019069894269, "pitch": 8.258331940260124}
PINNED_FACE, PINNED_IRIS = "aa", "hazel"
PINNED_SCORES = {"eyeWideLeft": 0.6064280890780076, "eyeWideRight": 0.6064280890780076}
PINNED_SHAPE = [2.0940988063812256, 0.30778682231903076, -1.075951099395752]


def everything() -> dict[str, list[str]]:
    """Lines of a recipe in which every number varies, by their factors."""
    return {
        factor: [
            f"{key} = {{uniform = [{max(entry.least, 0.3)}, {min(entry.most, max(entry.least, 0.3) + 2)}]}}"
            if isinstance(entry, Number)
            else f"{key} = {{choice = {list(entry.words[:3] or [entry.default])}}}"
            for key, entry in entries.items()
        ]
        for factor, entries in FACTORS.items()
    }


def written(lines: dict[str, list[str]]) -> str:
    return "".join(f"[{factor}]\n" + "\n".join(each) + "\n" for factor, each in lines.items())


@pytest.mark.parametrize("factor", FACTORS)
def test_switching_a_factor_off_changes_no_other(factor: str):
    lines = everything()
    whole = recipe(written(lines))
    without = recipe(written({name: each for name, each in lines.items() if name != factor}))
    for index in (0, 3, 10**12):
        all_of_them, others = drawn_values(whole, index), drawn_values(without, index)
        for name in FACTORS:
            assert name == factor or all_of_them[name] == others[name]
    for number, key in enumerate(FACTORS[factor]):  # nor does a value of it change its others
        kept = [line for row, line in enumerate(lines[factor]) if row != number]
        others = drawn_values(recipe(written(lines | {factor: kept})), 3)
        for name, value in drawn_values(whole, 3)[factor].items():
            assert name == key or others[factor][name] == value


def test_a_sample_does_not_depend_on_others(built_in: FlameModel):
    found = read_recipe(EXAMPLE)
    forwards = [drawn_sample(found, {NAME: built_in}, index) for index in range(6)]
    backwards = [drawn_sample(found, {NAME: built_in}, index) for index in reversed(range(6))][::-1]
    for one, other in zip(forwards, backwards, strict=True):
        assert one.values == other.values
        assert np.array_equal(one.params.shape, other.params.shape)
        assert np.array_equal(one.params.expression, other.params.expression)
    assert len({sample.params.shape.tobytes() for sample in forwards}) == 6


def apart(shapes: np.ndarray, model: FlameModel) -> np.ndarray:
    """(..., S) the independent numbers behind coefficients that go together as people's do."""
    if model.identity_mixing is None:
        return shapes
    found: np.ndarray = np.linalg.solve(model.identity_mixing, shapes.T.astype(float)).T
    return found


def test_a_sample_is_pinned(built_in: FlameModel):
    sample = drawn_sample(read_recipe(EXAMPLE), {NAME: built_in}, 12)
    assert {key: sample.values["pose"][key] for key in ("yaw", "pitch")} == PINNED_POSE
    assert sample.values["expression"]["face"] == PINNED_FACE and sample.values["eyes"]["iris"] == PINNED_IRIS
    np.testing.assert_allclose(apart(sample.params.shape, built_in)[:3], PINNED_SHAPE, atol=1e-5)


def test_values_are_spread_as_the_recipe_says():
    found = recipe(
        "[pose]\nyaw = {normal = [5, 20], limits = [-20, 40]}\npitch = {uniform = [-10, 30]}\n"
        '[eyes]\niris = {choice = ["brown", "blue", "grey"], weights = [3, 1, 0]}\n'
    )
    drawn = [drawn_values(found, index) for index in range(800)]
    pitch = np.array([each["pose"]["pitch"] for each in drawn])
    assert stats.kstest(pitch, stats.uniform(-10, 40).cdf).pvalue > 0.01
    yaw = np.array([each["pose"]["yaw"] for each in drawn])
    assert yaw.min() == -20 and yaw.max() == 40
    inner = yaw[(yaw > -20) & (yaw < 40)]
    assert stats.kstest(inner, stats.truncnorm(-25 / 20, 35 / 20, 5, 20).cdf).pvalue > 0.01
    irises = [each["eyes"]["iris"] for each in drawn]
    assert irises.count("grey") == 0 and abs(irises.count("brown") / 800 - 0.75) < 0.05


def test_coefficients_are_normal_within_the_soft_ranges(built_in: FlameModel, face_like: FlameModel):
    for model in (built_in, face_like):
        shapes = []
        found = recipe("[identity]\nstrength = 1\n[expression]\nstrength = 1\n")
        for index in range(60):
            params = drawn_sample(found, {NAME: model}, index).params
            shapes.append(params.shape)
            low, high = np.array([each.soft_range for each in model.expression_directions]).T
            assert ((params.expression >= low) & (params.expression <= high)).all()
        flat = apart(np.array(shapes), model).ravel()
        assert stats.kstest(flat[np.abs(flat) < 2], stats.truncnorm(-2, 2).cdf).pvalue > 0.001
    movements = [each.unit == "weight" for each in built_in.expression_directions]
    assert all(movements)
    made = np.array([drawn_sample(found, {NAME: built_in}, index).params.expression > 0 for index in range(60)])
    assert abs(made.mean() - 0.25) < 0.03


def test_turns_are_those_that_the_words_say(built_in: FlameModel):
    pose = "[pose]\nyaw = 30\npitch = 20\nroll = 10\njaw = 12\n[gaze]\nyaw = 15\npitch = -5\n"
    params = drawn_sample(recipe(pose), {NAME: built_in}, 0).params
    turned = Rotation.from_rotvec(params.global_rotation)
    expected = Rotation.from_euler("YXZ", [30, -20, 10], degrees=True)
    assert (turned.inv() * expected).magnitude() < 1e-6
    nose = turned.apply([0, 0, 1])
    assert nose[0] > 0.3 and nose[1] > 0.3, "to the subject's left, and up"
    assert np.allclose(params.jaw, [np.radians(12), 0, 0])
    looking = Rotation.from_rotvec(params.left_eye).apply([0, 0, 1])
    assert np.allclose(looking, Rotation.from_euler("YX", [15, 5], degrees=True).apply([0, 0, 1]), atol=1e-6)


def test_lids_shut_and_faces_are_shown(built_in: FlameModel):
    found = recipe('[lids]\nclosed = 1\n[expression]\nface = "Joy"\nface_strength = 0.5\n')
    params = drawn_sample(found, {NAME: built_in}, 0).params
    names = [each.name for each in built_in.expression_directions]
    for blink in BLINKS:
        assert params.expression[names.index(blink)] == pytest.approx(1.0)
    joy = built_in.controls.preset("Joy").scores
    smile = built_in.controls.names.index("mouthSmileLeft")
    assert params.expression[names.index("mouthSmileLeft")] == pytest.approx(joy[smile] / 2, abs=1e-6)


def test_random_scores_are_few_and_make_sense(built_in: FlameModel):
    found = recipe("[expression]\narkit = 0.8\n")
    drawn = [random_scores(found, index, 0.8) for index in range(400)]
    counts = {name: sum(name in each for each in drawn) for name in ARKIT_NAMES}
    assert not any(counts[name] for name in ARKIT_NAMES if name.startswith(("eyeLook", "eyeBlink")))
    assert all(70 < counts[name] < 135 for name in ("jawOpen", "browDownLeft", "browDownRight", "mouthSmileRight"))
    assert all(0 < score <= 0.8 for each in drawn for score in each.values())
    for each in drawn:
        jaw = each.get("jawOpen", 0.0)
        assert each.get("mouthClose", 0.0) <= jaw and ("tongueOut" not in each or jaw >= 0.3)
        assert not {"jawLeft", "jawRight"} <= set(each) and not {"mouthLeft", "mouthRight"} <= set(each)
    smiles = [(each.get("mouthSmileLeft"), each.get("mouthSmileRight")) for each in drawn]
    alike = sum(left == right for left, right in smiles if left is not None)
    assert 0.65 < alike / counts["mouthSmileLeft"] < 0.92
    assert drawn[2].items() >= PINNED_SCORES.items()
    sample = drawn_sample(found, {NAME: built_in}, 3)
    assert sample.scores == pytest.approx(drawn[3]) and np.abs(sample.params.expression).sum() > 0


def test_a_named_control_takes_the_place_of_the_others(built_in: FlameModel):
    lines = '[expression]\nface = "Joy"\n[controls]\njawOpen = 0.25\nmouthSmileLeft = {uniform = [0.1, 0.2]}\n'
    sample = drawn_sample(recipe(lines), {NAME: built_in}, 5)
    drawn = sample.values["controls"]
    smile = drawn["mouthSmileLeft"]
    assert drawn["jawOpen"] == 0.25 and isinstance(smile, float) and 0.1 < smile < 0.2
    joy = built_in.controls.preset("Joy").scores
    for name in built_in.controls.names:
        expected = joy[built_in.controls.names.index(name)] if name not in drawn or not drawn[name] else drawn[name]
        assert sample.scores.get(name, 0.0) == pytest.approx(expected, abs=1e-6)
    names = [each.name for each in built_in.expression_directions]
    assert sample.params.expression[names.index("mouthSmileLeft")] == pytest.approx(drawn["mouthSmileLeft"], abs=1e-6)


def test_what_a_model_has_not_is_refused(full_model: FlameModel, built_in: FlameModel):
    check_models(read_recipe(EXAMPLE), {NAME: built_in})
    for text, told in (
        ('[model]\nname = "nobody"\n', "found 'nobody'; install it"),
        ('[expression]\nface = {choice = ["", "Joy"]}\n', "found 'Joy'"),
        ("[lids]\nclosed = {uniform = [0, 1]}\n", "install its eyelids"),
        ("[expression]\narkit = 0.5\n", r"expression\.arkit: expected a model with named controls"),
        ("[controls]\njawOpen = 0.5\n", r"controls\.jawOpen: expected a model with named controls"),
    ):
        with pytest.raises(DatasetError, match=told):
            check_models(recipe(text), {NAME: full_model})
    with pytest.raises(DatasetError, match="found 'nobody'"):
        drawn_sample(recipe('[model]\nname = "nobody"\n'), {NAME: built_in}, 0)


@pytest.mark.parametrize("size", [(64, 64), (96, 48)])
def test_the_camera_frames_what_it_should(built_in: FlameModel, size: tuple[int, int]):
    evaluator = FlameEvaluator(built_in)
    text = (
        "[pose]\nyaw = {uniform = [-60, 60]}\n[camera]\nyaw = {uniform = [-40, 40]}\npitch = {uniform = [-30, 30]}\n"
        "roll = {uniform = [-40, 40]}\nfill = 0.6\nfocal = {uniform = [20, 200]}\n"
    )
    for index in range(8):
        sample = drawn_sample(recipe(text), {NAME: built_in}, index)
        vertices = evaluator.vertices(sample.params)
        points = framed_points(built_in, vertices, sample.params, "face")
        camera = view_of(sample.values["camera"], points, *size)
        reach = np.abs(camera.project(points) / size - 0.5) * 2
        assert reach.max() == pytest.approx(0.6, abs=1e-6)
        seen = np.c_[points, np.ones(len(points))] @ extrinsic_matrix(camera).T
        pixels = seen[:, :3] @ intrinsic_matrix(camera).T
        assert np.allclose(pixels[:, :2] / pixels[:, 2:], camera.project(points)), "as OpenCV projects"
        assert camera.intrinsics[0] == pytest.approx(float(sample.values["camera"]["focal"]) / 36 * max(size))


def test_the_camera_stands_where_its_words_say():
    points = np.array([[-0.1, -0.1, 0.0], [0.1, 0.1, 0.0]])
    lines = {"yaw": 40, "pitch": 20, "distance": 2, "shift_x": 0.1, "shift_y": -0.2}
    values = drawn_values(recipe("[camera]\n" + "\n".join(f"{key} = {each}" for key, each in lines.items())), 0)
    camera = view_of(values["camera"], points, 100, 50)
    stands = -camera.rotation.T @ camera.translation
    assert stands[0] > 1 and stands[1] > 0.5 and np.linalg.norm(stands) == pytest.approx(2), "to the left, above"
    assert np.allclose(camera.project(np.zeros((1, 3))), [[60, 15]]), "right by a tenth, up by a fifth"
    upright = view_of(drawn_values(recipe("[camera]\ndistance = 2\n"), 0)["camera"], points, 100, 100)
    rolled = view_of(drawn_values(recipe("[camera]\ndistance = 2\nroll = 90\n"), 0)["camera"], points, 100, 100)
    right, top = upright.project(np.array([[0.1, 0, 0], [0, 0.1, 0]])) - 50
    assert right[0] > 1 and top[1] < -1, "the subject's left is on the right, up is up"
    assert np.allclose(rolled.project(np.array([[0.1, 0, 0]])) - 50, [top]), "anticlockwise"
