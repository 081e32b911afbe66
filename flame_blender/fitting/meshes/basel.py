"""Which points of a Basel Face Model mesh FLAME's vertices are: the file that BFM_to_FLAME brings along.

``BFM_to_FLAME_corr.npz`` holds, for each topology, a pickled dict with a SciPy matrix ``mtx`` (5023, 2 n), the mesh's
faces ``f_in`` and FLAME's ``f_out``, and for all of them the vertices ``FLAME_mask_ids`` that correspond well. FLAME's
vertices are mtx times the n vertices of the Basel mesh on top of n rows of zeros (BFM_to_FLAME, mesh_convert.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from ...errors import ModelError, ParameterError
from ...files.archive import FilePath, container, read_npz
from ...files.file_budget import within_budget
from ...files.pickled_types import SparseMatrix
from ...files.raw_arrays import shortened
from ...flame.topology import N_VERTICES
from ...model_files.recognise import described

KEYS = {"BFM2017_corr": "BFM 2017", "BFM2009_corr": "BFM 2009", "BFM2009_cropped_corr": "BFM 2009 cropped"}
MASK_KEY = "FLAME_mask_ids"
# Vertices and triangles; None where the count of triangles is not established.
MAX_VERTICES, MAX_WEIGHTS, LARGEST_WEIGHT = 1_000_000, 10_000_000, 1e6


@dataclass(frozen=True, eq=False)
class BaselCorrespondence:
    """FLAME's vertices as weighted vertices of one Basel topology.

    ``weights`` (K,) float64 at ``rows`` (FLAME's vertices) and ``columns`` (the mesh's); ``mask`` are the vertices of
    FLAME, sorted, on which a fit should look, and ``covered`` (5023,) bool those that correspond to anything.
    """

    topology: str
    n_vertices: int
    n_faces: int
    rows: np.ndarray
    columns: np.ndarray
    weights: np.ndarray
    mask: np.ndarray
    covered: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        covered = np.bincount(self.rows, np.abs(self.weights), N_VERTICES) > 0
        object.__setattr__(self, "covered", covered)
        for array in (self.rows, self.columns, self.weights, self.mask, covered):
            array.setflags(write=False)

    def apply(self, vertices: np.ndarray) -> np.ndarray:
        """(n, 3) of the Basel mesh -> (5023, 3) float64 in its units and axes; rows that are not covered are zero.

        Raises ModelError for another number of vertices.
        """
        if np.shape(vertices) != (self.n_vertices, 3):
            raise ModelError(
                f"A mesh of {self.topology} must have {self.n_vertices} vertices, found {np.shape(vertices)}."
            )
        picked = np.asarray(vertices, np.float64)[self.columns] * self.weights[:, None]
        return np.stack([np.bincount(self.rows, axis, N_VERTICES) for axis in picked.T], 1)


@within_budget
def load_correspondence(path: FilePath) -> dict[str, BaselCorrespondence]:
    """The correspondences of a ``BFM_to_FLAME_corr.npz`` by topology, those of the three that it has.

    Needs no SciPy, and nothing in the file is run. Raises ModelError naming the file and the key.
    """
    if container(path) != "npz":
        raise ModelError(f"{path}: expected BFM_to_FLAME_corr.npz, found {described(path)}; choose another file.")
    content = read_npz(path, only={*KEYS, MASK_KEY})
    topologies = [key for key in KEYS if key in content]
    if not topologies or MASK_KEY not in content:
        names = ", ".join(sorted(content)) or "none of them"
        raise ModelError(f"{path}: expected {', '.join(KEYS)} and {MASK_KEY}, found {names}; choose another file.")
    mask = _mask(content[MASK_KEY], f"{path}: {MASK_KEY}")
    return {KEYS[key]: _correspondence(KEYS[key], content[key], mask, f"{path}: {key}") for key in topologies}


def correspondence_of(
    correspondences: Mapping[str, BaselCorrespondence], n_vertices: int, n_faces: int | None = None
) -> BaselCorrespondence:
    """The one for a mesh with these counts, which the file's sizes tell. Raises ParameterError where there is none."""
    for each in correspondences.values():
        if each.n_vertices == n_vertices and n_faces in (None, each.n_faces):
            return each
    known = ", ".join(f"{each.topology} ({each.n_vertices})" for each in correspondences.values())
    faces = "" if n_faces is None else f" and {n_faces} faces"
    raise ParameterError(
        f"BFM_to_FLAME_corr.npz: expected a mesh of {known} vertices, found one of {n_vertices}{faces}."
    )


def _correspondence(topology: str, entry: object, mask: np.ndarray, source: str) -> BaselCorrespondence:
    if isinstance(entry, np.ndarray) and entry.dtype.kind == "O" and entry.size == 1:
        entry = entry.reshape(1)[0]
    if not isinstance(entry, Mapping) or not {"mtx", "f_in"} <= entry.keys():
        raise ModelError(f"{source} must be a dict with mtx, f_in and f_out, found {shortened(entry)}.")
    matrix, faces = entry["mtx"], entry["f_in"]
    if not isinstance(matrix, SparseMatrix):
        raise ModelError(f"{source}: mtx must be a sparse matrix of SciPy, found {shortened(matrix)}.")
    n_rows, n_columns = matrix.shape
    if n_rows != N_VERTICES or n_columns % 2 or not 0 < n_columns <= 2 * MAX_VERTICES:
        raise ModelError(f"{source}: mtx must have shape ({N_VERTICES}, twice the vertices), found {matrix.shape}.")
    if not 0 < len(matrix.data) <= MAX_WEIGHTS or not (np.abs(matrix.data) <= LARGEST_WEIGHT).all():
        raise ModelError(f"{source}: mtx must hold weights up to {LARGEST_WEIGHT:g}, found NaN, larger ones or none.")
    n_vertices = n_columns // 2
    if "f_out" in entry:
        _faces(entry["f_out"], N_VERTICES, f"{source}: f_out")
    n_faces = len(_faces(faces, n_vertices, f"{source}: f_in"))
    of_mesh = matrix.columns < n_vertices  # the others meet rows of zeros
    rows, columns = matrix.rows[of_mesh], matrix.columns[of_mesh]
    weights = matrix.data[of_mesh].astype(np.float64)
    return BaselCorrespondence(topology, n_vertices, n_faces, rows, columns, weights, mask)


def _faces(faces: object, n_vertices: int, source: str) -> np.ndarray:
    if not isinstance(faces, np.ndarray) or faces.ndim != 2 or faces.shape[1] != 3 or not len(faces):
        raise ModelError(f"{source} must hold three vertices for each triangle, found {shortened(faces)}.")
    if faces.dtype.kind not in "fiu" or not ((faces >= 0) & (faces < n_vertices)).all():
        raise ModelError(f"{source} must name vertices 0..{n_vertices - 1}, found others.")
    return faces


def _mask(ids: object, source: str) -> np.ndarray:
    if not isinstance(ids, np.ndarray) or ids.dtype.kind not in "iu" or ids.ndim != 1 or not len(ids):
        raise ModelError(f"{source} must hold the numbers of vertices, found {shortened(ids)}.")
    if not ((ids >= 0) & (ids < N_VERTICES)).all():
        raise ModelError(f"{source} must name vertices 0..{N_VERTICES - 1}, found {ids.min()}..{ids.max()}.")
    return np.unique(ids).astype(np.int64)
