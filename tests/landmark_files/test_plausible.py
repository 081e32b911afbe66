"""Random heads pass; the same heads with their points swapped, shifted, reversed or shuffled are told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from flame_blender.errors import LandmarkError
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.landmarks import landmark_points
from flame_blender.flame.model import FlameModel
from flame_blender.flame.params import FlameParams
from flame_blender.landmark_files.layouts import IBUG_MIRROR
from flame_blender.landmark_files.observed import ObservedLandmarks
from flame_blender.landmark_files.plausible import what_looks_wrong
from flame_blender.model_files.loading import load_model

N_HEADS, N_WRONG = 1000, 100
CASES = [
    *((name, kind, dims) for dims in (2, 3) for name in ("built-in", "shared") for kind in ("ibug", "ibug static")),
    ("built-in", "mediapipe", 2),
    ("built-in", "mediapipe", 3),
    ("made-up", "ibug static", 3),
]


@dataclass
class Heads:
    """``points`` (N, L, 2 or 3) of random heads, the ``mean`` (L, 3), and the partner of each point in a mirror."""

    points: np.ndarray
    mean: np.ndarray
    mirror: np.ndarray


@pytest.fixture(scope="module")
def models(full_model: FlameModel, request: pytest.FixtureRequest) -> Callable[[str], FlameModel]:
    """A function: name -> model."""
    built_in = load_model(Path(__file__).resolve().parents[2] / "flame_blender" / "assets" / "builtin_head.npz")

    def get(name: str) -> FlameModel:
        known = {"built-in": built_in, "made-up": full_model}
        return known[name] if name in known else request.getfixturevalue("shared_model")

    return get


@cache
def random_points(model: FlameModel, landmark_set: str, dimensions: int, seed: int) -> np.ndarray:
    """Coefficients from N(0, 1), jaw and all turns; yaw up to 60 degrees in space, 45 in a picture taken from near."""
    rng = np.random.default_rng(seed)
    embedding, points = model.landmarks[landmark_set], []
    evaluator = FlameEvaluator(model)
    yaw = 60 if dimensions == 3 else 45
    for _ in range(N_HEADS // 100):
        angles = rng.uniform([-yaw, -25, -30], [yaw, 25, 30], (100, 3))
        params = FlameParams(
            shape=rng.standard_normal((100, model.n_identity)),
            expression=rng.standard_normal((100, model.n_expression)),
            jaw=rng.uniform([-0.05, -0.1, -0.1], [0.4, 0.1, 0.1], (100, 3)),
            global_rotation=Rotation.from_euler("YXZ", angles, degrees=True).as_rotvec(),
        )
        vertices = evaluator.vertices(params)
        points.append(landmark_points(vertices, model.faces, embedding, params.global_rotation, np.zeros((100, 3))))
    whole = np.concatenate(points).astype(np.float64)
    if dimensions == 3:
        return whole @ Rotation.random(rng=rng).as_matrix() * rng.uniform(0.001, 1000)
    depth = rng.uniform(0.4, 3, (N_HEADS, 1)) - whole[..., 2]
    return np.stack([500 + 1000 * whole[..., 0] / depth, 500 - 1000 * whole[..., 1] / depth], -1)


def heads_of(model: FlameModel, kind: str, dimensions: int) -> Heads:
    landmark_set, _, static = kind.partition(" ")
    mean = landmark_points(model.v_template, model.faces, model.landmarks[landmark_set]).astype(np.float64)
    points = random_points(model, landmark_set, dimensions, seed=dimensions)
    mirror = IBUG_MIRROR[:68] if landmark_set == "ibug" else None
    if mirror is None:
        mirror = np.linalg.norm(mean[:, None] * [-1, 1, 1] - mean, axis=-1).argmin(1)
    if static:
        return Heads(points[:, 17:], mean[17:], mirror[17:] - 17)
    return Heads(points, mean, mirror)


def told(heads: Heads, points: np.ndarray) -> tuple[str, ...]:
    return what_looks_wrong(ObservedLandmarks(points, np.arange(len(points))), heads.mean)


@pytest.mark.unmeasured
@pytest.mark.parametrize(("name", "kind", "dimensions"), CASES)
def test_heads_pass_and_their_points_in_other_orders_do_not(
    models: Callable[[str], FlameModel], name: str, kind: str, dimensions: int
) -> None:
    """At least 999 of 1000 pass; of each kind of wrong order at least 99 of 100 are told, by what it is."""
    heads = heads_of(models(name), kind, dimensions)
    rng = np.random.default_rng(9)
    assert sum(bool(told(heads, points)) for points in heads.points) <= N_HEADS // 1000
    count = heads.points.shape[1]
    some = heads.points[:N_WRONG]
    shuffled = [told(heads, points[rng.permutation(count)]) for points in some]
    assert sum("look like no face" in " ".join(each) for each in shuffled) >= 0.99 * N_WRONG
    for order in (np.arange(count)[::-1], np.roll(np.arange(count), 1), np.roll(np.arange(count), -7)):
        found = [" ".join(told(heads, points[order])) for points in some]
        assert sum("numbered otherwise" in each for each in found) >= 0.99 * N_WRONG
    if name == "made-up":  # its landmarks are not symmetric
        return
    for swapped in (some[:, heads.mirror], some * ([-1, 1, 1] if dimensions == 3 else [-1, 1])):
        assert sum("Left and right look swapped" in " ".join(told(heads, each)) for each in swapped) >= 0.99 * N_WRONG


@pytest.fixture(scope="module")
def heads(models: Callable[[str], FlameModel]) -> Heads:
    """Of the built-in head, 51 points in space."""
    return heads_of(models("built-in"), "ibug static", 3)


def test_the_order_that_fits_better_is_named(heads: Heads) -> None:
    """How far the numbers are off."""
    points = heads.points[3]
    for order, how in ((np.roll(points, 2, 0), "2 places on"), (np.roll(points, -2, 0), "2 places back")):
        assert told(heads, order) == (
            f"The points look numbered otherwise than the model's: they fit far better when read {how}.",
        )
    assert told(heads, points[::-1])[0].endswith("read backwards.")


@pytest.mark.parametrize(("dimensions", "fewest"), [(2, 6), (3, 4)])
def test_too_few_points_are_told(heads: Heads, dimensions: int, fewest: int) -> None:
    """Also none at all; as many as it takes are enough."""
    chosen = np.array([0, 9, 13, 19, 28, 31, 37, 40])
    for count in range(fewest):
        few = ObservedLandmarks(heads.mean[chosen[:count], :dimensions], chosen[:count])
        assert f"at least {fewest}" in what_looks_wrong(few, heads.mean)[0]
    pixels = heads.mean[:, :2] * [1000, -1000]
    points = pixels if dimensions == 2 else heads.mean
    enough = ObservedLandmarks(points[chosen[:fewest]], chosen[:fewest])
    assert what_looks_wrong(enough, heads.mean) == ()


@pytest.mark.parametrize("dimensions", [2, 3])
def test_points_in_one_place_or_on_a_line_are_told(heads: Heads, dimensions: int) -> None:
    """Whatever the order."""
    along = np.linspace(0, 1, 51)[:, None]
    for points in (np.full((51, dimensions), 7.0), along * np.arange(1.0, dimensions + 1) + 5):
        assert told(heads, points)[0].startswith("The points lie on one line or in one place")


def test_points_that_are_no_face_are_told(heads: Heads) -> None:
    """Drawn at random."""
    rng = np.random.default_rng(4)
    for dimensions in (2, 3):
        for _ in range(50):
            assert "no face" in told(heads, rng.normal(size=(51, dimensions)))[0]


def test_sizes_are_told_only_where_they_mean_something(heads: Heads) -> None:
    """A head in millimetres that is said to be in metres, and an ordinary one."""
    seen = [ObservedLandmarks(heads.mean * size, np.arange(51)) for size in (1, 1.3, 0.8, 1000, 2)]
    found = [what_looks_wrong(each, heads.mean, in_metres=True) for each in seen]
    assert found[:3] == [(), (), ()]
    assert found[3] == ("The points are 1e+03 times as large as a head's: check the unit.",)
    assert found[4] != ()
    assert all(what_looks_wrong(each, heads.mean) == () for each in seen)


def test_few_points_of_a_head_pass(models: Callable[[str], FlameModel]) -> None:
    """Any eight of iBUG's 68, in any order of giving; with eight, a claim needs much better reasons."""
    model, rng = models("built-in"), np.random.default_rng(5)
    for dimensions in (2, 3):
        heads = heads_of(model, "ibug", dimensions)
        wrong = 0
        for points in heads.points[:500]:
            chosen = rng.permutation(68)[:8]
            wrong += bool(what_looks_wrong(ObservedLandmarks(points[chosen], chosen), heads.mean))
        assert wrong <= 5


def test_indices_outside_the_landmarks_are_refused(heads: Heads) -> None:
    """They are an error of the caller, not of the points."""
    with pytest.raises(LandmarkError, match=r"must have indices 0\.\.50, found 0\.\.51"):
        what_looks_wrong(ObservedLandmarks(np.zeros((52, 3)), np.arange(52)), heads.mean)
