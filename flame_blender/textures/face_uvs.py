"""UVs and materials of a head's triangles, whose polygons have them."""

from __future__ import annotations

import itertools
from typing import NamedTuple

import numpy as np

from ..flame.model import DisplayMesh


class FaceUvs(NamedTuple):
    """``coords`` (T, 2) float32, V up, and ``faces`` (F, 3) int32 rows of them, one for each corner of a triangle."""

    coords: np.ndarray
    faces: np.ndarray


def on_triangles(
    faces: np.ndarray, polygons: np.ndarray, uv_polygons: np.ndarray, uv_coords: np.ndarray
) -> FaceUvs | None:
    """UVs of triangles ``faces`` (F, 3) from polygons (Q, k) of up to 8 corners, -1 behind the last, however split.

    ``uv_polygons`` (Q, k) rows of ``uv_coords`` (T, 2). None where a triangle is part of no polygon.
    """
    owned = _owned(faces, polygons)
    if owned is None:
        return None
    polygon, corners = owned
    found = uv_polygons[polygon[:, None], corners]
    used, numbered = np.unique(found, return_inverse=True)
    return FaceUvs(np.asarray(uv_coords[used], np.float32), numbered.reshape(faces.shape).astype(np.int32))


def face_materials(faces: np.ndarray, display: DisplayMesh) -> np.ndarray | None:
    """(F,) the names of the materials of triangles ``faces`` (F, 3); None where ``display`` does not tell."""
    owned = _owned(faces, display.polygons)
    if owned is None or display.polygon_materials is None:
        return None
    return np.array(display.material_names)[display.polygon_materials[owned[0]]]


def polygons_of(faces: np.ndarray, polygons: np.ndarray) -> np.ndarray | None:
    """(F,) the polygon (Q, k) that each triangle of ``faces`` (F, 3) is a part of; None where one is part of none."""
    owned = _owned(faces, polygons)
    return None if owned is None else owned[0]


def _owned(faces: np.ndarray, polygons: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """(F,) the polygon that each triangle is a part of, and (F, 3) which of its corners are the triangle's."""
    row, place = _looked_up(faces, polygons)
    return None if (row < 0).any() else (row, place)


def _looked_up(faces: np.ndarray, polygons: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """As :func:`_owned`, with -1 for a triangle that is part of no polygon."""
    count = int(max(faces.max(initial=0), polygons.max())) + 1
    keys, rows, places = [], [], []
    for columns in itertools.combinations(range(polygons.shape[1]), 3):
        whole = np.flatnonzero((polygons[:, columns] >= 0).all(1))
        order = polygons[whole][:, columns].argsort(1)
        keys.append(_key(np.take_along_axis(polygons[whole][:, columns], order, 1), count))
        rows.append(whole)
        places.append(np.array(columns)[order])
    known, first = np.unique(np.concatenate(keys), return_index=True)
    order = faces.argsort(1)
    wanted = _key(np.take_along_axis(faces, order, 1), count)
    at = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    corners = np.empty(faces.shape, np.int64)
    np.put_along_axis(corners, order, np.concatenate(places)[first[at]], 1)
    return np.where(known[at] == wanted, np.concatenate(rows)[first[at]], -1), corners


def corners_of(polygons: np.ndarray, whole: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """Where the corners of ``polygons`` (n, 3 or 4) lie in a model's, ``whole`` (Q, k): rows (n, k) and places in them.

    A polygon is one of the model's, or two of its triangles joined, or a part of one; -1 fills a triangle's last place
    in all of these. None where one is made of anything else.
    """
    width, used = whole.shape[1], polygons >= 0
    if np.array_equal(polygons[:, :width], whole) and not used[:, width:].any():  # a head as it was made
        numbers, corners = np.indices(polygons.shape)
        return np.where(used, numbers, -1), np.where(used, corners, -1)
    rows, places = np.full(polygons.shape, -1), np.full(polygons.shape, -1)
    for columns in itertools.combinations(range(polygons.shape[1]), 3):
        there = np.flatnonzero((polygons[:, columns] >= 0).all(1))
        row, place = _looked_up(polygons[there][:, columns], whole)
        known = row >= 0
        at = there[known][:, None], np.array(columns)
        rows[at], places[at] = row[known, None], place[known]
    return None if ((rows < 0) & used).any() else (rows, places)


def _key(sorted_corners: np.ndarray, count: int) -> np.ndarray:
    """(n,) a number for each triple of vertices (n, 3)."""
    first, second, third = sorted_corners.astype(np.int64).T
    return (first * count + second) * count + third
