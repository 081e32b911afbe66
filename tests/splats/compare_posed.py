"""How far posed splats in a .ply are from where torch and smplx have them; run with .envs/dev's Python.

    python -m tests.splats.compare_posed MODEL.npz BOUND.ply PARAMS.npz POSED.ply

PARAMS has what :class:`FlameParams` has; POSED is in FLAME's axes. Writes metres, then relative scales.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from flame_blender.flame.params import FlameParams
from flame_blender.model_files.loading import load_model
from flame_blender.splats.splat_files import read_splats
from flame_blender.splats.teeth import with_teeth
from tests.splats.test_following import by_torch, skinned


def main(model: str, bound: str, params: str, posed: str) -> None:
    toothed = with_teeth(load_model(Path(model)))
    with np.load(params) as file:
        given = FlameParams(**dict(file))
    splats, found = read_splats(Path(bound), len(toothed.faces)), read_splats(Path(posed))
    centres, scales, _ = by_torch(splats, skinned(toothed, given), toothed.faces)
    sys.stdout.write(f"{np.abs(found.centres - centres).max()} {np.abs(found.scales / scales - 1).max()}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
