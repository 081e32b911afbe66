"""How far posed splats in a .ply are from where torch and smplx have them; run with .envs/dev's Python.

    python -m tests.splats.compare_posed MODEL.npz BOUND.ply PARAMS.npz POSED.ply CORNERS.npy

PARAMS has what :class:`FlameParams` has; POSED is in FLAME's axes. CORNERS (V, 3) float32 are vertices as they were
rounded: sizes and rotations are compared with those that float64 makes of them. Writes metres by which centres are off,
then relative scales, then parts of rotation matrices.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import torch
from scipy.spatial.transform import Rotation

from flame_blender.flame.params import FlameParams
from flame_blender.model_files.loading import load_model
from flame_blender.splats.splat_files import read_splats
from flame_blender.splats.teeth import with_teeth
from tests.splats.test_following import by_torch, skinned


def main(model: str, bound: str, params: str, posed: str, corners: str) -> None:
    toothed = with_teeth(load_model(Path(model)))
    with np.load(params) as file:
        given = FlameParams(**dict(file))
    splats, found = read_splats(Path(bound), len(toothed.faces)), read_splats(Path(posed))
    centres, _, _ = by_torch(splats, skinned(toothed, given), toothed.faces)
    _, scales, rotations = by_torch(splats, torch.from_numpy(np.load(corners).astype(np.float64)), toothed.faces)
    turns = Rotation.from_quat(found.rotations.astype(float), scalar_first=True).as_matrix()
    off = (
        np.abs(found.centres - centres).max(),
        np.abs(found.scales / scales - 1).max(),
        np.abs(turns - rotations).max(),
    )
    sys.stdout.write(" ".join(map(str, off)) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
