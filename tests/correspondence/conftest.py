"""The built-in head, and two heads that it is carried over to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from flame_blender.correspondence.correspondence import Correspondence
from flame_blender.flame.landmarks import LandmarkEmbedding
from flame_blender.flame.model import FlameModel
from flame_blender.long_work import result_of
from flame_blender.model_files.embeddings import load_landmarks
from flame_blender.model_files.loading import load_model
from tests.correspondence.found import corresponding_once
from tests.fitting.surface_search import nearest_surface
from tests.flame.face_like import strangers_model
from tests.flame.shared_models import write_shared_file

REAL = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.fixture(scope="session")
def real_template(tmp_path_factory: pytest.TempPathFactory) -> FlameModel:
    """FLAME 2023 Open's template with RingNet's and the release's own landmarks; else a head that is nobody's."""
    if not REAL.is_dir():
        return strangers_model()
    model = load_model(write_shared_file(tmp_path_factory.mktemp("real") / "face.npz", "face"))
    with np.load(REAL / "flame2023_open_identity60.npz") as file:
        mediapipe = LandmarkEmbedding(file["lmk_face_idx"], file["lmk_b_coords"], indices=file["landmark_indices"])
    ibug = load_landmarks(REAL / "flame_static_embedding.pkl")
    return replace(model, landmarks={"ibug": ibug, "mediapipe": mediapipe})


@pytest.fixture(scope="session")
def shares() -> list[float]:
    """What ``on_face_like`` told of its progress."""
    return []


@pytest.fixture(scope="session")
def on_face_like(built_in: FlameModel, face_like: FlameModel, shares: list[float]) -> Correspondence:
    return result_of(corresponding_once(built_in, face_like, nearest_surface), shares.append)


@pytest.fixture(scope="session")
def on_real(built_in: FlameModel, real_template: FlameModel) -> Correspondence:
    return result_of(corresponding_once(built_in, real_template, nearest_surface))


@pytest.fixture(scope="session")
def on_real_free(built_in: FlameModel, real_template: FlameModel) -> Correspondence:
    """Without any landmarks: the built-in head is fitted to it as to a scan."""
    return result_of(corresponding_once(built_in, replace(real_template, landmarks={}), nearest_surface))
