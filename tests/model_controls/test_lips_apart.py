"""Lips of controls: what is told of them, and one-sided movements that were parted in the middle."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from flame_blender.correspondence.lips import Lips
from flame_blender.flame.model import FlameModel
from flame_blender.flame.params import FlameParams
from flame_blender.model_controls import computing
from flame_blender.model_controls.computed import ComputedControls
from flame_blender.model_controls.directions import Directions
from flame_blender.model_controls.lips_together import apart_together
from flame_blender.model_controls.sides import parted, share_on_other_side
from tests.model_controls.test_model_controls import shown_by

TOLD = ("mouthClose", "mouthShrugLower", "browOuterUpLeft", "mouthSmileRight", "mouthPressRight")


@pytest.fixture(scope="module")
def directions(computed: tuple[FlameModel, ComputedControls]) -> Directions:
    model, found = computed
    return Directions(model, found.correspondence)


def test_no_crossing_is_untold(computed, directions):
    """The larger of both: with correctives, and by the model's own directions alone; half-way and at the end."""
    _, found = computed
    controls, told = found.controls, dict(zip(found.controls.names, found.qualities, strict=True))
    for name in TOLD:
        names = (name, "jawOpen") if name == "mouthClose" else (name,)
        crossed = [
            directions.lips.crossed(
                shown_by(directions.evaluator, controls, controls.scores(dict.fromkeys(names, score)), correctives)
            )
            for score in (0.5, 1.0)
            for correctives in (0, 1)
        ]
        assert told[name].lips_cross == pytest.approx(1000 * max(crossed), abs=0.02), name


def test_what_a_corrective_does_to_lips_is_told(directions):
    """Upper lip 3 mm down by a corrective, or jaw shut further with a corrective that takes it back: both are told."""
    lips, still = directions.lips, FlameParams(eyelids=np.zeros(2))
    down = 3e-3 * np.array([0, -1, 0]) * ((lips.side.side > 0) & (lips.side.away < 0.02))[:, None]
    assert computing._lips_cross(directions, still, 0 * down) == 0
    expected = max(lips.crossed(directions.rest + share * down) for share in (0.5, 1.0))
    assert computing._lips_cross(directions, still, down) == pytest.approx(expected, rel=1e-3) and expected > 1e-3
    shut = FlameParams(jaw=np.array([-0.1, 0, 0]), eyelids=np.zeros(2))
    alone = lips.crossed(directions.evaluator.vertices(shut))
    back = directions.rest - directions.evaluator.vertices(shut)
    assert computing._lips_cross(directions, shut, back) >= alone > 1e-3


def test_what_adds_up_leaves_lips_apart(computed, directions):
    """Upper lip down, lower lip up, by what each may go alone: together, half-way too, both give way, nothing else."""
    lips, rest, scores = directions.lips, directions.rest, np.zeros(52, np.float32)
    near = np.clip(2 - lips.side.away / 0.01, 0, 1)[:, None] * [0.0, 1.0, 0.0]
    controls = dataclasses.replace(computed[1].controls, table=0 * computed[1].controls.table)
    rows = [controls.names.index(name) for name in ("mouthShrugUpper", "mouthShrugLower")]
    movements = np.zeros((52, len(rest), 3))
    for row, sign in zip(rows, (1, -1), strict=True):
        scores[row], movements[row] = 1, -sign * 6e-4 * (sign * lips.side.side > 0)[:, None] * near
    before = dataclasses.replace(controls, correctives=movements.astype(np.float32))
    after = dataclasses.replace(before, correctives=apart_together(directions, before, movements, scores[None]))
    for share in (0.5, 1.0):
        crossed = [lips.crossed(shown_by(directions.evaluator, each, share * scores)) for each in (before, after)]
        assert crossed[1] < 1e-4 < share * 6e-4 < crossed[0], share
    moved = np.abs(after.correctives - before.correctives).max((1, 2))
    assert moved[rows].min() > 1e-4 and np.count_nonzero(moved) == 2


@pytest.mark.parametrize("seed", [0, 3, 7])
def test_parted_sides_leave_lips_apart(directions, seed):
    """Waves over both lips, the first of 6, 9 and 12 mm that the seam in the middle would take through each other."""
    rng, rest, lips = np.random.default_rng(seed), directions.rest, directions.lips
    waves = np.sin(rest @ rng.normal(0, 80, (3, 3)) + rng.uniform(0, 6, 3))
    near = np.exp(-((rest - rest[lips.facing.vertices].mean(0)) ** 2).sum(1) / 0.03**2)
    names = ("mouthSmileLeft", "mouthSmileRight")
    for height in (6e-3, 9e-3, 12e-3):
        both = np.repeat(lips.apart((height * waves * near[:, None])[None], np.zeros((0, 1))), 2, axis=0)
        if (by_seam := max(lips.crossed(rest + each) for each in parted(names, both, rest))) > 2e-4:
            break
    assert by_seam > 2e-4
    found = computing._parted(names, both, directions)
    assert max(lips.crossed(rest + each) for each in found) < 5e-5
    assert max(share_on_other_side(found[0], rest, 1.0), share_on_other_side(found[1], rest, -1.0)) < 0.05


def test_a_vertex_that_only_seems_to_be_in_the_other_lip_is_not_told(directions, monkeypatch):
    """Alone, and no edge leads in: it lies behind the other lip's border. One that was pushed in counts."""
    lips, rest = directions.lips, directions.rest
    at_rest = lips.at(rest)
    away = int(np.argmax(at_rest.gaps))
    seeming = dataclasses.replace(at_rest, gaps=np.where(np.arange(len(at_rest.gaps)) == away, -3e-3, at_rest.gaps))
    monkeypatch.setattr(Lips, "at", lambda *_: seeming)
    assert lips.crossed_by(seeming).max() > 2e-3 and lips.crossed(rest) == 0
    monkeypatch.undo()
    facing = lips.facing
    row = int(np.argmax(lips.side.side[facing.vertices] * (facing.gaps > 0)))
    pushed = rest.copy()
    pushed[facing.vertices[row]] -= (facing.gaps[row] + 1e-3) * facing.ways[row]
    assert lips.crossed(pushed) > 2e-4
