"""What tests of mouth and lashes share."""

from __future__ import annotations

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.head import models

CLOSE = 2e-6  # metres


@pytest.fixture
def shares() -> list[float]:
    return []


@pytest.fixture
def head(flame_model, computed, shares) -> bpy.types.Object:
    """A head with mouth and lashes; its model's controls are computed with those of the first test."""
    fingerprint = models.resolve(flame_model).fingerprint
    kept = models.kept_controls(fingerprint)
    if fingerprint in computed:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(computed[fingerprint])
    head = api.add_head(flame_model)
    api.add_mouth(head, progress=shares.append)
    computed[fingerprint] = kept.read_bytes()
    return head


def seen(made: bpy.types.Object) -> np.ndarray:
    """(N, 3) what Blender evaluates the object to, in its own space."""
    evaluated = made.evaluated_get(bpy.context.evaluated_depsgraph_get()).data
    positions = np.empty((len(evaluated.vertices), 3), np.float32)
    evaluated.vertices.foreach_get("co", positions.ravel())
    return positions
