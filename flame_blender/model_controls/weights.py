"""How much each vertex of a face counts when a movement is made of a model's own directions."""

from __future__ import annotations

import numpy as np

from ..correspondence.correspondence import Correspondence
from ..correspondence.skin import vertex_areas
from ..flame.model import FlameModel
from .sides import on_other_side

FINE, FACE, ELSEWHERE = 2.0, 1.0, 0.5  # lips and lids, the face, the rest of the skin
OTHER_SIDE = 4.0  # times, for what moves one side alone


def vertex_weights(found: Correspondence, target: FlameModel, side: float) -> np.ndarray:
    """(V,) that sum up to 1, of a movement of ``side``: by area, more on lips and lids and on the other half.

    Eyeballs, and whatever else is no skin, count nothing.
    """
    kinds = np.zeros(target.n_vertices)
    kinds[found.vertices] = ELSEWHERE
    kinds[found.regions.get("face", [])] = FACE
    for fine in ("lips", "eye_region"):
        kinds[found.regions.get(fine, [])] = FINE
    vertices = target.v_template.astype(np.float64)
    skin = np.isin(target.faces, found.vertices).all(1)
    weights = kinds * vertex_areas(vertices, target.faces[skin])
    weights = np.where(on_other_side(vertices, side), OTHER_SIDE * weights, weights)
    return weights / weights.sum()
