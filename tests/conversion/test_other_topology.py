"""From the built-in head to a FLAME-like file of another topology and back, through where the one lies on the other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from flame_blender.conversion.converting import Acted, converting_params
from flame_blender.conversion.places import Places, places_on_source, places_on_target, through
from flame_blender.correspondence.correspondence import Correspondence
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.model import FlameModel
from flame_blender.flame.params import POSE_FIELDS, FlameParams
from flame_blender.long_work import result_of
from flame_blender.sequences.sequence import params_of_frames
from tests.conversion.least_residual import least_plausible_residual, least_residual
from tests.fitting.test_registered import random_clip
from tests.flame.other_bases import first_directions

N_FRAMES = 4


@pytest.fixture(scope="module")
def on_built_in(on_face_like: Correspondence, built_in: FlameModel, face_like: FlameModel) -> Places:
    """The file's vertices on the built-in head."""
    return places_on_source(on_face_like, built_in, face_like)


@pytest.fixture(scope="module")
def on_file(on_face_like: Correspondence, built_in: FlameModel, face_like: FlameModel) -> Places:
    """The built-in head's vertices on the file's."""
    return places_on_target(on_face_like, built_in, face_like)


@pytest.fixture(scope="module")
def acted(built_in: FlameModel) -> FlameParams:
    """A person with some movements at a time, every joint turned."""
    rng = np.random.default_rng(0)
    shape = (N_FRAMES, built_in.n_expression)
    return replace(random_clip(built_in, 1, N_FRAMES), expression=(rng.random(shape) < 0.15) * rng.random(shape))


def converted(source: FlameEvaluator, target: FlameEvaluator, places: Places, params: FlameParams, **options):
    return result_of(converting_params(Acted.of(source, target, params), target, places, **options))


def test_places_meet(built_in: FlameModel, face_like: FlameModel, on_built_in: Places, on_file: Places) -> None:
    """At rest, where heads are trusted to lie on each other; every weight in its triangle; eyeballs as well."""
    for places, source, target in ((on_built_in, built_in, face_like), (on_file, face_like, built_in)):
        off = np.linalg.norm(places.on(source.v_template[None])[0] - target.v_template[places.vertices], axis=1)
        assert np.median(off[places.trust > 0.5]) < 5e-4
        assert np.percentile(off[places.trust > 0.5], 95) < 1.5e-3
        assert np.abs(places.weights.sum(1) - 1).max() < 1e-6 and places.weights.min() > -1e-9
        assert len(np.unique(places.vertices)) == len(places.vertices)
        eyes = np.isin(places.vertices, target.regions["left_eyeball"])
        assert eyes.sum() > 200 and off[eyes].max() < 1e-3


def test_places_by_way_of_a_third_head(face_like: FlameModel, on_built_in: Places, on_file: Places) -> None:
    """From the file to the built-in head and back a vertex is where it was."""
    around = through(on_file, on_built_in)
    off = np.linalg.norm(around.on(face_like.v_template[None])[0] - face_like.v_template[around.vertices], axis=1)
    assert np.median(off[around.trust > 0.5]) < 5e-4
    assert np.percentile(off[around.trust > 0.5], 95) < 2e-3


def test_there_and_back(
    built_in: FlameModel, face_like: FlameModel, on_built_in: Places, on_file: Places, acted: FlameParams
) -> None:
    """Both ways to a third of a millimetre; the movements come back by their scores, and joints to half a degree."""
    ours, theirs = FlameEvaluator(built_in), FlameEvaluator(face_like)
    there = converted(ours, theirs, on_built_in, acted)
    assert there.residuals.max() < 3e-4
    back = converted(theirs, ours, on_file, there.params)
    assert back.residuals.max() < 5e-4
    scores = back.params.expression
    assert scores.min() >= 0 and scores.max() <= 1
    assert np.abs(scores - acted.expression).mean() < 0.05
    for name in ("jaw", "neck", "left_eye", "right_eye", "global_rotation"):
        assert np.abs(getattr(back.params, name) - getattr(acted, name)).max() < 0.02, name
    skin = np.setdiff1d(on_file.vertices[on_file.trust > 0.5], built_in.regions["left_eyeball"])
    off = np.linalg.norm(ours.vertices(back.params) - ours.vertices(acted), axis=2)[:, skin]
    assert np.median(off) < 1e-3


def test_no_head_of_the_target_is_nearer_where_places_say(
    built_in: FlameModel, face_like: FlameModel, on_built_in: Places, acted: FlameParams
) -> None:
    """Within 1 % of what SciPy finds with smplx's layer, from the mean head on, by the same places and their trust."""
    target, ours, one = (
        first_directions(face_like, 12, 6),
        FlameEvaluator(built_in),
        params_of_frames(acted, np.array([1])),
    )
    found = converted(ours, FlameEvaluator(target), on_built_in, one)
    meshes, trust = np.zeros((1, target.n_vertices, 3)), np.zeros(target.n_vertices)
    meshes[:, on_built_in.vertices] = on_built_in.on(ours.vertices(one))
    trust[on_built_in.vertices] = on_built_in.trust
    pose = {name: getattr(one, name) for name in (*POSE_FIELDS, "translation")}
    nothing = FlameParams(shape=np.zeros(target.n_identity), expression=np.zeros(target.n_expression), **pose)
    least = least_residual(target, meshes, nothing, trust)
    assert 1e-4 < least < found.residuals[0] * 1.0001
    assert found.residuals[0] < 1.01 * least


def test_no_plausible_head_of_a_full_size_file_is_nearer(
    built_in: FlameModel, face_like: FlameModel, on_built_in: Places, acted: FlameParams
) -> None:
    """Of 300 + 100 coefficients whose squares sum to 400, as those of heads drawn from the model do, or to ours.

    Without a bound the least needs coefficients of 250 deviations, since places are off and neighbours alike.
    """
    rng, ours, one = np.random.default_rng(6), FlameEvaluator(built_in), params_of_frames(acted, np.array([1]))
    some = np.sort(rng.choice(np.flatnonzero(on_built_in.trust > 0.1), 1500, replace=False))
    places = Places(*(getattr(on_built_in, name)[some] for name in ("vertices", "corners", "weights", "trust")))
    found = converted(ours, FlameEvaluator(face_like), places, one)
    coefficients = np.concatenate([found.params.shape, found.params.expression[0]])
    assert len(coefficients) == 400 and np.abs(coefficients).max() < 10
    mesh, trust = np.zeros((face_like.n_vertices, 3)), np.zeros(face_like.n_vertices)
    mesh[places.vertices], trust[places.vertices] = places.on(ours.vertices(one))[0], places.trust
    least = least_plausible_residual(face_like, mesh, one, trust, max(400.0, coefficients @ coefficients))
    assert 1e-5 < least < found.residuals[0] * 1.0001
    assert found.residuals[0] < 1.01 * least


def test_movements_may_leave_their_range(
    built_in: FlameModel, face_like: FlameModel, on_file: Places, acted: FlameParams
) -> None:
    """Where that is asked for, nothing is farther off than within it."""
    params = FlameParams(expression=np.random.default_rng(4).normal(0, 1.5, (2, 40)))
    theirs, ours = FlameEvaluator(face_like), FlameEvaluator(built_in)
    within = converted(theirs, ours, on_file, params)
    beyond = converted(theirs, ours, on_file, params, within_range=False)
    assert within.params.expression.min() >= 0 and within.params.expression.max() <= 1
    assert beyond.params.expression.min() < -0.01
    assert np.sqrt((beyond.residuals**2).mean()) < 1.01 * np.sqrt((within.residuals**2).mean())


def test_offsets_meet_the_surface(
    built_in: FlameModel, face_like: FlameModel, on_built_in: Places, acted: FlameParams
) -> None:
    """What another person's skin has that no direction shows: half of it at least, and no vertex flies off."""
    rng = np.random.default_rng(2)
    bump = 4e-3 * np.exp(-((built_in.v_template - built_in.v_template[rng.integers(3000)]) ** 2).sum(1) / 0.015**2)
    params = FlameParams(shape=acted.shape, offsets=bump[:, None] * [0, 0.3, 1])
    ours, theirs = FlameEvaluator(built_in), FlameEvaluator(face_like)
    told = converted(ours, theirs, on_built_in, params)
    taken = converted(ours, theirs, on_built_in, params, offsets=True)
    assert taken.residuals[0] < 0.5 * told.residuals[0]
    assert np.abs(taken.params.offsets).max() < 6e-3
