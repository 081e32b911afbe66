"""Random people: their measures go together as adults' do, men and women differ as published, nobody is a monster."""

from __future__ import annotations

import numpy as np
import pytest

from flame_blender.flame.model import FlameModel
from flame_blender.flame.randomise import identity_of
from flame_blender.looks.people import person
from flame_blender.textures.visibility import vertex_normals
from model.anthropometry.correlations import MEASURES, covariance, of_sex
from model.anthropometry.landmarks import MILLIMETRES, find_marks
from model.anthropometry.measures import measure
from model.anthropometry.norms import NORMS
from model.measure_head import neutral_measures, random_measures

SEEDS = 200


@pytest.fixture(scope="module")
def drawn(model: FlameModel) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(200, V, 3) mm, as Randomise draws them, their coefficients, and each one's sex."""
    people = [person(seed) for seed in range(SEEDS)]
    numbers = np.random.default_rng(3).normal(size=(SEEDS, model.n_identity))
    numbers[:, :2] = [each.numbers for each in people]
    identity = np.array([identity_of(model, each) for each in numbers])
    directions = model.shapedirs[..., : model.n_identity].astype(float)
    heads = model.v_template + np.einsum("nk,vck->nvc", identity, directions, optimize=True)
    return heads * MILLIMETRES, identity, np.array([each.sex for each in people])


def test_measures_go_together_as_those_of_adults(model: FlameModel) -> None:
    found = random_measures(model)
    measured = np.corrcoef([found[name] for name in MEASURES])
    deviations = np.sqrt(np.diag(covariance()))
    wanted = covariance() / np.outer(deviations, deviations)
    assert np.abs(measured - wanted).max() < 0.15
    assert np.abs(measured - wanted).mean() < 0.05


def test_the_covariance_is_one() -> None:
    """Of the correlations with the differences of the sexes: no direction has a spread below nothing."""
    whole = np.empty((len(MEASURES) + 1,) * 2)
    whole[0, 0], whole[0, 1:], whole[1:, 0], whole[1:, 1:] = 1.0, of_sex(), of_sex(), covariance()
    sizes = np.sqrt(np.diag(whole))
    assert np.linalg.eigvalsh(whole / np.outer(sizes, sizes)).min() > 0.01


def test_men_and_women_differ_as_published(model: FlameModel, drawn: tuple[np.ndarray, ...]) -> None:
    """The difference of the means, in deviations of all: 200 heads tell it to about 0.14."""
    heads, _, sex = drawn
    found = measure(heads, find_marks(model))
    for name, norm in NORMS.items():
        differ = (found[name][sex > 0].mean() - found[name][sex < 0].mean()) / norm.sd
        assert differ == pytest.approx((norm.men.mean - norm.women.mean) / norm.sd, abs=0.45), name


def test_no_measure_of_anybody_is_farther_than_three_deviations(
    model: FlameModel, drawn: tuple[np.ndarray, ...]
) -> None:
    """Of the norms, round the neutral's: 2,200 measures, of which a normal distribution has 6 beyond; none beyond 4."""
    found, middle = measure(drawn[0], find_marks(model)), neutral_measures(model)
    off = np.array([np.abs(found[name] - middle[name]) / NORMS[name].sd for name in MEASURES])
    assert (off > 3).sum() <= 12
    assert off.max() < 4


def test_coefficients_spread_as_deviations(drawn: tuple[np.ndarray, ...]) -> None:
    spread = drawn[1].std(0)
    assert 0.7 < np.median(spread) < 1.3
    assert spread.max() < 2


def test_people_lie_as_far_from_each_other_as_flames(model: FlameModel, drawn: tuple[np.ndarray, ...]) -> None:
    """Mean distance from their mean face's surface, along its normals, after a similarity: FLAME's 1.41 mm."""
    face = model.regions["face"]
    heads, normals = drawn[0][:, face], vertex_normals(model.v_template.astype(float), model.faces)[face]
    mean = heads.mean(0)
    off = [np.abs(((_laid_on(each, mean) - mean) * normals).sum(1)).mean() for each in heads]
    assert 0.9 < np.mean(off) < 1.5


def _laid_on(points: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Points (n, 3) after the similarity that brings them nearest to others (n, 3), by Umeyama's formula."""
    centre, theirs = points.mean(0), others.mean(0)
    u, sizes, vt = np.linalg.svd((others - theirs).T @ (points - centre))
    signs = np.array([1, 1, np.sign(np.linalg.det(u @ vt))])
    scale = (sizes * signs).sum() / ((points - centre) ** 2).sum()
    return scale * (points - centre) @ (u * signs @ vt).T + theirs
