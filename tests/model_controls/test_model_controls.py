"""Controls made of a model's own directions: against SciPy's bounded least squares, and where the answer is known."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import lsq_linear, minimize

from flame_blender.correspondence.lips import Lips
from flame_blender.correspondence.movements import carried_over
from flame_blender.correspondence.rest_skin import RestSkin
from flame_blender.errors import ModelError
from flame_blender.flame.controls import Controls, skin_scores
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.eyeballs import eyeballs_of
from flame_blender.flame.model import FlameModel
from flame_blender.flame.params import FlameParams
from flame_blender.geometry.rotations import matrix_from_axis_angle
from flame_blender.long_work import result_of
from flame_blender.model_controls import computing
from flame_blender.model_controls.bounded import bounded_beyond, bounded_least_squares
from flame_blender.model_controls.computed import ComputedControls
from flame_blender.model_controls.computing import computing_controls
from flame_blender.model_controls.directions import Directions
from flame_blender.model_controls.files import load_computed, save_computed
from flame_blender.model_controls.gazes import clear_of_eyeballs
from flame_blender.model_controls.quality import quality_of
from flame_blender.model_controls.sides import on_other_side, parted, share_on_other_side, side_of
from flame_blender.model_controls.weights import vertex_weights
from tests.correspondence.test_lids import ball_of, eyeball_pixels
from tests.fitting.surface_search import nearest_surface
from tests.model.intersections import IntersectionSearch

SYMMETRIC = ("browInnerUp", "cheekPuff", "mouthPucker", "mouthFunnel", "mouthRollLower", "jawForward")


@pytest.fixture(scope="module")
def carried(built_in: FlameModel, computed: tuple[FlameModel, ComputedControls]) -> np.ndarray:
    """(52, V, 3) metres: what the named controls move of the built-in head, on the face-like file's skin.

    Lips that are closed over an open jaw, ``mouthClose``, together with that.
    """
    model, found = computed
    evaluator, controls = FlameEvaluator(built_in), built_in.controls
    table = controls.table.copy()
    table[controls.names.index("mouthClose")] += table[controls.names.index("jawOpen")]
    moved = [evaluator.vertices(FlameParams(expression=row[:-9], jaw=row[-9:-6])) for row in table]
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


def test_bounded_least_squares_beyond_rows_are_scipys():
    rng = np.random.default_rng(4)
    matrix, right = rng.normal(size=(60, 8)), 3 * rng.normal(size=60)
    rows, least = rng.normal(size=(12, 8)), rng.uniform(-0.6, 0.1, 12)
    gram, pulled, most = matrix.T @ matrix, matrix.T @ right, np.full((8, 1), 0.4)
    gram, pulled = gram / 60, pulled / 60
    found = bounded_beyond(gram, pulled[:, None], -most, most, rows, least)
    expected = minimize(
        lambda x: x @ gram @ x - 2 * pulled @ x, np.zeros(8), jac=lambda x: 2 * (gram @ x - pulled),
        bounds=[(-0.4, 0.4)] * 8, constraints={"type": "ineq", "fun": lambda x: rows @ x - least},
        method="SLSQP",
        options={"ftol": 1e-14, "maxiter": 500},
    )  # fmt: skip
    assert expected.success and np.allclose(found, expected.x, atol=1e-3)
    assert (rows @ expected.x < least + 1e-6).any() and (np.abs(expected.x) > 0.4 - 1e-6).any(), "both take part"


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
    unseen = np.full((4, 3), 4e-5)  # metres: nothing that anybody could see
    assert quality_of(unseen, unseen, np.full(4, 0.25), other_side, np.zeros(1)).reach == "unreachable"


def test_a_model_that_can_do_all_movements_does_them(mixed):
    _, found = mixed
    explained = dict(zip(found.controls.names, (each.explained for each in found.qualities), strict=True))
    asked = [name for name in explained if name not in ("tongueOut", "mouthClose", "jawOpen")]
    some = [explained[name] for name in asked]
    assert min(some) > 0.99 and np.mean(some) > 0.995, sorted(explained.items(), key=lambda each: each[1])[:8]
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
    sums = [preset.scores @ found.controls.table[:, :-9] for preset in found.controls.presets]
    assert 2.5 < np.abs(sums).max() <= 3.0, "what presets add up to"
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


def test_a_face_like_file_does_most_of_the_presets(carried, computed):
    model, found = computed
    evaluator = FlameEvaluator(model)
    rest, weights = evaluator.vertices(FlameParams()), vertex_weights(found.correspondence, model, 0.0)
    explained = []
    for preset in found.controls.presets:
        wanted = np.tensordot(preset.scores, carried, 1)
        if np.abs(wanted).max() > 1e-5:
            fields = found.controls.fields(preset.scores)
            left = evaluator.vertices(FlameParams(expression=fields["expression"], jaw=fields["jaw"])) - rest - wanted
            explained.append(1 - weights @ (left**2).sum(1) / (weights @ (wanted**2).sum(1)))
    assert len(explained) > 30 and np.mean(explained) > 0.8


def test_with_correctives_all_is_done_as_it_was_carried_over(carried, computed):
    """0.1 mm at most, as the root of the mean square over the skin, and little on the other side."""
    model, found = computed
    evaluator = FlameEvaluator(model)
    rest, skin = evaluator.vertices(FlameParams()), found.correspondence.vertices
    for row, name in enumerate(found.controls.names):
        scores = np.eye(52, dtype=np.float32)[row]
        scores[found.controls.names.index("jawOpen")] += name == "mouthClose"
        fields, offsets = found.controls.fields(scores), np.tensordot(scores, found.controls.correctives, 1)
        params = FlameParams(expression=fields["expression"], jaw=fields["jaw"], offsets=offsets)
        made = evaluator.vertices(params) - rest
        off = 1000 * np.sqrt(((made - carried[row])[skin] ** 2).sum(1).mean())
        assert off < 0.1, (name, off)
        assert share_on_other_side(made, rest, side_of(name)) <= 0.05, name
        eyeballs = np.concatenate([model.regions["left_eyeball"], model.regions["right_eyeball"]])
        assert np.abs(made[eyeballs]).max() < 1e-6, f"{name}: FLAME's directions move eyeballs"


def test_a_wink_leaves_the_other_eye_alone(computed):
    model, found = computed
    directions, controls = Directions(model, found.correspondence), found.controls
    for side, name in ((1.0, "eyeBlinkLeft"), (-1.0, "eyeBlinkRight")):
        row = controls.names.index(name)
        fields = controls.fields(np.eye(52, dtype=np.float32)[row])
        params = FlameParams(expression=fields["expression"], offsets=controls.correctives[row])
        shown = directions.evaluator.vertices(params)
        assert directions.eye_open(shown, side) < 0.16 and 0.98 < directions.eye_open(shown, -side) < 1.02
        alone = directions.evaluator.vertices(FlameParams(expression=fields["expression"]))
        assert found.qualities[row].eye_open == pytest.approx(directions.eye_open(alone, side))


TOGETHER = (
    ("mouthRollUpper", "mouthRollLower"), ("mouthPressLeft", "mouthPressRight"), ("mouthClose", "jawOpen"),
    ("mouthShrugLower",), ("mouthRollUpper",), ("mouthFrownLeft", "mouthFrownRight"),
)  # fmt: skip


def test_lips_do_not_pass_each_other(computed):
    """By 0.3 mm at most, told by triangles that run through each other; FLAME's directions alone by no more."""
    model, found = computed
    lips, evaluator, controls = (
        Lips(RestSkin(model), found.correspondence.landmarks["ibug"]),
        FlameEvaluator(model),
        found.controls,
    )
    sides = [
        lips.skin.faces[
            (sign * lips.side.side[lips.skin.faces] > 0).all(1) & (lips.side.away < 0.02)[lips.skin.faces].all(1)
        ]
        for sign in (1, -1)
    ]
    search, upper = IntersectionSearch(np.concatenate(sides), 3e-3), len(sides[0])
    for names in TOGETHER:
        for score in (0.5, 1.0):
            scores = controls.scores(dict.fromkeys(names, score))
            for correctives in (1, 0):
                shown = shown_by(evaluator, controls, scores, correctives)
                crossings = search.crossings(shown, 3e-4)
                assert not ((crossings.pairs < upper).sum(1) == 1).any(), (names, score, correctives)
                assert lips.crossed(shown) < 3e-4
    for name in ("Anger", "Rage", "Disgust", "Pain", "PP"):
        assert lips.crossed(shown_by(evaluator, controls, np.asarray(controls.preset(name).scores))) < 3e-4, name
    assert max(each.lips_cross for each in found.qualities) < 0.3
    gap = [np.linalg.norm(points[1] - points[0]) for points in (
        _on_lips(model, found, shown_by(evaluator, controls, controls.scores(dict.fromkeys(names, 1.0)))) for names in
        (("jawOpen",), ("jawOpen", "mouthClose")))]  # fmt: skip
    assert gap[0] > 0.015 and gap[1] < 0.0015


def _on_lips(model: FlameModel, found: ComputedControls, vertices: np.ndarray) -> np.ndarray:
    """(2, 3) iBUG's middle points of the lips' inner edges."""
    ibug = found.correspondence.landmarks["ibug"]
    corners = vertices[model.faces[ibug.static_faces[[-6, -2]]]]
    return (corners * ibug.static_barycentric[[-6, -2], :, None]).sum(1)


def shown_by(evaluator: FlameEvaluator, controls: Controls, scores: np.ndarray, correctives: float = 1.0) -> np.ndarray:
    """(V, 3) float64 the mean head that shows scores."""
    offsets = correctives * np.tensordot(skin_scores(controls.names, scores), controls.correctives, 1)
    return evaluator.vertices(FlameParams(**controls.fields(scores), offsets=offsets)).astype(np.float64)


def test_a_blink_keeps_the_eye_shut_wherever_it_looks(computed):
    """From the front and 30 degrees aside, and no lid in the eyeball: its vertices turn with it, so they tell where."""
    model, found = computed
    evaluator, controls, ball = FlameEvaluator(model), found.controls, ball_of(model, "eyeBlinkLeft")
    skin, rest = RestSkin(model), model.v_template.astype(np.float64)
    away = np.linalg.norm(rest - ball.centre, axis=1) - ball.radius
    lids = skin.ids[(skin.seen & (away > 0) & (away < 0.004))[skin.ids]]
    for gaze in ("eyeLookDownLeft", "eyeLookUpLeft", "eyeLookInLeft", "eyeLookOutLeft"):
        shown = shown_by(evaluator, controls, controls.scores({"eyeBlinkLeft": 1.0, gaze: 1.0}))
        assert [eyeball_pixels(shown, model.faces, ball, yaw) for yaw in (-30, 0, 30)] == [0, 0, 0], gaze
        centre = shown[ball.vertices] - rest[ball.vertices]
        turn, move = rigid(rest[ball.vertices], shown[ball.vertices])
        there = turn @ ball.centre + move
        assert np.abs(centre).max() > 2e-3 and (np.linalg.norm(shown[lids] - there, axis=1) - ball.radius).min() > -2e-4


def rigid(ones: np.ndarray, others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rotation (3, 3) and translation (3,) that bring points (n, 3) to others (Kabsch, 1976)."""
    a, b = ones.mean(0), others.mean(0)
    u, _, vt = np.linalg.svd((ones - a).T @ (others - b))
    turn = vt.T @ np.diag([1, 1, np.sign(np.linalg.det(vt.T @ u.T))]) @ u.T
    return turn, b - turn @ a


def test_eyelid_shapes_shut_the_eyes(carried, computed):
    """Where there are eyelid files a blink is made of them, and the rest of the face is still."""
    model, found = computed
    names = found.controls.names
    blinks = np.array([names.index("eyeBlinkLeft"), names.index("eyeBlinkRight")])
    with_lids = dataclasses.replace(model, eyelid_shapes=(0.9 * carried[blinks]).astype(np.float32))
    directions = Directions(with_lids, found.correspondence)
    table, lids = directions.making(names, carried, np.zeros((0, 52)))
    assert np.allclose(lids[blinks], np.eye(2) / 0.9, atol=0.02) and lids.min() >= 0 and lids.max() <= 1.2
    assert np.abs(table[blinks, :-9]).max() < 0.1
    assert not lids[names.index("eyeWideLeft")].any() and not lids[names.index("mouthPucker")].any()
    shown = directions.evaluator.vertices(FlameParams(expression=table[blinks[0], :-9], eyelids=lids[blinks[0]]))
    assert directions.eye_open(shown, 1.0) < 0.16 and directions.eye_open(shown, -1.0) > 0.98


def test_what_presets_add_up_to_is_bounded(computed):
    """By 2.9, wherever it is more without; the rest is as it was."""
    model, found = computed
    names, rng = ("browInnerUp", "mouthPucker", "cheekPuff"), np.random.default_rng(2)
    directions = Directions(model, found.correspondence)
    movements = rng.normal(0, 4e-3, (3, 1, 3)) * (np.abs(directions.rest[:, :1]) < 0.05)
    sums = np.array([[1.0, 1.0, 0.0], [0.0, 1.0, -1.0]])
    free, _ = directions.making(names, movements, np.zeros((0, 3)))
    bounded, _ = directions.making(names, movements, sums)
    assert np.abs(sums @ free[:, :-9]).max() > 3.0 >= np.abs(sums @ bounded[:, :-9]).max()


def test_two_sides_are_parted_in_the_middle():
    names, vertices = ("mouthUpperUpLeft", "mouthUpperUpRight", "mouthPucker"), np.zeros((41, 3))
    vertices[:, 0] = np.linspace(-0.02, 0.02, 41)
    blend = np.clip(vertices[:, 0] / 0.02 + 0.5, 0, 1)  # over 2 cm
    moved = np.zeros((3, 41, 3))
    moved[:, :, 1] = 0.004 * np.array([blend, 1 - blend, np.ones(41)])
    assert share_on_other_side(moved[0], vertices, 1.0) > 0.1
    found = parted(names, moved, vertices)
    assert np.allclose(found[0] + found[1], moved[0] + moved[1]) and np.array_equal(found[2], moved[2])
    assert max(share_on_other_side(found[0], vertices, 1.0), share_on_other_side(found[1], vertices, -1.0)) < 0.05
    assert not found[0, vertices[:, 0] < -0.006].any() and np.allclose(found[0, vertices[:, 0] > 0.006, 1], 0.004)
    sharp = np.where(np.arange(3)[:, None, None] == 1, moved * (vertices[:, :1] < 0), moved * (vertices[:, :1] > 0))
    assert np.array_equal(parted(names, sharp, vertices), sharp), "what is on its side stays as it is"


def test_files_of_others_are_refused(computed, built_in, tmp_path: Path):
    model, found = computed
    save_computed(tmp_path / "kept.npz", model, found)
    with pytest.raises(
        ModelError, match=rf"controls 9' of {built_in.fingerprint[:8]}, found .* of {model.fingerprint[:8]}; compute"
    ):
        load_computed(tmp_path / "kept.npz", built_in)
    np.savez(tmp_path / "other.npz", numbers=np.zeros(3))
    with pytest.raises(ModelError, match="found 'None'"):
        load_computed(tmp_path / "other.npz", model)
    lids = dataclasses.replace(found.controls, eyelids=np.zeros((52, 2), np.float32))
    save_computed(tmp_path / "lids.npz", model, dataclasses.replace(found, controls=lids))
    with pytest.raises(ModelError, match="expected the eyelid files with which it was computed, found none"):
        load_computed(tmp_path / "lids.npz", model)
    shapes = np.zeros((2, model.n_vertices, 3), np.float32)
    again = load_computed(tmp_path / "lids.npz", dataclasses.replace(model, eyelid_shapes=shapes))
    assert again.controls.eyelids.shape == (52, 2)
    with np.load(tmp_path / "kept.npz") as kept:
        short = {key: value[:3] if key == "quality/explained" else value for key, value in kept.items()}
    np.savez(tmp_path / "short.npz", **short)
    with pytest.raises(ModelError, match="quality of 52 controls"):
        load_computed(tmp_path / "short.npz", model)


def test_a_source_without_controls_is_refused(computed):
    model, _ = computed
    with pytest.raises(ModelError, match="named controls, found none"):
        next(computing_controls(model, model, nearest_surface))


def test_lids_are_clear_of_eyeballs_that_a_gaze_moves(computed):
    """A joint that is not in the eyeball's middle: lids keep off it as far as they were, and all else is still."""
    model, _ = computed
    rest = model.v_template.astype(np.float64)
    ball = eyeballs_of(rest, model.faces)[0]
    regressor = model.joint_regressor.copy()
    back = ball.vertices[rest[ball.vertices, 2].argmin()]
    regressor[3] = np.eye(model.n_vertices, dtype=np.float32)[back]  # at the back of the eyeball
    off = dataclasses.replace(model, joint_regressor=regressor)
    gaze = np.array([[0.0, 0.5, 0, 0, 0, 0], [0, 0, 0, 0, 0.5, 0]])
    moved = clear_of_eyeballs(
        FlameEvaluator(off), ("eyeLookInLeft", "eyeLookInRight"), np.zeros((2, model.n_vertices, 3)), gaze
    )
    shift = matrix_from_axis_angle(gaze[0, :3]) @ (ball.centre - rest[back]) - (ball.centre - rest[back])
    lids = np.linalg.norm(moved[0], axis=1) > 1e-6
    away, were = (np.linalg.norm(rest[lids] + each - ball.centre - move, axis=1)
                  for each, move in ((moved[0][lids], shift), (0.0, 0.0)))  # fmt: skip
    assert lids.sum() > 5 and (rest[lids, 0] > 0).all() and np.linalg.norm(shift) > 5e-3
    assert (away > np.minimum(were, ball.radius + 1e-4) - 1e-9).all()
    assert np.abs(moved[1]).max() < 1e-4, "the other joint is in its place"


def test_a_file_of_made_up_fields_can_do_little(computed, carried, built_in, monkeypatch):
    """Directions that are no movements of a face: the table says poor, and correctives show them all the same."""
    model, found = computed
    rng = np.random.default_rng(6)
    waves = np.sin(model.v_template.astype(np.float64) @ rng.normal(0, 80, (3, 20)) + rng.uniform(0, 6, 20))
    fields = 1e-3 * waves[:, None] * rng.normal(size=(3, 20))
    shapedirs = np.concatenate([model.shapedirs[:, :, : model.n_identity], fields], 2)
    arrays = {name: getattr(model, name) for name in ("v_template", "faces", "joint_regressor", "weights", "parents")}
    made_up = FlameModel.from_arrays(
        **arrays, shapedirs=shapedirs, posedirs=model.posedirs, n_identity=model.n_identity
    )
    made_up = dataclasses.replace(made_up, landmarks=model.landmarks, regions=model.regions)

    def same(*_given):
        yield 1.0
        return found.correspondence

    monkeypatch.setattr(computing, "corresponding", same)  # the skin is the same
    told = result_of(computing.computing_controls(built_in, made_up, nearest_surface))
    reach = dict(zip(told.controls.names, (each.reach for each in told.qualities), strict=True))
    moved = [name for name in reach if not name.startswith(("eyeLook", "jaw", "tongue"))]
    assert {reach[name] for name in moved} == {"poor"}, {name: reach[name] for name in moved if reach[name] != "poor"}
    evaluator, skin = FlameEvaluator(made_up), found.correspondence.vertices
    for name in ("mouthSmileLeft", "browInnerUp", "eyeBlinkLeft"):
        scores = told.controls.scores({name: 1.0})
        off = shown_by(evaluator, told.controls, scores) - made_up.v_template - carried[told.controls.names.index(name)]
        assert np.sqrt((off[skin] ** 2).sum(1).mean()) < 1e-4, name
