"""Models for the tests of the mathematics: made up in code, and made by ../shared's tool where that is there."""

from __future__ import annotations

import numpy as np
import pytest

from flame_blender.flame.model import FlameModel
from flame_blender.flame.params import FlameParams
from tests.flame.full_size import full_size_model, random_parameters
from tests.flame.shared_models import make_shared_model
from tests.flame.smplx_reference import SmplxResults, smplx_results_of


@pytest.fixture(scope="session")
def full_model() -> FlameModel:
    """A full-size model on a made-up topology, with the landmark set ``ibug``."""
    return full_size_model(seed=0)


@pytest.fixture(scope="session")
def shared_model(tmp_path_factory: pytest.TempPathFactory) -> FlameModel:
    """The tool's file in FLAME 2020's own format, on FLAME's topology, with RingNet's landmarks; else our own."""
    return make_shared_model(tmp_path_factory.mktemp("shared"))


@pytest.fixture(scope="session", params=["made-up", "shared"])
def model(request: pytest.FixtureRequest) -> FlameModel:
    """Each full-size model in turn."""
    return request.getfixturevalue("full_model" if request.param == "made-up" else "shared_model")


@pytest.fixture(scope="session")
def thousand_params() -> FlameParams:
    """1,000 random parameter sets; together the yaw of root and neck sweeps from -90 to 90 degrees."""
    return FlameParams(**random_parameters(np.random.default_rng(2), frames=1000))


@pytest.fixture(scope="session")
def smplx_results(model: FlameModel, thousand_params: FlameParams) -> SmplxResults:
    """What smplx makes of the thousand parameter sets."""
    return smplx_results_of(model, thousand_params, model.landmarks["ibug"])
