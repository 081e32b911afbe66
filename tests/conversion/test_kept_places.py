"""Where a model and the built-in head meet, in a file: as it was found, or refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from flame_blender.conversion.kept_places import load_places, save_places
from flame_blender.conversion.places import Places
from flame_blender.errors import ModelError
from flame_blender.flame.model import FlameModel
from tests.flame.full_size import small_model

ONE, OTHER = small_model(0), small_model(1, n_vertices=50)


def random_places(target: FlameModel, source: FlameModel) -> Places:
    rng, count = np.random.default_rng(3), target.n_vertices - 5
    corners = rng.integers(0, source.n_vertices, (count, 3))
    return Places(np.arange(count), corners, rng.dirichlet(np.ones(3), count), rng.random(count))


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    path = tmp_path / "places" / "model.npz"
    save_places(path, ONE, OTHER, random_places(ONE, OTHER), random_places(OTHER, ONE))
    return path


def test_places_come_back(kept: Path) -> None:
    wanted = random_places(ONE, OTHER), random_places(OTHER, ONE)
    for found, places in zip(load_places(kept, ONE, OTHER), wanted, strict=True):
        for name in vars(places):
            assert np.array_equal(getattr(found, name), getattr(places, name)), name


def test_those_of_other_models_are_refused(kept: Path) -> None:
    with pytest.raises(ModelError, match="expected places of these models"):
        load_places(kept, OTHER, ONE)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("on_model/vertices", np.arange(45) + 9),
        ("on_model/corners", np.full((45, 3), 40)),
        ("on_model/weights", np.zeros((45, 2))),
        ("on_built_in/trust", np.zeros(0)),
        ("on_built_in/vertices", np.zeros(35)),
    ],
)
def test_what_is_damaged_is_refused(kept: Path, name: str, wrong: np.ndarray) -> None:
    with np.load(kept) as file:
        arrays = dict(file)
    np.savez(kept, **arrays | {name: wrong})
    with pytest.raises(ModelError, match="expected places of"):
        load_places(kept, ONE, OTHER)
