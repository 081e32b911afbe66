"""Lashes on a model's lids: the source's, grown from the edge of the target's upper lids."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..correspondence.correspondence import Correspondence
from ..correspondence.rest_skin import RestSkin
from ..correspondence.skin import face_normals
from ..correspondence.starting import IBUG, static_points
from ..flame.model import FlameModel
from ..geometry.triangles import closest_weights

ROWS = 3  # of the source's lashes: roots, middles, tips
UP = 0.004 * np.array([0.0, 0.9, -0.4])  # metres from the edge to the point of the lid that tells how it is turned
ABOVE, NEAR = 0.0, 0.02  # the side (1 is the upper lid) and the metres from it within which skin is the lid's
LIFT = 1e-4  # metres of the roots above the skin


@dataclass(frozen=True, eq=False)
class Lashes:
    """The arrays of :class:`.parts.HeadParts` that are the lashes'; ``vertices`` (N - M, 3) as they are at rest.

    ``ids`` (N - M,): their vertices in the source. ``corners`` and ``weights`` are those of the roots and then
    of the points above.
    """

    ids: np.ndarray
    vertices: np.ndarray
    corners: np.ndarray
    weights: np.ndarray
    beside: np.ndarray
    roots: np.ndarray
    lashes: np.ndarray


def lashes_on(source: FlameModel, ids: np.ndarray, target: RestSkin, correspondence: Correspondence) -> Lashes:
    """The source's lashes ``ids`` (n,), rows from the roots to the tips for each eye, on the target's upper lids."""
    _, right, left = target.sides(static_points(target.model, correspondence.landmarks[IBUG]))
    rows, roots, above, beside, begun = [], [], [], [], 0
    for lid, sign in ((left, 1), (right, -1)):
        of_eye = ids[sign * source.v_template[ids, 0] > 0].reshape(ROWS, -1)
        faces = target.faces[(lid.side[target.faces].mean(1) > ABOVE) & (lid.away[target.faces].max(1) < NEAR)]
        warped = correspondence.warp(source.v_template[of_eye].reshape(-1, 3)).reshape(*of_eye.shape, 3)
        roots.append(_nearest(warped[0], target.vertices, faces))
        above.append(_nearest(_at(target.vertices, roots[-1]) + UP, target.vertices, faces))
        every = np.arange(of_eye.shape[1])
        beside.append(begun + np.stack([np.maximum(every - 1, 0), np.minimum(every + 1, every[-1])]))
        rows.append((of_eye, warped))
        begun += len(every)
    order = np.concatenate([of_eye for of_eye, _ in rows], 1)
    warped = np.concatenate([each for _, each in rows], 1)
    corners, weights = (np.concatenate([each[k] for each in (*roots, *above)]) for k in (0, 1))
    both = np.concatenate(beside, 1)
    grown = warped - warped[0] + LIFT * _normals(target.vertices, corners[:begun])
    points = _at(target.vertices, (corners, weights))
    axes = _axes(points[both[1, :]] - points[both[0, :]], points[begun:] - points[:begun])
    return Lashes(
        ids=order.ravel(),
        vertices=(points[:begun] + grown).reshape(-1, 3),
        corners=corners,
        weights=weights,
        beside=both,
        roots=np.tile(np.arange(begun), ROWS),
        lashes=np.einsum("rkc,kac->rka", grown, axes).reshape(-1, 3),
    )


def _axes(along: np.ndarray, up: np.ndarray) -> np.ndarray:
    """(K, 3, 3) rows of unit length: along the lid's edge, up the lid, out of it."""
    out = np.cross(along, up)
    axes = np.stack([along, np.cross(out, along), out], 1)
    return axes / np.maximum(np.linalg.norm(axes, axis=2, keepdims=True), 1e-12)


def _nearest(points: np.ndarray, vertices: np.ndarray, faces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Corners (P, 3) of the triangles nearest to points (P, 3), and barycentric weights (P, 3) there."""
    corners = vertices[faces][None]
    weights = closest_weights(np.broadcast_to(corners, (len(points), *corners.shape[1:])), points[:, None])
    away = np.linalg.norm((corners * weights[..., None]).sum(2) - points[:, None], axis=2)
    best = away.argmin(1)
    return faces[best], weights[np.arange(len(points)), best]


def _at(vertices: np.ndarray, places: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """(P, 3) where corners (P, 3) and weights (P, 3) are on ``vertices``."""
    corners, weights = places
    return (vertices[corners] * weights[..., None]).sum(1)


def _normals(vertices: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """(P, 3) unit normals of the triangles with these corners (P, 3)."""
    normals = face_normals(vertices, corners)
    return normals / np.linalg.norm(normals, axis=1, keepdims=True)
