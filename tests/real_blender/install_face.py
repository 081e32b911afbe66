"""Run in the background before windows that try a FLAME file's head: the tests' own file, installed and computed.

blender -b --python tests/real_blender/install_face.py
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2]))

from flame_blender.model_files.saving import save_model
from tests.flame.face_like import face_like_model

NAME = "face_like"  # of the model, as windows are told it
INSTALLED = "face: installed in Blender"


def main() -> None:
    """Write the file, install it, compute its named controls."""
    from bl_ext.user_default.flame_blender import api

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{NAME}.npz"
        save_model(face_like_model(), path)
        api.install(path)
    api.compute_controls(NAME)
    print(INSTALLED, flush=True)


if __name__ == "__main__":
    main()
