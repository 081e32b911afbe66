"""Folds by what must hold: none at rest, whatever the head; those of a movement where its muscles fold the skin."""

import dataclasses

import numpy as np
import pytest

from flame_blender.flame import FlameEvaluator, FlameParams
from flame_blender.flame.landmarks import LandmarkEmbedding, landmark_points
from flame_blender.looks.folds import IN_THE_MIDDLE, OF_A_SIDE, SLACK, folds_of
from tests.flame.face_like import face_like_model

# movement: how far the skin folds at least at the most folded place near a landmark (iBUG's 51, mm up from it)
FOLDED = (
    (("browInnerUp",), 5, 24, 0.6),
    (("browOuterUpLeft",), 8, 24, 0.6),
    (("browDownLeft", "browDownRight"), 10, 12, 0.5),
    (("cheekSquintLeft",), 28, 0, 0.3),
    (("mouthFrownLeft",), 37, -10, 0.4),
    (("mouthPucker",), 34, 6, 0.3),
)  # fmt: skip
NEAR = 0.015  # metres
OWN = (  # full movements of the muscles of each gauge, in their order; the mentalis's own hardly shortens its
    ("browInnerUp",), ("browOuterUpLeft",), ("cheekSquintLeft",), ("cheekSquintLeft",), ("noseSneerLeft",),
    ("mouthSmileLeft",), ("mouthFrownLeft",), ("browDownLeft", "browDownRight"),
    ("browDownLeft", "browDownRight", "noseSneerLeft", "noseSneerRight"), ("mouthPucker",),
)  # fmt: skip


def places(model):
    known = model.landmarks["ibug"]
    fixed = LandmarkEmbedding(known.static_faces[-51:], known.static_barycentric[-51:])
    return landmark_points(model.v_template.astype(float), model.faces, fixed)


@pytest.fixture
def rng():
    return np.random.default_rng(20)


@pytest.fixture(scope="module", params=["built-in", "face-like"])
def evaluator(request, built_in):
    return FlameEvaluator(built_in if request.param == "built-in" else face_like_model())


def folded(evaluator, params, at_rest=None):
    folds = folds_of(evaluator.model)
    rest = evaluator.vertices(FlameParams(shape=params.shape) if at_rest is None else at_rest).astype(float)
    return folds.folded(evaluator.vertices(params).astype(float), folds.lengths(rest))


def moved(model, names):
    """Parameters of ARKit movements by name, of a model whose expression directions are these."""
    known = [each.name for each in model.expression_directions]
    expression = np.zeros(model.n_expression)
    expression[[known.index(name) for name in names]] = 1.0
    return FlameParams(expression=expression)


def test_a_head_at_rest_has_none_whoever_it_is_and_however_it_is_turned(evaluator, rng):
    for _ in range(5):
        shape = rng.standard_normal(min(20, evaluator.model.n_identity))
        turned = FlameParams(shape=shape, global_rotation=rng.uniform(-1, 1, 3), translation=rng.uniform(-1, 1, 3))
        assert folded(evaluator, turned).max() == 0.0


def test_what_is_folded_does_not_depend_on_how_the_head_is_turned_or_how_large_it_is(evaluator, rng):
    expression = rng.standard_normal(evaluator.model.n_expression) * 0.7
    turned = FlameParams(expression=expression, global_rotation=rng.uniform(-1, 1, 3))
    still, folds = FlameParams(expression=expression), folds_of(evaluator.model)
    one, other = folded(evaluator, still), folded(evaluator, turned)
    assert one.max() > 0.2 and np.abs(one - other).max() < 1e-4
    rest, now = (evaluator.vertices(each).astype(float) for each in (FlameParams(), still))
    assert np.allclose(folds.folded(1000 * now, folds.lengths(rest, 1000 * np.eye(3))), one, atol=1e-5)
    assert one.min() >= 0 and one.max() <= 1


@pytest.mark.parametrize(("names", "landmark", "up", "least"), FOLDED)
def test_each_movement_folds_the_skin_of_its_muscles_alone(built_in, names, landmark, up, least):
    evaluator = FlameEvaluator(built_in)
    amounts = folded(evaluator, moved(built_in, names))
    middle = places(built_in)[landmark] + np.array([0, up * 0.001, 0])
    off = np.linalg.norm(built_in.v_template - middle, axis=1)
    assert amounts[off < NEAR].max() > least
    if names[0].startswith("brow"):  # the lower face stays smooth
        assert amounts[built_in.v_template[:, 1] < places(built_in)[16, 1]].max() < 0.05


def test_a_gauge_is_folded_fully_by_the_full_movement_of_its_own_muscles(built_in):
    evaluator, folds = FlameEvaluator(built_in), folds_of(built_in)
    gauges = [*range(len(OF_A_SIDE)), *range(2 * len(OF_A_SIDE), len(folds.shortened) - 1)]
    at_rest = folds.lengths(evaluator.vertices(FlameParams()).astype(float))
    for gauge, names in zip(gauges, OWN, strict=True):
        now = folds.lengths(evaluator.vertices(moved(built_in, names)).astype(float))
        share = (1 - SLACK - now / at_rest)[gauge] / folds.shortened[gauge]
        assert 0.8 < share < 1.25, (names, gauge)


def test_both_sides_fold_alike(built_in):
    """A movement and its mirror image, at vertices and theirs."""
    evaluator = FlameEvaluator(built_in)
    left, right = (
        folded(evaluator, moved(built_in, [f"{each}{side}" for each in ("mouthFrown", "browOuterUp")]))
        for side in ("Left", "Right")
    )
    vertices = built_in.v_template.astype(float)
    mirrored = vertices * [-1, 1, 1]
    image = np.array([((vertices - each) ** 2).sum(1).argmin() for each in mirrored])
    paired = np.linalg.norm(vertices[image] - mirrored, axis=1) < 1e-6
    assert paired.mean() > 0.95 and left.max() > 0.4
    assert np.abs(left - right[image])[paired].max() < 0.02


def test_a_deeper_movement_folds_more(built_in):
    evaluator, params = FlameEvaluator(built_in), moved(built_in, ["browInnerUp"])
    amounts = [folded(evaluator, FlameParams(expression=share * params.expression)).sum() for share in (0.3, 0.6, 1.0)]
    assert 0 < amounts[0] < amounts[1] < amounts[2]


def test_a_model_has_gauges_where_it_has_landmarks(built_in):
    assert len(folds_of(built_in).shortened) == 2 * len(OF_A_SIDE) + len(IN_THE_MIDDLE)
    assert folds_of(dataclasses.replace(built_in, landmarks={})) is None
