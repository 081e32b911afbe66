"""Models for the tests of the mathematics, and what smplx makes of them."""

from __future__ import annotations

import numpy as np
import pytest

from flame_blender.flame.model import FlameModel
from flame_blender.flame.params import FlameParams
from tests.flame.full_size import random_parameters
from tests.flame.smplx_reference import SmplxResults, smplx_results_of


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
