"""What smplx.lbs computes with a template for each frame, for Blender's tests: there is no torch in Blender.

    python tests/flame/lbs_of_templates.py MODEL INPUTS.npz OUT.npy

INPUTS has ``templates`` (N, V, 3), ``betas`` (N, K), ``pose`` (N, 15) and ``translation`` (N, 3); OUT gets (N, V, 3).
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402  (found only after the line above)
import torch  # noqa: E402
from smplx.lbs import lbs  # noqa: E402

from flame_blender.model_files.loading import load_model  # noqa: E402
from tests.flame.smplx_reference import smplx_arguments  # noqa: E402


def main(model_file: Path, inputs: Path, out: Path) -> None:
    """In float64."""
    _, *arguments = smplx_arguments(load_model(model_file))
    with np.load(inputs) as file:
        templates, betas, pose, translation = (
            torch.tensor(file[name].astype(np.float64)) for name in ("templates", "betas", "pose", "translation")
        )
    found = [
        lbs(betas[i : i + 1], pose[i : i + 1], templates[i : i + 1], *arguments)[0] + translation[i]
        for i in range(len(betas))
    ]
    np.save(out, torch.cat(found).numpy())


if __name__ == "__main__":
    main(*(Path(each) for each in sys.argv[1:]))
