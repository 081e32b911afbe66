"""Closest points of triangles, among those that face the same way and are of the same lip or lid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..geometry.triangles import closest_weights, dot, places_at
from .lips_and_lids import Side, compatible
from .skin import face_normals

CANDIDATES, MORE = 32, 60  # triangles tried for each point, those whose middles are nearest; more where turns count
GROUP = 16  # columns of which the least one stands for all
TOGETHER = 1 << 22  # distances in memory at a time
AGREEMENT = 0.3  # cosine of the angle between the normals, at least
FORBIDDEN = 1e3  # metres added to what may only be taken where nothing else is near


@dataclass(frozen=True, eq=False)
class Places:
    """Points (P, 3) with unit normals (P, 3), and the sides of lips and lids that they lie on."""

    points: np.ndarray
    normals: np.ndarray
    sides: tuple[Side, ...]


@dataclass(frozen=True, eq=False)
class Closest:
    """Where points lie on a surface: ``rows`` (P,) of its faces, ``barycentric`` (P, 3), ``distances`` (P,) metres.

    The distance is infinite where none of the triangles near a point faces the same way: the nearest is told there.
    """

    rows: np.ndarray
    barycentric: np.ndarray
    distances: np.ndarray


def closest(
    places: Places, vertices: np.ndarray, faces: np.ndarray, sides: tuple[Side, ...], turning: float = 0.0
) -> Closest:
    """The closest point of the surface ``vertices`` (V, 3), ``faces`` (F, 3) to each of ``places``.

    With ``turning``, metres, a unit of difference between the normals counts as that much distance: what is bent alike
    then finds each other, lids and lips and wings of the nose, where surfaces are not yet near.
    """
    middles = vertices[faces].mean(1)
    normals = face_normals(vertices, faces)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-30)
    count = max(TOGETHER // len(faces), 1)
    found = [
        _closest(_some(places, slice(start, start + count)), vertices, faces, sides, middles, normals, turning)
        for start in range(0, len(places.points), count)
    ]
    parts = zip(*((each.rows, each.barycentric, each.distances) for each in found), strict=True)
    return Closest(*(np.concatenate(part) for part in parts))


def _some(places: Places, chosen: slice) -> Places:
    return Places(places.points[chosen], places.normals[chosen], tuple(each[chosen] for each in places.sides))


def _closest(
    places: Places,
    vertices: np.ndarray,
    faces: np.ndarray,
    sides: tuple[Side, ...],
    middles: np.ndarray,
    normals: np.ndarray,
    turning: float,
) -> Closest:
    points, every = places.points, np.arange(len(places.points))
    count = min(MORE if turning else CANDIDATES, len(faces))
    near = least_of_rows(_squares(points, middles), count)
    corners = vertices[faces[near]]
    barycentric = closest_weights(corners, points[:, None])
    off = places_at(corners, barycentric) - points[:, None]
    away, cosines = np.sqrt(dot(off, off)), dot(normals[near], places.normals[:, None])
    allowed = cosines > AGREEMENT
    there = tuple(each.at(faces, near, barycentric) for each in sides)
    here = tuple(each[:, None] for each in places.sides)
    allowed &= compatible(there, here)
    cost = np.sqrt(away * away + 2 * turning * turning * np.maximum(1 - cosines, 0))
    best = np.where(allowed, cost, cost + FORBIDDEN).argmin(1)
    distances = np.where(allowed[every, best], away[every, best], np.inf)
    return Closest(near[every, best], barycentric[every, best], distances)


def least_of_rows(values: np.ndarray, count: int) -> np.ndarray:
    """(P, count) columns of the least values in each row of ``values`` (P, Q), in no order.

    As argpartition finds them, several times as quickly: the least are all in the groups whose own least are least.
    """
    n_groups = -(-values.shape[1] // GROUP)
    if n_groups <= count:
        return np.argpartition(values, count - 1, axis=1)[:, :count]
    padded = np.full((len(values), n_groups * GROUP), np.inf, values.dtype)
    padded[:, : values.shape[1]] = values
    least = padded.reshape(-1, GROUP, n_groups).min(1)  # a group's columns lie n_groups apart: whole rows are compared
    groups = np.argpartition(least, count - 1, axis=1)[:, :count]
    columns = (groups[:, None] + n_groups * np.arange(GROUP)[:, None]).reshape(len(values), -1)
    chosen = np.take_along_axis(padded, columns, 1)
    return np.take_along_axis(columns, np.argpartition(chosen, count - 1, axis=1)[:, :count], 1)


def _squares(points: np.ndarray, others: np.ndarray) -> np.ndarray:
    """(P, Q) float32, good enough to sort by: squared distances but for a constant of each point."""
    middle = others.mean(0)
    ones, rest = (points - middle).astype(np.float32), (others - middle).astype(np.float32)
    return (rest * rest).sum(1) - 2 * ones @ rest.T
