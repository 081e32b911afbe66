"""The models of tests/flame."""

from __future__ import annotations

from pathlib import Path

import pytest

from flame_blender.flame.model import FlameModel
from flame_blender.model_files.loading import load_model
from tests.flame.full_size import full_size_model
from tests.flame.shared_models import make_shared_model


@pytest.fixture(scope="session")
def full_model() -> FlameModel:
    """A full-size made-up model."""
    return full_size_model(seed=0)


@pytest.fixture(scope="session")
def shared_model(tmp_path_factory: pytest.TempPathFactory) -> FlameModel:
    """A full-size file on FLAME's topology, or without ../shared on one of the project's own."""
    return make_shared_model(tmp_path_factory.mktemp("shared"))


@pytest.fixture(scope="session")
def built_in() -> FlameModel:
    """The head that comes with the add-on, whose directions and joints move as a head's do."""
    return load_model(Path(__file__).resolve().parents[2] / "flame_blender" / "assets" / "builtin_head.npz")
