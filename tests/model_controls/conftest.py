"""Models with named controls for the tests: the built-in head, and two files for which they are computed."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from flame_blender.correspondence.movements import carried_over
from flame_blender.flame.model import FlameModel
from flame_blender.long_work import result_of
from flame_blender.model_controls import computing
from flame_blender.model_controls.computed import ComputedControls
from tests.correspondence.found import corresponding_once
from tests.fitting.surface_search import nearest_surface
from tests.flame.face_like import face_like_model

MIXTURES = 100


def controls_of(model: FlameModel, built_in: FlameModel) -> ComputedControls:
    """Computed, but for the correspondence where another test has found it; tests/head_parts computes all of it."""
    with pytest.MonkeyPatch.context() as patches:
        patches.setattr(computing, "corresponding", corresponding_once)
        return result_of(computing.computing_controls(built_in, model, nearest_surface))


@pytest.fixture(scope="session")
def computed(built_in: FlameModel) -> tuple[FlameModel, ComputedControls]:
    """A face-like file: 100 components that are no named movements."""
    model = face_like_model()
    return model, controls_of(model, built_in)


@pytest.fixture(scope="session")
def mixed(built_in: FlameModel, computed: tuple[FlameModel, ComputedControls]) -> tuple[FlameModel, ComputedControls]:
    """A file whose directions are random mixtures of the movements themselves: it can do all of them."""
    model, found = computed
    directions = built_in.shapedirs[:, :, built_in.n_identity :].transpose(2, 0, 1)
    movements = carried_over(found.correspondence, built_in, model, directions.astype(np.float64))
    mix = np.random.default_rng(3).normal(0, 2 / np.sqrt(len(movements)), (MIXTURES, len(movements)))
    expression = np.tensordot(mix, movements, 1).transpose(1, 2, 0)
    identity = model.shapedirs[:, :, : model.n_identity]
    arrays = {name: getattr(model, name) for name in ("v_template", "faces", "joint_regressor", "weights", "parents")}
    mixed = FlameModel.from_arrays(
        **arrays, shapedirs=np.concatenate([identity, expression], 2), posedirs=model.posedirs,
        n_identity=model.n_identity,
    )  # fmt: skip
    mixed = dataclasses.replace(mixed, landmarks=model.landmarks, regions=model.regions)
    return mixed, controls_of(mixed, built_in)
