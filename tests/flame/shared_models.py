"""Full-size files on FLAME's own topology, made by ../shared's tool where that is there."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from flame_blender.flame.embeddings import load_landmarks
from flame_blender.flame.loading import load_model
from flame_blender.flame.model import FlameModel

SHARED = Path(__file__).resolve().parents[2].parent / "shared"


def make_shared_model(folder: Path) -> FlameModel:
    """Read from a file in FLAME 2020's own format, with RingNet's landmarks; skips the test without ../shared."""
    maker, static, dynamic = (
        SHARED / name
        for name in ("tools/make_flame_like.py", "data/flame_static_embedding.pkl", "data/flame_dynamic_embedding.npy")
    )
    if not (maker.exists() and static.exists() and dynamic.exists()):
        pytest.skip("../shared is absent: no full-size files on FLAME's own topology")
    path = folder / "generic_model.pkl"
    subprocess.run([sys.executable, maker, path, "--format", "chumpy"], check=True)
    landmarks = load_landmarks(static).with_contour(load_landmarks(dynamic))
    return replace(load_model(path), landmarks={"ibug": landmarks})
