"""What tests of mouth and lashes share."""

from __future__ import annotations

import bpy
import numpy as np
import pytest

from flame_blender import api
from tests.blender.conftest import compute_controls

CLOSE = 2e-6  # metres


@pytest.fixture
def shares() -> list[float]:
    return []


@pytest.fixture
def head(flame_model, computed, shares) -> bpy.types.Object:
    """A head with mouth and lashes; its model's controls are computed with those of the first test."""
    made = []

    def add(model: str) -> None:
        made.append(api.add_head(model))
        api.add_mouth(made[0], progress=shares.append)

    compute_controls(flame_model, computed, add)
    if not made:
        add(flame_model)
    return made[0]


def seen(made: bpy.types.Object) -> np.ndarray:
    """(N, 3) what Blender evaluates the object to, in its own space."""
    evaluated = made.evaluated_get(bpy.context.evaluated_depsgraph_get()).data
    positions = np.empty((len(evaluated.vertices), 3), np.float32)
    evaluated.vertices.foreach_get("co", positions.ravel())
    return positions
