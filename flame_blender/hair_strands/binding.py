"""How strands follow a head: each point keeps its place in the frame of a triangle of the skin.

A triangle's frame: its first edge, its normal, and what is across both; from the point of the triangle that the
point of the strand is bound to. All are of unit length, so that hair is as long on any face. Blender works the same out
in nodes (``hair/following_nodes.py``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..geometry.triangles import closest_weights
from .distance_field import DistanceField
from .ground import Ground
from .strands import Strands

HANGING = 0.03  # metres off the skin, from which on a strand hangs as a whole
BEFORE_EARS = 0.032  # metres before the ears, where whiskers are
WIDE = 0.03  # metres from a point to the corners by which what hangs is turned
SMALLEST = 1e-24


@dataclass(frozen=True, eq=False)
class Binding:
    """What P points are bound to: ``corners`` (P, 3) int32 vertices, ``weights`` (P, 3) float32 barycentric.

    ``offsets`` (P, 3) float32 metres in the triangle's frame.
    """

    corners: np.ndarray
    weights: np.ndarray
    offsets: np.ndarray

    def points(self, vertices: np.ndarray) -> np.ndarray:
        """(P, 3) where the points are on a head with ``vertices`` (V, 3)."""
        places, axes = frames(vertices, self.corners, self.weights)
        return places + np.einsum("pa,pac->pc", self.offsets, axes)


def frames(vertices: np.ndarray, corners: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(P, 3) places of the weights (P, 3) in triangles ``corners`` (P, 3), and (P, 3, 3) the frames' axes in rows."""
    first, second, third = (vertices[corners[:, k]] for k in range(3))
    places = weights[:, :1] * first + weights[:, 1:2] * second + weights[:, 2:] * third
    edge, normal = second - first, np.cross(second - first, third - first)
    edge, normal = _unit(edge), _unit(normal)
    return places, np.stack([edge, np.cross(normal, edge), normal], 1)


def to_roots(strands: Strands, ground: Ground) -> Binding:
    """Each strand bound to the triangle of its root: short hair of the face."""
    count = strands.points.shape[1]
    corners = np.repeat(ground.faces[strands.roots.faces], count, 0)
    return _bound(strands.points.reshape(-1, 3), ground, corners, np.repeat(strands.roots.weights, count, 0))


def to_skin_below(strands: Strands, ground: Ground, field: DistanceField) -> Binding:
    """Each point bound to the skin that is nearest to it; from where a strand leaves the skin on, to where it did so.

    So hair keeps its distance from a head that changes its shape. Ears and what lies before the hair do not carry it.
    """
    count, long = strands.points.shape[:2]
    flat = strands.points.reshape(-1, 3)
    off, _ = field.at(flat)
    near = field.triangles_near(flat).reshape(count, long)
    carries = ~ground.ears[ground.faces].any(1) & _carrying(ground)
    hangs = (off.reshape(count, long) > HANGING) | (near < 0) | ~carries[near]
    hangs = np.logical_or.accumulate(hangs, 1)
    hangs[:, 0] = False
    faces = np.where(hangs, -1, near)
    faces[:, 0] = strands.roots.faces
    last = np.where(hangs, 0, np.arange(long)).max(1)
    held = np.take_along_axis(faces, last[:, None], 1)
    faces = np.where(hangs, held, faces).ravel()
    corners = ground.faces[faces]
    chosen = np.flatnonzero(hangs)
    left = np.take_along_axis(strands.points, last[:, None, None], 1)  # where each strand leaves the skin
    held_at = flat.copy()
    held_at[chosen] = left[chosen // long, 0]
    used, rows = np.unique(faces[chosen], return_inverse=True)
    corners[chosen] = _widened(ground, used)[rows]
    return _bound(flat, ground, corners, closest_weights(ground.vertices[corners], held_at))


def _bound(points: np.ndarray, ground: Ground, corners: np.ndarray, weights: np.ndarray) -> Binding:
    places, axes = frames(ground.vertices, corners, weights)
    offsets = np.einsum("pc,pac->pa", points - places, axes)
    return Binding(corners.astype(np.int32), weights.astype(np.float32), offsets.astype(np.float32))


def _carrying(ground: Ground) -> np.ndarray:
    """(F,) bool: triangles of scalp, temples and neck, which the face's movements hardly move."""
    face = ground.face
    middles = ground.vertices[ground.faces].mean(1)
    above = middles[:, 1] > face.brows + 0.3 * face.third
    carrying: np.ndarray = above | (middles[:, 2] < face.ear_front + BEFORE_EARS * face.scale)
    return carrying


def _widened(ground: Ground, rows: np.ndarray) -> np.ndarray:
    """(n, 3) for triangles ``rows`` (n,) three vertices around each, in its order: they turn more steadily than it."""
    triangles = ground.vertices[ground.faces[rows]]
    middles = triangles.mean(1)
    ids = np.unique(ground.faces[_carrying(ground)])
    ids = ids[~ground.ears[ids]]
    points = ground.vertices[ids]
    corners = np.empty(middles.shape, np.int64)
    for k in range(3):
        away = triangles[:, k] - middles
        goals = middles + WIDE * _unit(away)
        for begin in range(0, len(goals), 1024):
            part = goals[begin : begin + 1024]
            corners[begin : begin + 1024, k] = ids[((points**2).sum(1) - 2 * part @ points.T).argmin(1)]
    flat = (corners[:, 0] == corners[:, 1]) | (corners[:, 1] == corners[:, 2]) | (corners[:, 0] == corners[:, 2])
    return np.where(flat[:, None], ground.faces[rows], corners)


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.sqrt(np.maximum((vectors * vectors).sum(1, keepdims=True), SMALLEST))
