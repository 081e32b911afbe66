"""Random coefficients: repeatable, inside their soft ranges, as widely spread as asked."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from flame_blender.errors import ParameterError
from flame_blender.flame.model import Direction
from flame_blender.flame.randomise import (
    HELD,
    REGIONS,
    by_region,
    identity_of,
    random_coefficients,
    require_regions,
    vertices_of,
)


def test_deviations_are_normal_and_stay_in_range():
    directions = [Direction(f"d{i}", "g") for i in range(4000)]
    drawn = random_coefficients(directions, 1.0, np.random.default_rng(1))
    assert abs(drawn.mean()) < 0.05 and 0.95 < drawn.std() < 1.05
    wide = random_coefficients(directions, 3.0, np.random.default_rng(1))
    assert np.abs(wide).max() == 3.0
    np.testing.assert_array_equal(drawn, random_coefficients(directions, 1.0, np.random.default_rng(1)))


def test_movements_are_few_and_positive():
    directions = [Direction(f"d{i}", "g", "weight", (0.0, 1.0)) for i in range(4000)]
    drawn = random_coefficients(directions, 0.5, np.random.default_rng(1))
    assert drawn.min() >= 0.0 and drawn.max() <= 0.5
    assert 0.2 < (drawn > 0).mean() < 0.3


def test_no_directions_give_no_coefficients():
    assert random_coefficients([], 1.0, np.random.default_rng(1)).shape == (0,)


def test_regions_by_name_stay_or_are_drawn_weaker(built_in):
    """Every direction of the built-in head belongs to one region."""
    drawn = random_coefficients(built_in.identity_directions, 1.0, np.random.default_rng(3))
    now = np.linspace(-1, 1, len(drawn)).astype(np.float32)
    found = by_region(built_in, slice(0, built_in.n_identity), drawn, now, {"Nose": None, "Ears": 0.25, "Brows": None})
    for direction, value, old, new in zip(built_in.identity_directions, found, now, drawn, strict=True):
        wanted = {"Nose": old, "Ears": 0.25 * new}.get(direction.group, new)
        assert value == pytest.approx(wanted, abs=1e-6)


def test_regions_of_components_stay_by_their_vertices(face_like):
    """Of principal components, which move all: the nose stays, the rest of the head moves about as far as before."""
    rng = np.random.default_rng(5)
    half = slice(0, face_like.n_identity)
    drawn, now = rng.normal(size=(2, face_like.n_identity)).astype(np.float32)
    nose = vertices_of(face_like, "Nose")
    assert len(nose) > 50 and set(nose) <= set(face_like.regions["nose"].tolist())

    def moved(one: np.ndarray, other: np.ndarray) -> np.ndarray:
        return np.linalg.norm(face_like.shapedirs[:, :, half] @ (one - other), axis=1)

    held = by_region(face_like, half, drawn, now, {"Nose": None})
    assert moved(held, now)[nose].max() < 1e-3
    assert moved(drawn, now)[nose].max() > 3e-3
    others = np.setdiff1d(vertices_of(face_like, "Head"), nose)
    assert moved(held, now)[others].mean() > 0.5 * moved(drawn, now)[others].mean()
    zeros = np.zeros_like(drawn)
    weak = by_region(face_like, half, drawn, now, {"Jaw and chin": 0.25})
    jaw = vertices_of(face_like, "Jaw and chin")
    ratio = moved(weak, zeros)[jaw].mean() / moved(drawn, zeros)[jaw].mean()
    assert 0.2 < ratio < 0.35
    np.testing.assert_array_equal(by_region(face_like, half, drawn, now, {}), drawn)
    assert not len(vertices_of(face_like, "Overall"))
    residual = drawn - held  # the normal equations written out
    rows = face_like.shapedirs[nose][:, :, half].reshape(-1, len(drawn)).astype(float)
    np.testing.assert_allclose(residual, rows.T @ (rows @ (held - now)) / HELD**2, atol=2e-3 * np.abs(residual).max())


def test_numbers_are_the_identity_where_directions_are_independent(full_model):
    numbers = np.random.default_rng(8).normal(size=7)
    found = identity_of(full_model, numbers, 0.5)
    np.testing.assert_allclose(found[:7], np.clip(0.5 * numbers, -3, 3), rtol=1e-6)
    assert not found[7:].any()


def test_people_have_the_covariance_of_their_mixing(full_model):
    """And of the first numbers alone, what those do."""
    rng = np.random.default_rng(9)
    mixing = np.tril(rng.normal(size=(full_model.n_identity,) * 2)) / full_model.n_identity
    mixed = dataclasses.replace(full_model, identity_mixing=mixing.astype(np.float32))
    numbers = rng.normal(size=(3000, full_model.n_identity))
    found = np.array([identity_of(mixed, each) for each in numbers])
    np.testing.assert_allclose(found, np.clip(numbers @ mixing.T, -3, 3), atol=1e-4)
    few = identity_of(mixed, numbers[0, :4])
    np.testing.assert_allclose(few, np.clip(mixing[:, :4] @ numbers[0, :4], -3, 3), atol=1e-4)


def test_a_region_is_told_by_directions_or_by_the_models_own(built_in, full_model):
    """Components need the model's own vertices of a region; a sentence says how they come."""
    require_regions(full_model, built_in.identity_directions, ["Nose", "Mouth"])
    require_regions(full_model, full_model.identity_directions, ["Overall"])
    for region in sorted(REGIONS.keys() - {"Overall"}):
        if len(vertices_of(full_model, region)):
            require_regions(full_model, full_model.identity_directions, [region])
        else:
            with pytest.raises(ParameterError, match=f"no region '{region}': install FLAME_masks.pkl"):
                require_regions(full_model, full_model.identity_directions, [region])


def test_directions_of_other_regions_are_left_as_drawn(built_in):
    """None of the directions is of a region that was asked for, but they have regions: nothing is held."""
    named = next(number for number, each in enumerate(built_in.directions) if each.group in REGIONS)
    other = next(region for region in REGIONS if region != built_in.directions[named].group)
    drawn, now = np.ones(1, np.float32), np.zeros(1, np.float32)
    found = by_region(built_in, slice(named, named + 1), drawn, now, {other: None})
    np.testing.assert_array_equal(found, drawn)
