"""The head's proportions against published adult norms, and the measures against shapes of known size."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest

from flame_blender.flame.model import FlameModel
from model.anthropometry.landmarks import MILLIMETRES, Marks, find_marks
from model.anthropometry.measures import measure, nose_ends
from model.anthropometry.norms import NORMS, Norm, Sample, Source
from model.measure_head import neutral_measures, random_measures, table_rows

ROOT = Path(__file__).resolve().parents[2]
BREADTHS = ("head breadth", "bizygomatic breadth", "bigonial breadth", "nose width", "mouth width", "pupil distance")
ON_MIDLINE = ("head length", "face height", "nose height")
ASKED_FOR = (*BREADTHS, *ON_MIDLINE, "eye fissure", "ear length")
IBUG = {  # number among the 51 of points that lie where a landmark of ours lies, and how near (mm)
    "canthi": ((25, 28), 2.0),
    "mouth corners": ((31, 37), 0.5),
    "subnasale": ((16,), 2.0),
}


@pytest.fixture(scope="module")
def marks(model: FlameModel) -> Marks:
    return find_marks(model)


@pytest.fixture(scope="module")
def spread(model: FlameModel) -> dict[str, float]:
    return {name: float(values.std(ddof=1)) for name, values in random_measures(model).items()}


def test_every_measure_asked_for_has_a_norm() -> None:
    assert set(NORMS) == set(ASKED_FOR)
    for name, norm in NORMS.items():
        assert min(norm.men.n, norm.women.n) >= 50, name
        assert norm.source.title and norm.source.page and norm.source.opened, name


@pytest.mark.parametrize("name", ASKED_FOR)
def test_neutral_is_an_adult(model: FlameModel, name: str) -> None:
    """Within one published standard deviation of the mean."""
    off = (neutral_measures(model)[name] - NORMS[name].mean) / NORMS[name].sd
    assert abs(off) <= 1, f"{off:+.2f} standard deviations"


@pytest.mark.parametrize("name", ASKED_FOR)
def test_random_heads_spread_as_adults_do(spread: dict[str, float], name: str) -> None:
    """1,000 people: within 30 % of the published deviation."""
    assert spread[name] / NORMS[name].sd == pytest.approx(1, abs=0.3)


def test_sexes_are_pooled_at_equal_weight() -> None:
    """A sample with exactly these means and deviations, as many men as women."""
    rng = np.random.default_rng(5)
    for _ in range(20):
        men, women = (
            Sample(mean, sd, int(n))
            for mean, sd, n in zip(
                rng.uniform(20, 200, 2), rng.uniform(1, 9, 2), rng.integers(50, 4000, 2), strict=True
            )
        )
        people = [sample.mean + sign * sample.sd for sample in (men, women) for sign in (-1, 1)]
        norm = Norm(men, women, Source("", "", ""))
        assert (norm.mean, norm.sd) == pytest.approx((np.mean(people), np.std(people)))


def test_measures_follow_a_stretched_head(model: FlameModel, marks: Marks) -> None:
    """Stretched along its axes, moved and mirrored, the head measures what it must."""
    rng = np.random.default_rng(6)
    neutral = model.v_template.astype(float) * MILLIMETRES
    plain = measure(neutral[None], marks)
    for stretch in rng.uniform(0.9, 1.1, (10, 3)):
        head = neutral * stretch + rng.normal(size=3) * [0, 50, 50]
        found = measure(head[None], marks)
        for name in BREADTHS:
            assert found[name] == pytest.approx(plain[name] * stretch[0]), name
        across = measure((head * [1.3, 1, 1])[None], marks)
        for name in ON_MIDLINE:
            assert across[name] == pytest.approx(found[name]), name
        larger = measure((head * 1.07)[None], marks)
        for name in ASKED_FOR:
            assert larger[name] == pytest.approx(1.07 * found[name]), name


def test_measures_of_many_heads_are_those_of_each(model: FlameModel, marks: Marks) -> None:
    rng = np.random.default_rng(7)
    directions = model.shapedirs[..., : model.n_identity].astype(float)
    heads = (model.v_template + np.einsum("nk,vck->nvc", rng.normal(size=(5, model.n_identity)), directions)) * 1000
    together = measure(heads, marks)
    for number, head in enumerate(heads):
        for name, value in measure(head[None], marks).items():
            assert value == pytest.approx(together[name][number : number + 1]), name


def test_landmarks_lie_where_ibug_has_them(model: FlameModel, marks: Marks) -> None:
    """Canthi, mouth corners and subnasale were found from the shape: the embedding's points are another way there."""
    vertices = model.v_template.astype(float) * MILLIMETRES
    embedding = model.landmarks["ibug"]
    ibug = (vertices[model.faces[embedding.static_faces]] * embedding.static_barycentric[..., None]).sum(1)
    lips = vertices[marks.lips]
    found = {
        "canthi": vertices[list(marks.fissure)],
        "mouth corners": lips[[lips[:, 0].argmin(), lips[:, 0].argmax()]],
        "subnasale": nose_ends(vertices[None], marks)[1],
    }
    for name, (numbers, near) in IBUG.items():
        apart = np.linalg.norm(found[name] - ibug[list(numbers)], axis=1)
        assert (apart <= near).all(), f"{name}: {apart.round(2)} mm"


def test_measures_know_nothing_of_the_generator() -> None:
    """Only NumPy, the model's class and each other are imported, and no direction is read."""
    for path in (ROOT / "model" / "anthropometry").glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and not node.level}
        modules |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        assert modules <= {"__future__", "dataclasses", "numpy", "flame_blender.flame.model"}, path.name
        names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        assert not names & {"basis", "shapedirs", "directions", "identity_directions", "landmarks"}, path.name


def test_page_shows_the_table_as_measured(model: FlameModel) -> None:
    page = (ROOT / "docs" / "head.md").read_text(encoding="utf-8").splitlines()
    missing = [row for row in table_rows(model) if row not in page]
    assert not missing, "copy the output of `python model/measure_head.py` into docs/head.md"
