"""Writes a clip as each tool does, and what smplx computes from it, for Blender's tests: there is no torch in Blender.

    python tests/sequences/write_tools_files.py FOLDER MODEL

Makes FOLDER/<tool>/, and FOLDER/reference.npz with ``<tool> path``, ``<tool> frames`` (3,) and ``<tool> vertices``
(3, V, 3) on the model of a full-size file.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402  (found only after the line above)

from flame_blender.model_files.loading import load_model  # noqa: E402
from tests.sequences.test_tools_vertices import smplx_vertices, three_frames  # noqa: E402
from tests.sequences.tool_writers import TOOLS, Tool  # noqa: E402


def main(folder: Path, model_file: Path) -> None:
    """Write everything."""
    model, reference = load_model(model_file), {}
    for seed, write in enumerate(TOOLS):
        name = write.__name__
        (folder / name).mkdir(parents=True)
        path, _, expected = write(Tool(100 + seed), folder / name)
        reference[f"{name} path"] = np.array(str(path))
        reference[f"{name} frames"] = np.array(three_frames(expected))
        reference[f"{name} vertices"] = smplx_vertices(expected, model)
    np.savez(folder / "reference.npz", **reference)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
