"""No part of the head runs through another, and no triangle turns inside out: alone, at extremes and in mixtures."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.model import FlameModel
from flame_blender.flame.params import FlameParams
from tests.model.intersections import IntersectionSearch

DEEPEST = 3e-4  # metres
CELL = 7e-3  # metres: of the search's grid
OPEN_JAW = np.radians(20.0)  # with a direction that means nothing while the jaw is shut, at 1
ROOTED = {("gums", "teeth"), ("gums",)}  # crowns stand in the gums; a gum's two halves share the midline
NOT_SOLID = ("lashes", "tear", "caruncle")  # ribbons that grow out of the lids, and what joins them to the eyeball
MIXTURES = 100


class Soundness:
    """The head's parts, and what is wrong with a shape of them."""

    def __init__(self, model: FlameModel, materials: np.ndarray, outer_skin: np.ndarray) -> None:
        solid = ~np.isin(materials, NOT_SOLID)
        self.parts = np.where(np.isin(materials[solid], ["skin", "lips", "mouth"]), "skin", materials[solid])
        self.search = IntersectionSearch(model.faces[solid], CELL)
        self.outer_skin = outer_skin
        self.rest = _normals(model.v_template, outer_skin)

    def faults(self, vertices: np.ndarray, turned: np.ndarray | None = None) -> list[str]:
        """What a user would see going wrong; ``turned`` (V, 3): the same pose without the directions in question.

        A triangle has flipped when it faces away from both: lips that shut over an open jaw return to what they were.
        """
        found = []
        crossings = self.search.crossings(vertices.astype(float), DEEPEST)
        for (a, b), depth in zip(crossings.pairs, crossings.depths, strict=True):
            parts = tuple(sorted({str(self.parts[a]), str(self.parts[b])}))
            if parts not in ROOTED:
                found.append(f"{'-'.join(parts)} {depth * 1000:.2f} mm")
        now = _normals(vertices, self.outer_skin)
        away = (now * self.rest).sum(1) <= 0
        if turned is not None:
            away &= (now * _normals(turned, self.outer_skin)).sum(1) <= 0
        flipped = int(away.sum())
        return found + [f"{flipped} flipped"] * (flipped > 0)


@pytest.fixture(scope="module")
def soundness(model: FlameModel, materials: np.ndarray, outer_skin: np.ndarray) -> Soundness:
    return Soundness(model, materials, outer_skin)


def _normals(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    return np.cross(b - a, c - a)


def _jaw(model: FlameModel, expression: np.ndarray) -> np.ndarray:
    """(3,) the jaw stands as open as the directions that need it ask for."""
    names = [direction.name for direction in model.expression_directions]
    return np.array([OPEN_JAW * expression[[names.index(name) for name in model.controls.with_open_jaw]].sum(), 0, 0])


def test_search_finds_what_is_there() -> None:
    """Two unit squares: crossing at right angles 0.3 deep, touching, apart, and side by side in one plane."""
    square = np.array([(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0)], float)
    upright = np.array([(0.2, 0.2, 0), (0.8, 0.2, 0), (0.8, 0.2, 1), (0.2, 0.2, 1)], float)
    faces = np.array([(0, 1, 2), (0, 2, 3), (4, 5, 6), (4, 6, 7)])
    search = IntersectionSearch(faces, 0.5)
    for height, expected in ((-0.15, 0.15), (-0.02, 0.02), (0.1, 0.0), (-2.0, 0.0)):
        found = search.crossings(np.concatenate([square, upright + np.array([0, 0, height])]), 1e-6)
        assert np.isclose(found.depths.max(initial=0), expected, atol=1e-9), height
    beside = search.crossings(np.concatenate([square, square + np.array([0.95, 0, 0])]), 1e-6)
    assert np.isclose(beside.depths.max(initial=0), 0, atol=1e-9), "in one plane nothing runs through anything"


@pytest.mark.parametrize("seed", range(3))
def test_search_agrees_with_sampling(seed: int) -> None:
    """Random triangles cross exactly where the edges of one pierce the other, tried edge by edge."""
    generator = np.random.default_rng(seed)
    vertices = generator.uniform(0, 1, (120, 3))
    faces = np.arange(120).reshape(40, 3)
    found = set(map(tuple, IntersectionSearch(faces, 0.3).crossings(vertices, 1e-9).pairs.tolist()))
    assert found == {(a, b) for a in range(40) for b in range(a + 1, 40) if _pierce(vertices[faces[[a, b]]])}
    assert len(found) > 20


def _pierce(pair: np.ndarray) -> bool:
    """Whether an edge of either triangle (2, 3, 3) passes through the other, by the signs of tetrahedra."""
    for edges, target in ((pair[0], pair[1]), (pair[1], pair[0])):
        for k in range(3):
            a, b = edges[k], edges[(k + 1) % 3]
            ends = [np.linalg.det([target[0] - p, target[1] - p, target[2] - p]) for p in (a, b)]
            sides = [np.linalg.det([b - a, target[i] - a, target[(i + 1) % 3] - a]) for i in range(3)]
            if ends[0] * ends[1] < 0 and (min(sides) > 0 or max(sides) < 0):
                return True
    return False


def test_neutral(model: FlameModel, soundness: Soundness) -> None:
    assert soundness.faults(model.v_template) == []


def test_every_identity_direction_alone(model: FlameModel, soundness: Soundness) -> None:
    for number in range(model.n_identity):
        for weight in (-2, 2):
            found = soundness.faults(model.v_template + weight * model.shapedirs[:, :, number])
            assert found == [], (model.directions[number].name, weight)


def test_every_expression_direction_alone(model: FlameModel, evaluator: FlameEvaluator, soundness: Soundness) -> None:
    for number, direction in enumerate(model.expression_directions):
        expression = np.zeros(model.n_expression)
        expression[number] = 1
        jaw = _jaw(model, expression)
        turned = evaluator.vertices(FlameParams(jaw=jaw))
        found = soundness.faults(evaluator.vertices(FlameParams(expression=expression, jaw=jaw)), turned)
        assert found == [], direction.name


@pytest.mark.parametrize("name", ["mouthClose", "tongueOut"])
def test_on_the_way_to_an_open_jaw(
    model: FlameModel, evaluator: FlameEvaluator, soundness: Soundness, name: str
) -> None:
    number = [direction.name for direction in model.expression_directions].index(name)
    for weight in np.linspace(0.1, 0.9, 9):
        expression = np.zeros(model.n_expression)
        expression[number] = weight
        jaw = _jaw(model, expression)
        turned = evaluator.vertices(FlameParams(jaw=jaw))
        assert soundness.faults(evaluator.vertices(FlameParams(expression=expression, jaw=jaw)), turned) == [], weight


def test_turned_joints(evaluator: FlameEvaluator, soundness: Soundness) -> None:
    poses = [{"jaw": (degrees, 0, 0)} for degrees in (10, 20, 30)]
    poses += [{"neck": tuple(turn)} for turn in 40 * np.concatenate([np.eye(3), -np.eye(3)])]
    for pose in poses:
        vertices = evaluator.vertices(FlameParams(**{joint: np.radians(turn) for joint, turn in pose.items()}))
        found = soundness.faults(vertices, vertices)
        assert found == [], pose


def test_random_mixtures(model: FlameModel, evaluator: FlameEvaluator, soundness: Soundness) -> None:
    """Identity from N(0, 1) and three expressions at U(0, 0.7), at most one from each list of opposites."""
    for draw, (shape, expression) in enumerate(_mixtures(model)):
        jaw = _jaw(model, expression)
        turned = evaluator.vertices(FlameParams(shape=shape, jaw=jaw))
        vertices = evaluator.vertices(FlameParams(shape=shape, expression=expression, jaw=jaw))
        names = [d.name for d, weight in zip(model.expression_directions, expression, strict=True) if weight]
        assert soundness.faults(vertices, turned) == [], (draw, names)
        without = model.v_template + model.shapedirs[:, :, : model.n_identity] @ shape
        assert ((_normals(without, soundness.outer_skin) * soundness.rest).sum(1) > 0).all(), draw


def _mixtures(model: FlameModel) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    names = [direction.name for direction in model.expression_directions]
    opposites = [set(row) for row in model.controls.opposites]
    generator = np.random.default_rng(2026)
    for _ in range(MIXTURES):
        shape = generator.standard_normal(model.n_identity)
        while True:
            chosen = generator.choice(model.n_expression, 3, replace=False)
            if all(len(row & {names[k] for k in chosen}) <= 1 for row in opposites):
                break
        expression = np.zeros(model.n_expression)
        expression[chosen] = generator.uniform(0, 0.7, 3)
        yield shape, expression
