"""Named sets of vertices: FLAME_masks.pkl and its relatives."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ..errors import ModelError
from ..files.archive import FilePath, read_any
from ..files.file_budget import within_budget
from .recognise import described, looks_like_regions

MAX_IDS = 10_000_000  # a file can name one long list many times


@within_budget
def load_regions(path: FilePath, n_vertices: int | None = None) -> dict[str, np.ndarray]:
    """Read ``{name: vertex ids}``, each (N,) int32 in the file's order.

    With ``n_vertices`` every id must lie below it. Raises ModelError naming the file and the region.
    """
    content = read_any(path)
    if not isinstance(content, Mapping) or not looks_like_regions(content):
        raise ModelError(f"{path}: expected named lists of vertex ids, found {described(path)}; choose another file.")
    total = sum(ids.size for ids in content.values())
    if total > MAX_IDS:
        raise ModelError(f"{path}: expected at most {MAX_IDS} vertex ids, found {total}.")
    return {name: _vertex_ids(ids, f"{path}: {name}", n_vertices) for name, ids in content.items()}


def load_regions_of(path: FilePath, n_vertices: int, n_with_teeth: int) -> tuple[dict[str, np.ndarray], int]:
    """:func:`load_regions` where the mesh may have teeth behind the model's ``n_vertices``, as VHAP's has.

    The regions without the ids of teeth, and without regions of teeth alone; and how many vertices were left out.
    """
    regions = load_regions(path, n_with_teeth)
    beyond = {vertex for ids in regions.values() for vertex in ids[ids >= n_vertices].tolist()}
    kept = {name: ids[ids < n_vertices] for name, ids in regions.items()}
    return {name: ids for name, ids in kept.items() if ids.size or not regions[name].size}, len(beyond)


def _vertex_ids(ids: np.ndarray, source: str, n_vertices: int | None) -> np.ndarray:
    limit = np.iinfo(np.int32).max if n_vertices is None else n_vertices
    if ids.size and not 0 <= ids.min() <= ids.max() < limit:
        raise ModelError(f"{source} must hold vertex ids 0..{limit - 1}, found {ids.min()}..{ids.max()}.")
    ids = ids.astype(np.int32)
    ids.setflags(write=False)
    return ids
