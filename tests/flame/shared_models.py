"""Full-size files on FLAME's own topology, made by ../shared's tool; where that is absent, the project's own file."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from flame_blender.flame.model import FlameModel
from flame_blender.model_files.embeddings import load_landmarks
from flame_blender.model_files.loading import load_model
from tests.flame.face_like import face_like_model, write_face_like, write_face_like_files

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
MAKER = SHARED / "tools" / "make_flame_like.py"
KINDS = ("made", "released") if MAKER.exists() else ("made",)  # of files; the released ones lie in ../shared


def make_shared_model(folder: Path) -> FlameModel:
    """Read from a file in FLAME 2020's own format, with RingNet's landmarks; else the project's own, with landmarks."""
    if not MAKER.exists():
        return face_like_model()
    static, dynamic = (SHARED / "data" / name for name in ("flame_static_embedding.pkl", "flame_dynamic_embedding.npy"))
    path = write_shared_file(folder / "generic_model.pkl", "fields")
    landmarks = load_landmarks(static).with_contour(load_landmarks(dynamic))
    return replace(load_model(path), landmarks={"ibug": landmarks})


def write_shared_file(path: Path, motion: str) -> Path:
    """The tool's file, as FLAME 2020's .pkl or as .npz, or else the project's own, which has a face's motion always.

    ``motion`` is ``"face"`` or ``"fields"``. FLAME's own topology finds more; the project's own is there on
    any machine.
    """
    if not MAKER.exists():
        return write_face_like(path)
    layout = "npz" if path.suffix == ".npz" else "chumpy"
    subprocess.run([_python_with_scipy(), MAKER, path, "--format", layout, "--motion", motion], check=True)
    return path


def write_landmark_files(folder: Path, kind: str = KINDS[-1]) -> list[Path]:
    """Files of the 51 fixed points, of the contour and of MediaPipe's: the released ones, else the project's own.

    Those of the last of :data:`KINDS` belong to :func:`write_shared_file`'s models.
    """
    if kind == "made":
        files = write_face_like_files(folder)
        return [path for name, path in files.items() if "embedding" in name]
    mediapipe = folder / "mediapipe_landmark_embedding.npz"
    with np.load(SHARED / "data" / "flame2023_open_identity60.npz") as released:
        keys = ("lmk_face_idx", "lmk_b_coords", "landmark_indices")
        np.savez(mediapipe, **{key: released[key] for key in keys})
    data = SHARED / "data"
    return [data / "flame_static_embedding.pkl", data / "flame_dynamic_embedding.npy", mediapipe]


def _python_with_scipy() -> str:
    """The tool needs SciPy, which Blender's Python has not: then that of the other tests runs it."""
    if importlib.util.find_spec("scipy") is not None:
        return sys.executable
    other = ROOT / ".envs" / "dev" / "bin" / "python"
    if not other.exists():
        pytest.skip("no Python with SciPy: make .envs/dev/.made first")
    return str(other)
