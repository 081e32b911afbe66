"""The built-in head as the tests of this folder see it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.model import FlameModel
from flame_blender.model_files.loading import load_model

HEAD = Path(__file__).resolve().parents[2] / "flame_blender" / "assets" / "builtin_head.npz"


@pytest.fixture(scope="session")
def model() -> FlameModel:
    return load_model(HEAD)


@pytest.fixture(scope="session")
def evaluator(model: FlameModel) -> FlameEvaluator:
    return FlameEvaluator(model)


@pytest.fixture(scope="session")
def materials(model: FlameModel) -> np.ndarray:
    """(F,) name of each triangle's material, by the polygon that it was cut from."""
    corners = {}
    for polygon, material in zip(model.display.polygons.tolist(), model.display.polygon_materials, strict=True):
        a, b, c, d = polygon
        cuts = [(a, b, c)] if d < 0 else [(a, b, c), (a, c, d), (a, b, d), (b, c, d)]
        corners.update({frozenset(cut): model.display.material_names[material] for cut in cuts})
    return np.array([corners[frozenset(face)] for face in model.faces.tolist()])


@pytest.fixture(scope="session")
def outer_skin(model: FlameModel, materials: np.ndarray) -> np.ndarray:
    """(F, 3) triangles of the skin and lips as drawn."""
    faces = model.faces[np.isin(materials, ["skin", "lips"])]
    assert len(faces) > 8000
    return faces
