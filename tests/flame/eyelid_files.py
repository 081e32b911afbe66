"""Eyelid files as SMIRK has them: (5023, 3) float64 metres, some hundred vertices of one side moved by up to 9 mm."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from flame_blender.flame.model import FlameModel

MOVED = 420


def eyelid(model: FlameModel, side: int, seed: int = 0) -> np.ndarray:
    """A made-up movement of vertices on a side of the model: 1 its left (+X), -1 its right."""
    rng = np.random.default_rng([seed, side + 1])
    shape = np.zeros((model.n_vertices, 3))
    inner = np.argsort(np.abs(model.v_template[:, 0] * side - 0.03))[:MOVED]
    shape[inner] = rng.normal(0, 3e-3, (MOVED, 3)).clip(-9e-3, 9e-3)
    return shape


def eyelid_files(model: FlameModel, folder: Path, seed: int = 0) -> tuple[Path, Path]:
    """l_eyelid.npy and r_eyelid.npy."""
    paths = folder / "l_eyelid.npy", folder / "r_eyelid.npy"
    for path, side in zip(paths, (1, -1), strict=True):
        np.save(path, eyelid(model, side, seed))
    return paths
