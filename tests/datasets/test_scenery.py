"""What is in sight besides a model's mesh: parts that follow a head, and labels of all of it."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

from flame_blender.datasets.labels.classes import CLASSES, MATERIALS, head_surface
from flame_blender.datasets.labels.label_maps import class_mask, material_mask, normal_map, seen_triangles, uv_map
from flame_blender.datasets.recipe import Recipe
from flame_blender.datasets.sample import drawn_sample, texture_coefficients
from flame_blender.datasets.sample_files import Posed, sample_files
from flame_blender.datasets.scenery.solids import Solid
from flame_blender.datasets.scenery.steady_hair import drawn_hair, hair_of
from flame_blender.datasets.scenery.steady_parts import SteadyParts
from flame_blender.datasets.steady_head import SteadyHead
from flame_blender.datasets.views import framed_points, view_of
from flame_blender.errors import DatasetError
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.model import FlameModel
from flame_blender.flame.params import POSE_FIELDS
from flame_blender.head_parts.following import following
from flame_blender.head_parts.parts import HeadParts
from tests.datasets.made_sets import picture_of
from tests.datasets.recipes import recipe

NAME, SIZE = "Built-in Head", 48
POSED = (
    "[image]\nwidth = 48\nheight = 48\n[identity]\nstrength = 1.5\n[expression]\nstrength = 0.5\n"
    "[pose]\nyaw = 30\nneck_pitch = 10\njaw = 20\n[labels]\nmaps = ['depth', 'normal', 'uv', 'triangle']\n"
)


def made_parts(model: FlameModel) -> HeadParts:
    """Random parts of a model, of the shape of those that are made for one."""
    rng = np.random.default_rng(4)
    floats = {
        "vertices": rng.normal(size=(21, 3)) / 100, "jaw": rng.uniform(size=9), "near_points": rng.normal(size=(5, 3)),
        "weights": rng.dirichlet([1, 1, 1], 12), "lashes": rng.normal(size=(12, 3)) / 100,
        "moves": rng.normal(size=(2, 9, 3)) / 100,
    }  # fmt: skip
    corners = rng.permutation(21)[:20].reshape(5, 4)
    corners[0, 3] = -1
    rows = {
        "polygons": corners, "materials": np.array([0, 1, 2, 3, 0]), "ring": rng.permutation(model.n_vertices)[:30],
        "near": rng.permutation(model.n_vertices)[:5], "corners": model.faces[rng.permutation(len(model.faces))[:12]],
        "beside": np.stack([np.arange(6) - 1, np.arange(6) + 1]) % 6, "roots": rng.integers(0, 6, 12),
    }  # fmt: skip
    arrays = {name: each.astype(np.float32) for name, each in floats.items()}
    arrays |= {name: each.astype(np.int32) for name, each in rows.items()}
    return HeadParts(**arrays, names=("tongueOut", "jawLeft"))


@pytest.mark.parametrize("kind", ["face_like", "full_model"])
def test_parts_follow_as_in_the_scene(kind: str, request: pytest.FixtureRequest):
    model: FlameModel = request.getfixturevalue(kind)
    parts, params = made_parts(model), drawn_sample(recipe(POSED), {NAME: model}, 1).params
    params = dataclasses.replace(params, translation=np.array([0.1, -0.2, 0.3], np.float32))
    found = SteadyParts(parts, model).at(SteadyHead(model).posed(params), {"tongueOut": 0.7})
    identity = FlameEvaluator(model).prepare(params.shape)
    rotations = np.stack([getattr(params, name) for name in POSE_FIELDS])
    carried = identity.carried(params.expression, rotations, params.translation)
    vertices = FlameEvaluator(model).vertices(params)
    expected = following(parts, model, identity).positions(vertices, carried, np.array([0.7, 0.0]))
    assert np.abs(found.vertices - expected).max() < 3e-6
    assert len(found.faces) == 9 and found.materials.tolist()[:5] == [4, 5, 6, 10, 4]
    inside = CLASSES["mouth_interior"]
    assert found.classes.tolist()[:5] == [inside, inside, inside, CLASSES["skin"], inside]


def test_hair_follows_as_grown_hair_does(built_in: FlameModel):
    """Strips lie where their binding has them on any head; a style that is not drawn is not grown."""
    found = recipe(f"{POSED}[hair]\nscalp = 'crop'\nbeard = {{ choice = ['none', 'short'] }}\n")
    made = hair_of(found, {NAME: built_in})
    assert set(made) == {(NAME, "scalp", "crop"), (NAME, "beard", "short")}
    assert hair_of(found, {NAME: built_in})[NAME, "scalp", "crop"] is made[NAME, "scalp", "crop"], "grown once"
    sample = drawn_sample(found, {NAME: built_in}, 1)
    vertices = FlameEvaluator(built_in).vertices(sample.params)
    for (_, piece, _), hair in made.items():
        solid = hair.at(vertices)
        expected = hair.binding.points(vertices.astype(np.float64))
        assert np.abs(solid.vertices - expected).max() < 1e-6
        assert set(solid.classes) == {CLASSES["hair" if piece == "scalp" else "beard"]}
        assert set(solid.materials) == {MATERIALS["hair"]} and 0 < hair.n_strips <= len(solid.faces)
    assert drawn_hair({"scalp": "crop", "beard": "none", "moustache": "none"}, NAME) == [(NAME, "scalp", "crop")]


def test_hair_of_a_model_that_tells_no_ears_is_refused(full_model: FlameModel):
    with pytest.raises(DatasetError, match=r"hair.scalp: model: expected iBUG landmarks and the regions of both ears"):
        hair_of(recipe(f"{POSED}[hair]\nscalp = 'bob'\n"), {NAME: full_model})


class Paned:
    """A head with a pane of glass before the left half of the picture, 15 cm before the face."""

    def __init__(self, found: Recipe, model: FlameModel) -> None:
        sample = drawn_sample(found, {NAME: model}, 0)
        vertices = SteadyHead(model).vertices(sample.params)
        points = framed_points(model, vertices, sample.params, "face")
        camera = view_of(sample.values["camera"], points, SIZE, SIZE)
        right, down, forward = camera.rotation
        middle = (points.min(0) + points.max(0)) / 2
        at = middle - 0.15 * forward
        corners = [at - down - right, at - down, at + down, at + down - right]
        kind = np.full(2, CLASSES["glasses"], np.uint8), np.full(2, MATERIALS["occluder"], np.uint8)
        pane = Solid(np.array(corners, np.float32), np.array([[0, 1, 2], [0, 2, 3]]), *kind)
        self.posed = Posed(sample, model, head_surface(model), vertices, camera, others=(pane,))
        self.edge = float(camera.project(at[None])[0, 0])
        self.depth = float((camera.rotation @ at + camera.translation)[2])


def test_labels_are_of_what_is_met_first(built_in: FlameModel):
    """Of its class and depth, with no UV; the box is the head's alone; landmarks behind it are hidden."""
    found = recipe(POSED)
    made = Paned(found, built_in)
    posed, surface = made.posed, made.posed.surface
    vertices, whole = posed.in_sight
    seen = seen_triangles(posed.camera, vertices, whole.faces, whole.clear)
    alone = seen_triangles(posed.camera, posed.vertices, surface.faces, surface.clear)
    covered = np.tile(np.arange(SIZE) + 0.5 < made.edge, (SIZE, 1))
    classes = class_mask(seen, whole)
    assert (classes[covered] == CLASSES["glasses"]).all() and (material_mask(seen, whole)[covered] == 11).all()
    assert np.array_equal(classes[~covered], class_mask(alone, surface)[~covered])
    assert np.abs(seen.depth[covered] - made.depth).max() < 1e-6
    assert np.array_equal(uv_map(seen, whole)[~covered], uv_map(alone, surface)[~covered])
    assert not uv_map(seen, whole)[covered].any()
    assert np.allclose(np.abs(normal_map(seen, posed.camera, vertices, whole.faces)[covered][:, 2]), 1, atol=2e-3)
    told, bare = (
        json.loads(sample_files(found, each, picture_of(found, 0), {})["json"])
        for each in (posed, dataclasses.replace(posed, others=()))
    )
    assert told["box"][0] >= round(made.edge) > bare["box"][0]
    assert told["area"] == ((alone.triangle >= 0) & ~covered).sum()
    points, flags = np.array(told["landmarks"]["ibug"]), np.array(bare["landmarks"]["ibug"])[:, 2]
    assert np.array_equal(points[:, 2], np.where(points[:, 0] < made.edge, np.minimum(flags, 1), flags))
    assert (points[:, 2] != flags).sum() > 10


def test_skins_have_a_stream_of_their_own(built_in: FlameModel):
    text = "[texture]\nmodel = 'any'\nstrength = 2\n"
    one, other = recipe(text), recipe(text + POSED)
    drawn = [texture_coefficients(each, drawn_sample(each, {NAME: built_in}, 3), 50) for each in (one, other)]
    assert np.array_equal(*drawn) and np.abs(drawn[0]).max() == 3 and drawn[0].dtype == np.float32
    longer = texture_coefficients(one, drawn_sample(one, {NAME: built_in}, 3), 60)
    assert np.array_equal(longer[:50], drawn[0])
