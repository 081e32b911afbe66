"""What tests of mouth and lashes share."""

from __future__ import annotations

import bpy
import numpy as np
import pytest

from flame_blender import api

CLOSE = 2e-6  # metres


@pytest.fixture
def shares() -> list[float]:
    return []


@pytest.fixture
def head(computed_face, shares) -> bpy.types.Object:
    """A head with mouth and lashes."""
    computed_face.install()
    made = api.add_head("face_like")
    api.add_mouth(made, progress=shares.append)
    return made


def seen(made: bpy.types.Object) -> np.ndarray:
    """(N, 3) what Blender evaluates the object to, in its own space."""
    evaluated = made.evaluated_get(bpy.context.evaluated_depsgraph_get()).data
    positions = np.empty((len(evaluated.vertices), 3), np.float32)
    evaluated.vertices.foreach_get("co", positions.ravel())
    return positions
