"""Controls made of a model's own directions: against SciPy's bounded least squares, and where the answer is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import lsq_linear

from flame_blender.correspondence.movements import carried_over
from flame_blender.errors import ModelError
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.model import FlameModel
from flame_blender.flame.params import FlameParams
from flame_blender.model_controls.bounded import bounded_least_squares
from flame_blender.model_controls.computed import ComputedControls
from flame_blender.model_controls.computing import computing_controls
from flame_blender.model_controls.files import load_computed, save_computed
from flame_blender.model_controls.quality import quality_of
from flame_blender.model_controls.weights import on_other_side, side_of
from tests.fitting.surface_search import nearest_surface

SYMMETRIC = ("browInnerUp", "cheekPuff", "mouthPucker", "mouthFunnel", "mouthRollLower", "jawForward")


def _carried(built_in: FlameModel, model: FlameModel, found: ComputedControls) -> np.ndarray:
    """(52, V, 3) metres: what the named controls move of the built-in head, on the model's skin."""
    evaluator, controls = FlameEvaluator(built_in), built_in.controls
    moved = [evaluator.vertices(FlameParams(expression=row[:-9], jaw=row[-9:-6])) for row in controls.table]
    return carried_over(found.correspondence, built_in, model, moved - evaluator.vertices(FlameParams()).astype(float))


def test_bounded_least_squares_are_scipys():
    rng = np.random.default_rng(0)
    matrix, right = rng.normal(size=(80, 12)), 3 * rng.normal(size=(80, 9))
    low, high = np.full((12, 9), -0.2), np.full((12, 9), 0.3)
    found = bounded_least_squares(matrix.T @ matrix, matrix.T @ right, low, high)
    for column in range(9):
        expected = lsq_linear(matrix, right[:, column], (-0.2, 0.3), tol=1e-14).x
        assert np.allclose(found[:, column], expected, atol=1e-6)
    assert (found == -0.2).any() and (found == 0.3).any(), "some bounds are met"


def test_sides_of_movements():
    assert side_of("mouthSmileLeft") == 1 and side_of("browDownRight") == -1
    assert side_of("jawLeft") == side_of("mouthRight") == side_of("jawOpen") == 0
    vertices = np.array([[0.03, 0, 0], [-0.03, 0, 0], [0.001, 0, 0]])
    assert on_other_side(vertices, 1.0).tolist() == [False, True, False]
    assert not on_other_side(vertices, 0.0).any()


def test_quality_is_what_it_says():
    wanted = np.zeros((4, 3))
    wanted[0] = 0.004, 0, 0
    made = np.zeros((4, 3))
    made[0], made[1] = (0.002, 0, 0), (0.002, 0, 0)  # half of it, and as much on the other side
    other_side = np.array([False, True, False, False])
    found = quality_of(wanted, made, np.full(4, 0.25), other_side, np.array([0.5, -2.0]))
    assert found.explained == pytest.approx(1 - (4 + 4) / 16) and found.reach == "fair"
    assert found.mean_residual == pytest.approx(2.0) and found.largest_residual == pytest.approx(2.0)
    assert found.wrong_side == pytest.approx(np.sqrt(0.5)) and found.largest_coefficient == 2.0
    assert quality_of(0 * wanted, made, np.full(4, 0.25), other_side, np.zeros(1)).reach == "unreachable"


def test_a_model_that_can_do_all_movements_does_them(mixed):
    _, found = mixed
    explained = dict(zip(found.controls.names, (each.explained for each in found.qualities), strict=True))
    asked = [name for name in explained if name not in ("tongueOut", "mouthClose", "jawOpen")]
    some = [explained[name] for name in asked]
    assert min(some) > 0.95 and np.mean(some) > 0.985, sorted(explained.items(), key=lambda each: each[1])[:8]
    assert max(each.wrong_side for each in found.qualities) < 0.2, "of the smallest, a press of the lips"


def test_scores_come_back(built_in, mixed):
    """A face of some scores, told again by what each control moves: least squares over the skin."""
    model, found = mixed
    evaluator = FlameEvaluator(model)
    rest = evaluator.vertices(FlameParams()).astype(np.float64)
    table = found.controls.table[:, : model.n_expression]
    names = [
        name for name in found.controls.names if name.startswith(("brow", "cheek", "nose", "mouthSmile", "mouthP"))
    ]
    rows = [found.controls.names.index(name) for name in names]
    moves = np.array([evaluator.vertices(FlameParams(expression=table[row])) - rest for row in rows])
    scores = np.random.default_rng(5).uniform(0, 1, len(rows))
    there = evaluator.vertices(FlameParams(expression=scores.astype(np.float32) @ table[rows])) - rest
    back = np.linalg.lstsq(moves.reshape(len(rows), -1).T, there.ravel(), rcond=None)[0]
    assert np.abs(back - scores).max() < 0.01


def test_a_face_like_file_does_most(computed):
    model, found = computed
    quality = dict(zip(found.controls.names, found.qualities, strict=True))
    assert all(quality[name].reach in ("good", "fair") for name in SYMMETRIC)
    assert quality["tongueOut"].reach == "unreachable" and quality["eyeLookOutLeft"].explained == 1.0
    assert max(each.largest_coefficient for each in found.qualities) <= 2.0
    assert found.controls.table.shape == (52, model.n_expression + 9)
    left = {name for name in found.controls.names if name.endswith("Left")}
    for name in left - {"jawLeft", "mouthLeft", "eyeLookOutLeft", "eyeLookInLeft"}:
        other = name.removesuffix("Left") + "Right"
        assert quality[name].explained == pytest.approx(quality[other].explained, abs=0.12), "both sides alike"


def test_they_come_back_from_their_file(computed, tmp_path: Path):
    model, found = computed
    save_computed(tmp_path / "kept.npz", model, found)
    again = load_computed(tmp_path / "kept.npz", model)
    controls, place, places = again.controls, again.correspondence, found.correspondence
    assert again.qualities == found.qualities and controls.names == found.controls.names
    assert np.array_equal(controls.table, found.controls.table)
    assert [each.name for each in controls.presets] == [each.name for each in found.controls.presets]
    assert np.array_equal(controls.correctives, found.controls.correctives)
    points = model.v_template[:50]
    assert np.array_equal(place.warp(points), places.warp(points)) and np.array_equal(place.triangles, places.triangles)
    assert set(place.landmarks) == set(places.landmarks) and set(place.regions) == set(places.regions)


def test_with_correctives_all_is_done_as_it_was_carried_over(built_in, computed):
    """0.1 mm at most, as the root of the mean square over the skin, and little on the other side."""
    model, found = computed
    evaluator, carried = FlameEvaluator(model), _carried(built_in, model, found)
    rest, skin = evaluator.vertices(FlameParams()), found.correspondence.vertices
    for row, name in enumerate(found.controls.names):
        fields = found.controls.fields(np.eye(52, dtype=np.float32)[row])
        params = FlameParams(
            expression=fields["expression"], jaw=fields["jaw"], offsets=found.controls.correctives[row]
        )
        made = evaluator.vertices(params) - rest
        off = 1000 * np.sqrt(((made - carried[row])[skin] ** 2).sum(1).mean())
        assert off < 0.1, (name, off)


def test_files_of_others_are_refused(computed, built_in, tmp_path: Path):
    model, found = computed
    save_computed(tmp_path / "kept.npz", model, found)
    with pytest.raises(
        ModelError, match=rf"controls 3' of {built_in.fingerprint[:8]}, found .* of {model.fingerprint[:8]}; compute"
    ):
        load_computed(tmp_path / "kept.npz", built_in)
    np.savez(tmp_path / "other.npz", numbers=np.zeros(3))
    with pytest.raises(ModelError, match="found 'None'"):
        load_computed(tmp_path / "other.npz", model)
    with np.load(tmp_path / "kept.npz") as kept:
        short = {key: value[:3] if key == "quality/explained" else value for key, value in kept.items()}
    np.savez(tmp_path / "short.npz", **short)
    with pytest.raises(ModelError, match="quality of 52 controls"):
        load_computed(tmp_path / "short.npz", model)


def test_a_source_without_controls_is_refused(computed):
    model, _ = computed
    with pytest.raises(ModelError, match="named controls, found none"):
        next(computing_controls(model, model, nearest_surface))
