"""What tests of face boards share."""

from __future__ import annotations

import bpy
import numpy as np

from flame_blender import api
from flame_blender.flame.controls import ARKIT_NAMES
from flame_blender.head.under_work import kinds

FIELDS = ("neck", "jaw", "global_rotation", "translation")


def update() -> None:
    bpy.context.view_layer.update()


def bones(board):
    return board.pose.bones


def shown(obj) -> np.ndarray:
    """(V, 3) of the mesh, as it was written last."""
    positions = np.empty((len(obj.data.vertices), 3), np.float32)
    obj.data.attributes["position"].data.foreach_get("vector", positions.ravel())
    return positions


def scores_of(obj) -> np.ndarray:
    update()
    return np.array([api.get_arkit(obj)[name] for name in ARKIT_NAMES])


def random_scores(rng, low=0.0, high=1.0) -> dict[str, float]:
    return dict(zip(ARKIT_NAMES, rng.uniform(low, high, len(ARKIT_NAMES)).tolist(), strict=True))


def in_file() -> dict[str, int]:
    return {kind: len(getattr(bpy.data, kind)) for kind in kinds()}
