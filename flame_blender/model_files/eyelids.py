"""Eyelid shapes: l_eyelid.npy and r_eyelid.npy of SMIRK, metrical-tracker and pixel3dmm.

Each holds what a shut lid adds to FLAME's vertices. Here they are added to the rest head, before it is skinned, and so
turn with it. SMIRK and metrical-tracker add them, times the eyelid values, to the skinned vertices, unturned whatever
the pose (FLAME.py in both): ``FlameParams.eyelids_unturned`` does as they do, and their clips are read with it.
pixel3dmm does too; it then moves the head, lids and all, which its clips have in the camera.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..errors import ModelError
from ..files.archive import FilePath, read_any
from ..files.file_budget import within_budget
from .recognise import described, looks_like_eyelid

SAME_LID = 0.5  # of the vertices that either moves


@within_budget
def load_eyelid(path: FilePath) -> np.ndarray:
    """Read one lid's movement, (V, 3) float32, metres. Raises ModelError naming the file and what it is instead."""
    content = read_any(path)
    if not isinstance(content, np.ndarray) or not looks_like_eyelid(content):
        raise ModelError(f"{path}: expected the movement of an eyelid, found {described(path)}; choose another file.")
    return content.astype(np.float32)


def same_lid(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two movements (V, 3) are of the same lid, told by the vertices that they move."""
    moved = one.any(1), other.any(1)
    return bool((moved[0] & moved[1]).sum() > SAME_LID * (moved[0] | moved[1]).sum())


def by_side(lids: Sequence[np.ndarray], template: np.ndarray) -> np.ndarray | None:
    """(2, V, 3) float32, left and right, of movements (V, 3) in any order; None where one of them is missing.

    The side is that of the moved vertices on ``template`` (V, 3): +X is the head's left.
    """
    sides = {bool((np.abs(lid).sum(1) @ template[:, 0]) > 0): lid for lid in lids if lid.shape == template.shape}
    return np.stack([sides[True], sides[False]]) if len(sides) == 2 else None
