"""SMPL-X__FLAME_vertex_ids.npy: which of a SMPL-X body's vertices are FLAME's, from smpl-x.is.tue.mpg.de."""

from __future__ import annotations

import numpy as np

from ..errors import ModelError
from ..files.archive import FilePath, read_any
from ..files.file_budget import within_budget
from ..flame.topology import N_BODY, N_VERTICES
from .recognise import described


@within_budget
def load_body_vertices(path: FilePath) -> np.ndarray:
    """Read the ids, (5023,) int64. Raises ModelError naming the file and what it is instead."""
    content = read_any(path)
    if not isinstance(content, np.ndarray) or content.dtype.kind not in "iu":
        raise ModelError(
            f"{path}: expected the ids of FLAME's vertices in SMPL-X, found {described(path)}; choose another file."
        )
    return checked_body_vertices(content, str(path))


def checked_body_vertices(ids: np.ndarray, source: str) -> np.ndarray:
    """The ids as (5023,) int64. Raises ModelError where there are others than one for each of FLAME's vertices."""
    ids = np.asarray(ids)
    if ids.dtype.kind not in "iu" or ids.shape != (N_VERTICES,):
        raise ModelError(
            f"{source}: expected {N_VERTICES} ids of vertices, one for each of FLAME's, found {ids.dtype} {ids.shape}; "
            "choose SMPL-X__FLAME_vertex_ids.npy."
        )
    if int(ids.min()) < 0 or int(ids.max()) >= N_BODY:
        raise ModelError(
            f"{source}: expected ids 0 to {N_BODY - 1}, those of SMPL-X's vertices, found {int(ids.min())} to "
            f"{int(ids.max())}; choose SMPL-X__FLAME_vertex_ids.npy."
        )
    different = len(np.unique(ids))
    if different != N_VERTICES:
        raise ModelError(
            f"{source}: expected {N_VERTICES} different ids, found {different}; choose SMPL-X__FLAME_vertex_ids.npy."
        )
    return ids.astype(np.int64)
