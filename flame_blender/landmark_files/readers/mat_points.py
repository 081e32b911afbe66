"""Landmarks in MATLAB's files: those of 300W-LP and AFLW2000-3D, beside a picture or in its folder ``landmarks``.

``pt2d`` (2, 68) in 300W-LP (of AFLW2000-3D it has 21 points of another set), ``pt3d_68`` (3, 68) in AFLW2000-3D, pixels
and depth, and ``pts_2d`` and ``pts_3d`` (68, 2) in 300W-LP's landmark files. -1 stands for what is not seen.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ...errors import LandmarkError
from ...files.mat_file import read_mat_arrays
from .raw_points import RawPoints, checked_array

KEYS = ("pt2d", "pts_2d", "pt3d_68", "pts_3d")
IN_SPACE_FIRST = ("pt3d_68", "pts_3d", "pt2d", "pts_2d")
N_POINTS = 68


def read_mat(path: Path, dimensions: int | None) -> RawPoints:
    """The 68 landmarks; of several arrays, that of the picture unless points in space are asked for."""
    arrays, names = read_mat_arrays(path, KEYS)
    for key in IN_SPACE_FIRST if dimensions == 3 else KEYS:
        array = arrays.get(key)
        if array is not None and array.ndim == 2 and N_POINTS in array.shape and min(array.shape) in (2, 3):
            points = checked_array(array.T if array.shape[1] == N_POINTS else array, str(path))
            return RawPoints(np.ascontiguousarray(points), f"300W-LP's .mat, {key}")
    found = ", ".join(names[:12]) or "none"
    raise LandmarkError(f"{path}: expected 68 landmarks as {', '.join(KEYS)}, found the arrays {found}.")
