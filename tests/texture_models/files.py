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


def albedo_mm(path: Path, seed: int = 1, *, compressed: bool = False) -> dict[str, np.ndarray]:
    """albedoModel2020_FLAME_albedoPart.npz: linear, 0 to 1, BGR; diffuse and specular."""
    rng = np.random.default_rng(seed)
    arrays = {}
    for mean, components in (("MU", "PC"), ("specMU", "specPC")):
        arrays[mean] = rng.uniform(0.05, 0.6, (SIZE, SIZE, 3))
        arrays[components] = rng.normal(0, 0.03, (SIZE, SIZE, 3, COUNT))
    (np.savez_compressed if compressed else np.savez)(path, **arrays)
    return arrays


def basel_albedo(path: Path, seed: int = 2, *, compressed: bool = False) -> dict[str, np.ndarray]:
    """FLAME_albedo_from_BFM.npz, as col_to_tex.py writes it: flattened, float64, 0 to 1, BGR."""
    rng = np.random.default_rng(seed)
    arrays = {
        "MU": rng.uniform(0, 1, SIZE * SIZE * 3),
        "PC": rng.normal(0, 0.04, (SIZE * SIZE * 3, COUNT)),
    }
    (np.savez_compressed if compressed else np.savez)(path, **arrays)
    return arrays


def laid_out(vertices: np.ndarray, faces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A head unrolled from a cylinder: ``vt`` (T, 2) and ``ft`` (F, 3); triangles across the back have own rows."""
    around = np.arctan2(vertices[:, 0], vertices[:, 2]) / (2 * np.pi) + 0.5
    up = vertices[:, 1] - vertices[:, 1].min()
    vt = np.stack([0.05 + 0.9 * around, 0.05 + 0.9 * up / up.max()], 1)
    crossing = np.ptp(around[faces], axis=1) > 0.5
    moved, ft = crossing[:, None] & (around[faces] < 0.5), faces.copy()
    used, ft[moved] = np.unique(faces[moved], return_inverse=True)
    ft[moved] += len(vt)
    return np.concatenate([vt, vt[used] + [0.9, 0.0]]) * [0.5, 1.0], ft


def for_head(
    path: Path, vertices: np.ndarray, faces: np.ndarray, size: int = 64, count: int = 8, seed: int = 3
) -> dict:
    """FLAME_texture.npz for a head: smooth colours, in UVs that are the texture model's own."""
    rng, at = np.random.default_rng(seed), np.linspace(0, np.pi, size)
    waves = [np.cos(k // 3 * at)[:, None] * np.cos((k % 3) * at) for k in range(count)]
    directions = np.stack([wave[..., None] * rng.normal(0, 12, 3) for wave in waves], -1)
    vt, ft = laid_out(vertices, faces)
    mean = np.broadcast_to([90.0, 120.0, 180.0], (size, size, 3)) + rng.normal(0, 4, (size, size, 3))
    arrays = {"mean": mean, "tex_dir": directions.astype(np.float32), "vt": vt, "ft": ft.astype(np.uint32)}
    np.savez(path, **arrays)
    return arrays


def albedo_for_head(path: Path, vertices: np.ndarray, faces: np.ndarray, size: int = 64, count: int = 8) -> dict:
    """albedoModel2020_FLAME_albedoPart.npz for a head."""
    whole = for_head(path, vertices, faces, size, count)
    arrays = {key: whole[key] for key in ("vt", "ft")}
    for mean, components, share in (("MU", "PC", 1.0), ("specMU", "specPC", 0.4)):
        arrays |= {mean: share * whole["mean"] / 255, components: share * whole["tex_dir"] / 255}
    np.savez(path, **arrays)
    return arrays
