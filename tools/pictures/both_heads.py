"""The two heads that pictures show: the built-in one, and one of a full-size file as a user has it.

The file moves as a face does: on FLAME's own topology where ../shared lies beside the checkout (and a Python with SciPy
in .envs/dev, which its tool needs), else the project's own, as in the tests (docs/testing.md).
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import bpy
from studio import api

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
MAKER, PYTHON = SHARED / "tools" / "make_flame_like.py", ROOT / ".envs" / "dev" / "bin" / "python"
RELEASED = MAKER.exists() and PYTHON.exists()
sys.path.insert(0, str(ROOT))

from flame_blender.model_files.embeddings import load_landmarks  # noqa: E402  (found only after the line above)
from flame_blender.model_files.loading import load_model  # noqa: E402
from flame_blender.model_files.saving import save_model  # noqa: E402
from tests.flame.face_like import face_like_model  # noqa: E402

BUILT_IN, FLAME_FILE = "built-in head", "head of a FLAME file"  # as pictures name them


def models() -> dict[str, str | Path]:
    """What ``api.add_head`` makes each of them of, by name."""
    return {BUILT_IN: api.BUILT_IN, FLAME_FILE: flame_file()}


def flame_file() -> Path:
    """The file with 68 landmarks in it, written once."""
    path = of_this_run("flame_file.npz")
    if path.exists():
        return path
    if not RELEASED:
        save_model(face_like_model(), path)
        return path
    subprocess.run([PYTHON, MAKER, path, "--motion", "face", "--format", "npz"], check=True)
    points, contour = (SHARED / "data" / f"flame_{name}" for name in ("static_embedding.pkl", "dynamic_embedding.npy"))
    landmarks = load_landmarks(points).with_contour(load_landmarks(contour))
    save_model(replace(load_model(path), landmarks={"ibug": landmarks}), path)
    return path


def of_this_run(name: str) -> Path:
    """A file in Blender's profile, which goes when the script ends (tests/blender/installed_extension.py)."""
    return Path(bpy.utils.user_resource("DATAFILES", create=True)) / name


def character(model: str | Path) -> bpy.types.Object:
    """A head with all that the built-in head has: of a FLAME file, controls, skin, quads, teeth and lashes too."""
    head = api.add_head(model)
    if model != api.BUILT_IN:
        if api.lacks_looks(head):
            api.compute_controls(model)
        api.show_quads(head)
        api.add_mouth(head)
    return head
