"""Teeth, gums, tongue and lashes on a head that is not the built-in one: where they stand, and what they follow."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from flame_blender.correspondence.rest_skin import RestSkin
from flame_blender.errors import ModelError
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.eyeballs import eyeballs_of
from flame_blender.flame.model import FlameModel
from flame_blender.flame.params import POSE_FIELDS, FlameParams
from flame_blender.geometry.axes import TO_BLENDER
from flame_blender.geometry.frame import Frame
from flame_blender.head_parts.following import following, points_on
from flame_blender.head_parts.making import CARUNCLE, GUMS, LASHES, TEAR, TEETH, TONGUE, making_parts
from flame_blender.head_parts.parts import SHAPES, WHOLE, HeadParts, checked_parts
from flame_blender.long_work import result_of
from flame_blender.model_controls.computed import ComputedControls
from flame_blender.model_controls.computing import computing_controls
from flame_blender.model_files.loading import load_model
from tests.fitting.surface_search import nearest_surface
from tests.flame.face_like import BUILT_IN, face_like_model, strangers_model
from tests.flame.full_size import full_size_model
from tests.model.intersections import IntersectionSearch

DEEPEST = 3e-4  # metres that teeth may stand in lips
CELL = 4e-3
PEOPLE, WITHIN = 20, 2.0
JAW = 2
STRIPS = 26  # of a lid's lashes


class OnHead:
    """A head that no built-in head can be, whose landmarks are somebody else's; and the parts made for it."""

    def __init__(self, model: FlameModel) -> None:
        self.source, self.model = load_model(BUILT_IN), model
        self.computed: ComputedControls = result_of(computing_controls(self.source, self.model, nearest_surface))
        self.shares: list[float] = []
        steps = making_parts(self.source, self.model, self.computed.controls, self.computed.correspondence)
        self.parts: HeadParts = result_of(steps, self.shares.append)
        self.evaluator = FlameEvaluator(self.model)

    def at(self, params: FlameParams, shape: np.ndarray | None = None, scores: np.ndarray | None = None) -> np.ndarray:
        """Positions of the parts; ``params`` may hold correctives as offsets, which are no identity."""
        identity = self.evaluator.prepare(params.shape if shape is None else shape)
        rotations = np.stack([getattr(params, name) for name in POSE_FIELDS])
        carried = identity.carried(params.expression, rotations, params.translation)
        vertices = self.evaluator.vertices(params)
        return following(self.parts, self.model, identity).positions(vertices, carried, scores)

    def lashes(self, vertices: np.ndarray) -> np.ndarray:
        """(2, 2, 3, S, 2, 3): eyes, left first, lids, upper first, rows from the roots, strips, sides, xyz."""
        return vertices[self.parts.n_mouth :][: 2 * 2 * 3 * STRIPS * 2].reshape(2, 2, 3, STRIPS, 2, 3)

    def of(self, material: int) -> np.ndarray:
        return np.setdiff1d(self.parts.polygons[self.parts.materials == material], [-1])


@pytest.fixture(scope="module")
def made() -> OnHead:
    return OnHead(strangers_model())


@pytest.fixture(scope="module")
def with_eyes() -> OnHead:
    """One whose eyeballs are round: those of the stranger's model have waves, and are not told from what is none."""
    return OnHead(face_like_model())


class Cuts:
    """How deep teeth stand in the skin about the mouth, by an independent search for triangles that cross."""

    def __init__(self, made: OnHead) -> None:
        self.made, skin = made, RestSkin(made.model)
        polygons = made.parts.polygons[made.parts.materials == TEETH]
        teeth = np.concatenate([polygons[:, :3], polygons[polygons[:, 3] >= 0][:, [0, 2, 3]]])
        places = made.parts.vertices[np.unique(teeth)]
        about = np.abs(skin.vertices - places.mean(0)).max(1) < 0.06
        self.skin = skin.faces[about[skin.faces].all(1)]
        self.search = IntersectionSearch(np.concatenate([self.skin, teeth + made.model.n_vertices]), CELL)

    def deepest(self, params: FlameParams, forward: float = 0.0) -> float:
        parts = self.made.at(params) + np.array([0, 0, forward], np.float32)
        both = np.concatenate([self.made.evaluator.vertices(params), parts]).astype(float)
        found = self.search.crossings(both, DEEPEST)
        crossed = (found.pairs[:, 0] < len(self.skin)) & (found.pairs[:, 1] >= len(self.skin))
        return float(found.depths[crossed].max(initial=0.0))


@pytest.fixture(scope="module")
def cuts(made: OnHead) -> Cuts:
    return Cuts(made)


def preset(made: OnHead, name: str, correctives: bool, **more: np.ndarray) -> FlameParams:
    controls = made.computed.controls
    scores = controls.preset(name).scores
    offsets = np.tensordot(scores, controls.correctives, 1).astype(np.float32) if correctives else None
    return FlameParams(**controls.fields(scores), offsets=offsets, **more)


def test_all_parts_are_there_and_none_is_the_heads(made):
    parts = made.parts
    assert made.shares == sorted(made.shares) and made.shares[-1] <= 1.0
    counts = {each: len(made.of(each)) for each in (TEETH, GUMS, TONGUE, LASHES, TEAR, CARUNCLE)}
    on_lids = {LASHES: 2 * 2 * 3 * STRIPS * 2, TEAR: 2 * 3 * 15, CARUNCLE: 2 * 5 * 9}
    assert counts == {TEETH: 28 * 34, GUMS: 566, TONGUE: 114, **on_lids}
    assert len(parts.vertices) == sum(counts.values())
    assert parts.n_mouth == len(parts.vertices) - sum(on_lids.values())
    checked_parts({name: getattr(parts, name) for name in SHAPES}, parts.names, made.model.n_vertices, "parts")


def test_at_rest_they_are_where_they_were_made(made):
    assert np.abs(made.at(FlameParams()) - made.parts.vertices).max() < 1e-6


def test_teeth_never_cut_the_lips(made, cuts):
    """At every preset and viseme, by the model's own directions and with the correctives."""
    assert cuts.deepest(FlameParams()) == 0
    assert cuts.deepest(FlameParams(), forward=0.008) > DEEPEST, "nearer to the lips they would"
    for each in made.computed.controls.presets:
        for correctives in (False, True):
            assert cuts.deepest(preset(made, each.name, correctives)) <= DEEPEST, (each.name, correctives)
    for degrees in (5, 20, 30):
        assert cuts.deepest(FlameParams(jaw=np.array([np.radians(degrees), 0, 0]))) <= DEEPEST


def test_nor_those_of_other_people(made, cuts):
    rng = np.random.default_rng(4)
    for person in range(PEOPLE):
        shape = np.clip(rng.normal(size=made.model.n_identity), -WITHIN, WITHIN).astype(np.float32)
        for name in ("Neutral", ("Joy", "aa", "PP", "Smile")[person % 4]):
            assert cuts.deepest(preset(made, name, correctives=False, shape=shape)) <= DEEPEST, (person, name)


def test_teeth_are_no_further_behind_the_lips_than_they_must(made, cuts):
    """What a person's teeth are: the incisors stand within 20 mm of the foremost point of the lips."""
    lips = made.model.v_template[made.computed.correspondence.regions["lips"]]
    teeth = made.parts.vertices[made.of(TEETH)]
    assert 0.002 < lips[:, 2].max() - teeth[:, 2].max() < 0.02
    assert abs(teeth[:, 0].max() + teeth[:, 0].min()) < 0.002, "in the middle"


def test_rows_follow_their_joints_exactly(made):
    """Beside vertices that the evaluator itself skins, at the same places, to one joint alone."""
    rng = np.random.default_rng(2)
    params = FlameParams(
        expression=rng.normal(size=made.model.n_expression).astype(np.float32),
        **{name: rng.normal(0, 0.2, 3).astype(np.float32) for name in (*POSE_FIELDS, "translation")},
    )
    found = made.at(params)
    joints = made.evaluator.joints(params).astype(float)
    rest = made.evaluator.joints(FlameParams(expression=params.expression)).astype(float)
    turns = _chain(params)
    for material, weight, joint in ((TEETH, 0.0, 1), (TEETH, 1.0, JAW), (GUMS, 1.0, JAW)):
        ids = made.of(material)
        ids = ids[made.parts.jaw[ids] == weight]
        expected = (made.parts.vertices[ids] - rest[joint]) @ turns[joint].T + joints[joint]
        assert len(ids) > 100 and np.abs(found[ids] - expected).max() < 2e-6


def _chain(params: FlameParams) -> dict[int, np.ndarray]:
    """Rotations of neck and jaw with those above them, by Rodrigues' formula."""

    def turn(vector: np.ndarray) -> np.ndarray:
        angle = np.linalg.norm(vector)
        x, y, z = vector / angle
        cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
        return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross

    neck = turn(params.global_rotation) @ turn(params.neck)
    return {1: neck, JAW: neck @ turn(params.jaw)}


def test_the_tongue_bends_between_them(made):
    shares = made.parts.jaw[made.of(TONGUE)]
    assert 0.5 < shares.min() < shares.max() < 1.0


def test_lashes_grow_on_the_lids_whatever_the_face_does(made):
    """Roots stay on the skin, and lengths are the lashes' own, at a blink, at random expressions and identities."""
    parts, rng = made.parts, np.random.default_rng(8)
    m, k = parts.n_mouth, len(parts.corners) // 2
    lengths = np.linalg.norm(parts.lashes, axis=1)
    cases = [preset(made, "Eyes Closed", correctives=True), preset(made, "Wink Left", correctives=False)]
    for _ in range(3):
        drawn = rng.normal(size=(2, 400)).astype(np.float32)
        cases.append(
            FlameParams(expression=drawn[0, : made.model.n_expression], shape=drawn[1, : made.model.n_identity])
        )
    for params in cases:
        positions, vertices = made.at(params)[m:], made.evaluator.vertices(params)
        roots = (parts.weights[:k, :, None] * vertices[parts.corners[:k]]).sum(1)
        own = np.linalg.norm(positions - roots[parts.roots], axis=1)
        scale = own.sum() / lengths.sum()
        assert np.abs(own - scale * lengths).max() < 1e-6 and 0.7 < scale < 1.4
        begun = made.lashes(made.at(params))[:, :, 0].mean(-2).reshape(-1, 3)
        assert np.abs(begun - roots[: len(begun)]).max() < 2e-4, "the middles of the first row"


def test_what_lies_on_lids_turns_about_the_eyeball(with_eyes):
    """No lash turns over in a blink, at the corners neither; tear lines end on eyeballs, however these are turned."""
    made, (left, right) = with_eyes, eyeballs_of(with_eyes.model.v_template, with_eyes.model.faces)
    for params in (FlameParams(), preset(made, "Eyes Closed", correctives=True)):
        lashes = made.lashes(made.at(params)).mean(-2)
        along = lashes[:, :, -1] - lashes[:, :, 0]
        along /= np.linalg.norm(along, axis=-1, keepdims=True)
        assert (along[:, :, 1:] * along[:, :, :-1]).sum(-1).min() > 0.6
    begin = made.parts.n_mouth + 2 * 2 * 3 * STRIPS * 2
    tears = made.parts.vertices[begin : begin + 2 * 3 * 15].reshape(2, 3, 15, 3)
    for ball, tear in ((left, tears[0]), (right, tears[1])):
        away = np.linalg.norm(tear[-1] - ball.centre, axis=1)
        assert np.abs(away - ball.radius).max() < 5e-5
    turned = FlameParams(left_eye=np.array([0.1, 0.4, 0.0]), right_eye=np.array([0.1, 0.4, 0.0]))
    still, moved = (made.at(each)[made.parts.n_mouth :] for each in (FlameParams(), turned))
    assert np.abs(moved - still).max() < 1e-4, "no gaze moves the centre by which they are turned"


def test_a_closing_lid_takes_its_lashes_down(made):
    rest, shut = (made.at(each) for each in (FlameParams(), preset(made, "Wink Left", correctives=True)))
    (upper, lower), right = made.lashes(rest - shut)[..., 1]
    assert upper.max() > 0.005 and upper[0].min() > 0 and upper.mean() > 0.003
    assert lower.mean() < 0 and np.abs(right).max() < 0.001, "the lower lid's go up a little"


def test_lashes_stand_out_of_the_skin(made):
    """Their tips lie further out than the lid's edge, before the eyeball."""
    lashes = made.lashes(made.parts.vertices).mean(-2)
    longest = (lashes[:, :, -1] - lashes[:, :, 0])[:, :, STRIPS // 4 : -STRIPS // 4]
    assert (longest[..., 2] > 5e-4).all()


def test_the_tongue_comes_out(made):
    parts = made.parts
    scores = np.array([name == "tongueOut" for name in parts.names], np.float32)
    params = preset(made, "Tongue Out", correctives=True)
    tongue = made.of(TONGUE)
    inside, out = made.at(params)[tongue], made.at(params, scores=scores)[tongue]
    teeth = made.of(TEETH)
    front = made.at(params)[teeth][:, 2].max()
    assert inside[:, 2].max() < front - 0.01 and out[:, 2].max() > front + 0.005, "from behind the teeth, between them"
    assert np.array_equal(made.at(params)[teeth], made.at(params, scores=scores)[teeth])


@pytest.mark.parametrize("scale", [(1, 1, 1), (2.5, 2.5, 2.5), (-1, 1, 1)])
def test_a_heads_own_frame_takes_them_along(made, scale):
    """Turned, enlarged and mirrored: the same head elsewhere, whether it is moved before or after."""
    turn = np.linalg.qr(np.random.default_rng(3).normal(size=(3, 3)))[0]
    turn *= np.sign(np.linalg.det(turn))
    frame = Frame(turn @ TO_BLENDER @ np.diag(scale).astype(float), np.array([0.1, -0.2, 0.3]))
    params = preset(made, "Wink Left", correctives=False, neck=np.array([0.1, 0.3, 0.0]))
    identity = made.evaluator.prepare()
    rotations = np.stack([getattr(params, name) for name in POSE_FIELDS])
    carried = identity.carried(params.expression, rotations, params.translation, frame)
    vertices = frame.to_object(made.evaluator.vertices(params))
    found = following(made.parts, made.model, identity).positions(vertices, carried, None, frame)
    assert np.abs(found - frame.to_object(made.at(params))).max() < 3e-6


def test_what_a_model_brings_is_not_made_again(made):
    """A model with the built-in head's teeth; and the built-in head itself, which lacks nothing."""
    source, controls, found = made.source, made.computed.controls, made.computed.correspondence
    with pytest.raises(ModelError, match="lacks teeth or lashes, found one that brings them"):
        result_of(making_parts(source, source, source.controls, dataclasses.replace(found, warp=_Still())))
    polygons = made.parts.polygons[made.parts.materials < LASHES]
    teeth = np.concatenate([polygons[:, :3], polygons[polygons[:, 3] >= 0][:, [0, 2, 3]]])
    added = made.parts.vertices[: made.parts.n_mouth]
    with_teeth = _with(made.model, added, teeth)
    parts = result_of(making_parts(source, with_teeth, controls, found))
    on_lids = len(made.parts.vertices) - made.parts.n_mouth
    assert parts.n_mouth == 0 and (parts.materials >= LASHES).all() and len(parts.vertices) == on_lids
    assert len(following(parts, with_teeth, FlameEvaluator(with_teeth).prepare()).lashes) == on_lids


class _Still:
    """Warps nothing."""

    def __call__(self, points: np.ndarray) -> np.ndarray:
        return np.asarray(points, np.float64)


def _with(model: FlameModel, vertices: np.ndarray, faces: np.ndarray) -> FlameModel:
    """The model with more vertices, which no direction moves."""
    more = len(vertices)
    arrays = {name: getattr(model, name) for name in ("parents", "n_identity")}
    return dataclasses.replace(
        FlameModel.from_arrays(
            v_template=np.concatenate([model.v_template, vertices]),
            faces=np.concatenate([model.faces, faces + model.n_vertices]),
            shapedirs=np.pad(model.shapedirs, ((0, more), (0, 0), (0, 0))),
            posedirs=np.pad(model.posedirs, ((0, more), (0, 0), (0, 0))),
            joint_regressor=np.pad(model.joint_regressor, ((0, 0), (0, more))),
            weights=np.concatenate([model.weights, np.tile(np.eye(5)[1], (more, 1))]),
            **arrays,
        ),
        landmarks=model.landmarks,
    )


def test_a_source_without_parts_is_refused(made):
    with pytest.raises(ModelError, match="lacks teeth or lashes"):
        result_of(making_parts(full_size_model(), made.model, made.computed.controls, made.computed.correspondence))


def test_arrays_of_strangers_are_checked(made):
    arrays = {name: getattr(made.parts, name) for name in SHAPES}

    def refused(match: str, **other: np.ndarray | None) -> None:
        given = {name: value for name, value in (arrays | other).items() if value is not None}
        with pytest.raises(ModelError, match=match):
            checked_parts(given, made.parts.names, made.model.n_vertices, "Bob")

    for name in SHAPES:
        refused(f"Bob: expected the array '{name}'", **{name: None})
        refused(f"Bob: expected .*'{name}'", **{name: arrays[name].astype(float if name in WHOLE else int)})
    for name in WHOLE:
        beyond = arrays[name].copy()
        beyond.flat[-1] = 1 << 20
        refused(f"'{name}' of mouth and lashes below", **{name: beyond})
    refused("'lashes' of mouth and lashes", lashes=arrays["lashes"][:-1])
    refused("to fit each other", jaw=arrays["jaw"][:-1], moves=arrays["moves"][:, :-1])
    refused("finite", vertices=np.full_like(arrays["vertices"], np.nan))
    with pytest.raises(ModelError, match="'moves'"):
        checked_parts(arrays, ("jawForward",), made.model.n_vertices, "Bob")


def test_points_of_lids_are_on_the_skin(made):
    points = points_on(made.model.v_template.astype(np.float64), made.parts)
    k = len(points) // 2
    apart = np.linalg.norm(points[k:] - points[:k], axis=1)
    assert (apart > 1e-3).all() and (apart < 8e-3).all(), "a root, and a point of the lid above it"
