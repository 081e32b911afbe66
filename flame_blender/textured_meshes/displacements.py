"""read_deca_maps: the pictures in DECA's .mat, for FLAME's own UVs.

demo_reconstruct's ``--saveMat`` writes what decode returns, the batch's axis taken off: ``displacement_map``
(1, 256, 256), metres along the normals of the coarse mesh, the fixed displacement included; ``uv_texture_gt``
(3, 256, 256), sRGB from 0 to 1. Their first row is the top of the texture, V = 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import ModelError
from ..files.file_budget import budget_of
from ..files.mat_file import read_mat_arrays

HEIGHTS, COLOUR = "displacement_map", "uv_texture_gt"
LONGEST_SIDE = 4096
LARGEST = 0.1  # metres


@dataclass(frozen=True, eq=False)
class DecaMaps:
    """``heights`` (H, W) float32, metres, and ``colour`` (H, W, 3) float32 of sRGB or None; both with rows up."""

    heights: np.ndarray
    colour: np.ndarray | None = None


def has_heights(path: Path) -> bool:
    """Whether a .mat has a displacement map, whatever is in it. Raises ModelError for what is no .mat."""
    return HEIGHTS in read_mat_arrays(path, ())[1]


def read_deca_maps(path: Path) -> DecaMaps:
    """The maps of DECA's .mat. Raises ModelError naming the file, what was expected and found."""
    with budget_of(path):
        arrays, names = read_mat_arrays(path, (HEIGHTS, COLOUR))
    if HEIGHTS not in arrays:
        found = ", ".join(names[:12]) or "none"
        raise ModelError(f"{path}: expected DECA's array {HEIGHTS}, found the arrays {found}; save it with --saveMat.")
    heights = arrays[HEIGHTS].squeeze()
    if heights.ndim != 2 or not 2 <= min(heights.shape) <= max(heights.shape) <= LONGEST_SIDE:
        raise ModelError(f"{path}: expected {HEIGHTS} as a picture (256, 256), found {arrays[HEIGHTS].shape}.")
    largest = float(np.abs(heights).max())
    if not largest <= LARGEST:
        raise ModelError(f"{path}: expected {HEIGHTS} in metres, at most {LARGEST:g}, found {largest:.3g}.")
    return DecaMaps(heights[::-1].astype(np.float32), _colour(arrays.get(COLOUR)))


def _colour(value: np.ndarray | None) -> np.ndarray | None:
    """None where there is none, or it is no picture."""
    if value is None or value.ndim != 3 or value.shape[0] != 3 or not min(value.shape[1:]) >= 2:
        return None
    if max(value.shape[1:]) > LONGEST_SIDE or not np.isfinite(value).all():
        return None
    return np.clip(np.moveaxis(value, 0, -1)[::-1], 0, 1).astype(np.float32)
