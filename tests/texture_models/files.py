"""Texture models written as their authors' scripts write them, small."""

from __future__ import annotations

from pathlib import Path

import numpy as np

SIZE, COUNT = 24, 6


def flame_texture(
    path: Path, seed: int = 0, *, compressed: bool = False, **changed: np.ndarray
) -> dict[str, np.ndarray]:
    """FLAME_texture.npz: 0 to 255, BGR, rows going down; with UVs."""
    rng = np.random.default_rng(seed)
    arrays: dict[str, np.ndarray] = {
        "mean": rng.uniform(60, 200, (SIZE, SIZE, 3)),
        "tex_dir": rng.normal(0, 12, (SIZE, SIZE, 3, COUNT)).astype(np.float32),
        "vt": rng.uniform(0, 1, (40, 2)),
        "ft": rng.integers(0, 40, (60, 3)).astype(np.uint32),
    }
    arrays |= changed
    (np.savez_compressed if compressed else np.savez)(path, **arrays)
    return arrays


def albedo_mm(path: Path, seed: int = 1) -> dict[str, np.ndarray]:
    """albedoModel2020_FLAME_albedoPart.npz: linear, 0 to 1, BGR; diffuse and specular."""
    rng = np.random.default_rng(seed)
    arrays = {}
    for mean, components in (("MU", "PC"), ("specMU", "specPC")):
        arrays[mean] = rng.uniform(0.05, 0.6, (SIZE, SIZE, 3))
        arrays[components] = rng.normal(0, 0.03, (SIZE, SIZE, 3, COUNT))
    np.savez(path, **arrays)
    return arrays


def basel_albedo(path: Path, seed: int = 2) -> dict[str, np.ndarray]:
    """FLAME_albedo_from_BFM.npz, as col_to_tex.py writes it: flattened, float64, 0 to 1, BGR."""
    rng = np.random.default_rng(seed)
    arrays = {
        "MU": rng.uniform(0, 1, SIZE * SIZE * 3),
        "PC": rng.normal(0, 0.04, (SIZE * SIZE * 3, COUNT)),
    }
    np.savez(path, **arrays)
    return arrays
