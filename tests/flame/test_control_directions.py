"""Named controls as directions: what scores add, against the model's arrays in double precision."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from flame_blender.assets import BUILT_IN_HEAD
from flame_blender.flame.controls import ARKIT_NAMES, N_ROTATIONS, ControlDirections, Controls, group_of
from flame_blender.flame.evaluator import Added, FlameEvaluator
from flame_blender.flame.model import FlameModel
from flame_blender.flame.value_layout import ValueLayout
from flame_blender.model_files.loading import load_model
from tests.flame.full_size import full_size_model

NAMES = ("mouthSmileLeft", "jawOpen", "eyeBlinkLeft")
ASKED = ("eyeBlinkLeft", "tongueOut", "mouthSmileLeft")  # another order, and one that the model does not have


@pytest.fixture(scope="module")
def evaluator() -> FlameEvaluator:
    plain, rng = full_size_model(), np.random.default_rng(8)
    table = rng.normal(0, 0.3, (3, plain.n_expression + N_ROTATIONS)).astype(np.float32)
    table[0, -N_ROTATIONS:] = 0
    table[1, :-N_ROTATIONS] = 0
    correctives = rng.normal(0, 1e-3, (3, plain.n_vertices, 3)).astype(np.float32)
    return FlameEvaluator(dataclasses.replace(plain, controls=Controls(NAMES, table, correctives=correctives)))


@pytest.mark.parametrize("flame_only", [False, True])
def test_what_scores_add(evaluator: FlameEvaluator, flame_only: bool):
    model, scores = evaluator.model, np.array([0.5, 3.0, -0.25], np.float32)
    controls = ControlDirections(evaluator, ASKED, flame_only)
    rows = model.controls.table[[2, 0]].astype(np.float64) * scores[[0, 2], None]
    wanted = model.shapedirs[:, :, model.n_identity :].astype(np.float64) @ rows[:, :-N_ROTATIONS].sum(0)
    offsets = (model.controls.correctives[[2, 0]].astype(np.float64) * scores[[0, 2], None, None]).sum(0)
    added, corrected = controls.added(scores), controls.offsets(scores)
    assert added is not None and (corrected is None) == flame_only
    if corrected is not None:
        np.testing.assert_allclose(corrected, offsets, atol=1e-8)
        wanted = wanted + offsets
    np.testing.assert_allclose(moved_by(added, model), wanted, atol=2e-7)
    np.testing.assert_allclose(added.joints, model.joint_regressor.astype(np.float64) @ wanted, atol=2e-7)
    assert controls.added(np.zeros(3, np.float32)) is None and controls.offsets(np.zeros(3, np.float32)) is None


def moved_by(added: Added, model: FlameModel) -> np.ndarray:
    """(V, 3) of what is added."""
    moved = np.zeros((3, model.n_vertices), np.float32)
    added.onto(moved)
    return moved.T


@pytest.mark.parametrize("used", [(0, 1, 2, 3, 4), (1, 2), (3, 4), (4,)])
def test_what_scores_add_that_move_a_part_of_the_skin(evaluator: FlameEvaluator, used: tuple[int, ...]):
    """Eyes and mouth move vertices of their own, and some together; a blink leaves a gaze a share of the lids."""
    names = ("eyeBlinkLeft", "eyeLookDownLeft", "browDownLeft", "mouthSmileLeft", "jawOpen")
    rng = np.random.default_rng(5)
    correctives = rng.normal(0, 1e-3, (5, evaluator.model.n_vertices, 3)).astype(np.float32)
    correctives[rng.random(correctives.shape[:2]) > 0.1] = 0
    correctives[0, 0] = 5e-7  # too little to be seen
    table = np.zeros((5, evaluator.model.n_expression + N_ROTATIONS), np.float32)
    table[:, -N_ROTATIONS:] = rng.normal(0, 0.1, (5, N_ROTATIONS))
    model = dataclasses.replace(evaluator.model, controls=Controls(names, table, correctives=correctives))
    directions = ControlDirections(FlameEvaluator(model), names, False)
    scores = np.zeros(5, np.float32)
    scores[list(used)] = rng.uniform(0.2, 0.9, len(used))
    added = directions.added(scores)
    of_skin = scores.astype(np.float64)
    of_skin[1] *= 1 - of_skin[0]
    wanted = np.tensordot(of_skin, correctives.astype(np.float64), 1)
    assert added is not None and all(places is not None for _, places in added.movements)
    assert sum(len(movement) for movement, _ in added.movements) < 3 * model.n_vertices
    np.testing.assert_allclose(moved_by(added, model), wanted, atol=1e-6)
    np.testing.assert_allclose(moved_by(added, model)[1:], wanted[1:], atol=1e-8)
    np.testing.assert_allclose(added.joints, model.joint_regressor.astype(np.float64) @ wanted, atol=2e-7)
    np.testing.assert_allclose(added.rotations, scores @ table[:, -N_ROTATIONS:], atol=1e-7)
    again = directions.added(scores)
    assert again is not added and np.array_equal(moved_by(again, model), moved_by(added, model))


@pytest.mark.parametrize("n_frames", [None, 4])
def test_values_with_their_share(evaluator: FlameEvaluator, n_frames: int | None):
    model, layout = evaluator.model, ValueLayout(evaluator.model.n_identity, evaluator.model.n_expression, 3)
    shape = (layout.size,) if n_frames is None else (n_frames, layout.size)
    values = np.random.default_rng(1).normal(size=shape).astype(np.float32)
    controls = ControlDirections(evaluator, ASKED, False)
    shown = controls.effective(layout, values)
    table = np.stack([model.controls.table[2], np.zeros_like(model.controls.table[0]), model.controls.table[0]])
    share = values[..., layout.controls] @ table
    np.testing.assert_allclose((shown - values)[..., layout.expression], share[..., :-N_ROTATIONS], atol=1e-5)
    turned = np.concatenate([(shown - values)[..., layout.vector(n)] for n in ("jaw", "left_eye", "right_eye")], -1)
    np.testing.assert_allclose(turned, share[..., -N_ROTATIONS:], atol=1e-6)
    rest = np.ones(layout.size, bool)
    rest[layout.expression] = False
    for name in ("jaw", "left_eye", "right_eye"):
        rest[layout.vector(name)] = False
    assert np.array_equal(shown[..., rest], values[..., rest])
    many = controls.offsets(values[..., layout.controls])
    assert many.shape == (*shape[:-1], model.n_vertices, 3)


def test_which_move_a_field(evaluator: FlameEvaluator):
    controls = ControlDirections(evaluator, (*NAMES, "tongueOut"), False)
    assert controls.moves("expression").tolist() == [True, False, True, True], "what turns nothing is of the expression"
    assert controls.moves("jaw").tolist() == [False, True, True, False]
    assert not controls.moves("neck").any()


def test_arkits_names_are_the_built_in_heads():
    controls = load_model(BUILT_IN_HEAD).controls
    assert controls is not None
    assert len(ARKIT_NAMES) == 52 and set(ARKIT_NAMES) == set(controls.names)
    groups = {each.name: each.group for each in load_model(BUILT_IN_HEAD).expression_directions}
    assert all(group_of(name) == groups.get(name, group_of(name)) for name in ARKIT_NAMES)


def test_movements_of_the_same_name_are_those():
    evaluator = FlameEvaluator(load_model(BUILT_IN_HEAD))
    controls = ControlDirections(evaluator, ARKIT_NAMES, False)
    names = [direction.name for direction in evaluator.model.expression_directions]
    assert {ARKIT_NAMES[index]: names[number] for index, number in controls.same_as.items()} == {n: n for n in names}
    assert not controls.others, "jawOpen and gazes sideways turn joints alone"


def test_scores_that_move_eyelids(evaluator: FlameEvaluator):
    """By the model's shapes of them: in what is added to the skin, and in the values that are exported."""
    rng = np.random.default_rng(4)
    shapes = rng.normal(0, 1e-3, (2, evaluator.model.n_vertices, 3)).astype(np.float32)
    lids = np.array([[0, 0], [0.1, 0], [1.2, 0.3]], np.float32)
    controls = dataclasses.replace(evaluator.model.controls, correctives=None, eyelids=lids)
    model = dataclasses.replace(evaluator.model, controls=controls, eyelid_shapes=shapes)
    scores = np.array([0.5, 3.0, -0.25], np.float32)
    with_lids, without = (ControlDirections(FlameEvaluator(each), ASKED, False) for each in (
        model, dataclasses.replace(model, controls=dataclasses.replace(controls, eyelids=None))
    ))  # fmt: skip
    moved = moved_by(with_lids.added(scores), model) - moved_by(without.added(scores), model)
    wanted = 0.5 * np.tensordot(lids[2].astype(np.float64), shapes, 1)
    np.testing.assert_allclose(moved, wanted, atol=2e-7)
    layout = ValueLayout(model.n_identity, model.n_expression, 3)
    values = np.zeros(layout.size, np.float32)
    values[layout.controls], values[layout.eyelids] = scores, 0.2
    np.testing.assert_allclose(with_lids.effective(layout, values)[layout.eyelids], 0.2 + 0.5 * lids[2], rtol=1e-6)
    np.testing.assert_allclose(controls.fields(np.array([0, 1, 1]))["eyelids"], lids[1] + lids[2], rtol=1e-6)
    assert "eyelids" not in dataclasses.replace(controls, eyelids=None).fields(scores)
