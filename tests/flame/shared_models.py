"""Full-size files on FLAME's own topology, made by ../shared's tool where that is there."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from flame_blender.flame.embeddings import load_landmarks
from flame_blender.flame.loading import load_model
from flame_blender.flame.model import FlameModel

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"


def make_shared_model(folder: Path) -> FlameModel:
    """Read from a file in FLAME 2020's own format, with RingNet's landmarks; skips the test without ../shared."""
    static, dynamic = (SHARED / "data" / name for name in ("flame_static_embedding.pkl", "flame_dynamic_embedding.npy"))
    path = write_shared_file(folder / "generic_model.pkl", "fields")
    if not (static.exists() and dynamic.exists()):
        pytest.skip("../shared is absent: no landmarks on FLAME's own topology")
    landmarks = load_landmarks(static).with_contour(load_landmarks(dynamic))
    return replace(load_model(path), landmarks={"ibug": landmarks})


def write_shared_file(path: Path, motion: str) -> Path:
    """The tool's file, as FLAME 2020's .pkl or as .npz; ``motion`` is ``"face"`` or ``"fields"``; skips as above."""
    maker = SHARED / "tools" / "make_flame_like.py"
    if not maker.exists():
        pytest.skip("../shared is absent: no full-size files on FLAME's own topology")
    layout = "npz" if path.suffix == ".npz" else "chumpy"
    subprocess.run([_python_with_scipy(), maker, path, "--format", layout, "--motion", motion], check=True)
    return path


def _python_with_scipy() -> str:
    """The tool needs SciPy, which Blender's Python has not: then that of the other tests runs it."""
    if importlib.util.find_spec("scipy") is not None:
        return sys.executable
    other = ROOT / ".envs" / "dev" / "bin" / "python"
    if not other.exists():
        pytest.skip("no Python with SciPy: make .envs/dev/.made first")
    return str(other)
