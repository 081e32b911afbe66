"""What lies on a model's lids: the source's lashes, tear lines and caruncles, on the edges of the target's lids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ..correspondence.correspondence import Correspondence
from ..correspondence.lips_and_lids import Side
from ..correspondence.rest_skin import RestSkin
from ..correspondence.skin import face_normals
from ..correspondence.starting import IBUG, static_points
from ..flame.eyeballs import Eyeball, eyeballs_of
from ..flame.model import FlameModel
from ..geometry.triangles import closest_weights

UP = 0.004 * np.array([0.0, 0.9, -0.4])  # metres from the edge to the point that tells how a lid without an eye turns
NEAR = 0.02  # metres from a lid's edge within which skin is the lid's
TURNS = 24  # of three points round an eyeball, of which those are taken whose circle meets its centre best
ALIKE = 9  # decimals of a metre: what differs by less is alike, and the first is taken in every version of NumPy
LIFT = 1e-4  # metres of the roots above the skin
UPPER, LOWER, BOTH = (1,), (-1,), (-1, 1)  # sides of an eye, as Side has them
BESIDE = 3  # roots to either side, between which an edge is followed


@dataclass(frozen=True)
class Grid:
    """Rows of as many points, the first on the edge of the lids ``on``; ``lift``: metres of the last off the eyeball.

    Without a ``lift`` the grid grows away from the eye. Each ``strip`` of so many columns has one root. What is
    ``steady`` turns with its eye, from corner to corner, the rest with the edge beside it.
    """

    rows: int
    on: tuple[int, ...]
    lift: float | None = None
    strip: int = 1
    steady: bool = False


Bound = tuple[np.ndarray, np.ndarray]  # corners (C, 3) and weights (C, 3) of triangles
# of each eye, as the source has them, one after the other
GRIDS: dict[str, tuple[Grid, ...]] = {
    "lashes": (Grid(3, UPPER, strip=2), Grid(3, LOWER, strip=2)),
    "tear": (Grid(3, LOWER, 3e-5, steady=True),),
    "caruncle": (Grid(5, BOTH, -2e-4, steady=True),),  # after the tear line, whose ends are the eye's corners
}


@dataclass(frozen=True, eq=False)
class LidParts:
    """The arrays of :class:`.parts.HeadParts` that are the lids'; ``vertices`` (N - M, 3) as they are at rest.

    ``ids`` (N - M,): their vertices in the source. ``corners`` and ``weights`` are those of the roots and then
    of the points off them.
    """

    ids: np.ndarray
    vertices: np.ndarray
    corners: np.ndarray
    weights: np.ndarray
    beside: np.ndarray
    roots: np.ndarray
    lashes: np.ndarray


@dataclass(frozen=True, eq=False)
class _Grown:
    """One grid on the target: ``ids`` (R, C), ``places`` (R, C, 3), where in the mesh roots and points off them are."""

    grid: Grid
    eye: int
    ids: np.ndarray
    places: np.ndarray
    roots: Bound
    off: Bound


class _Eye(NamedTuple):
    """An eyeball, and the ``corners`` (3,) and ``weights`` (3,) that make its centre."""

    ball: Eyeball
    corners: np.ndarray
    weights: np.ndarray


def parts_on_lids(
    source: FlameModel, ids: dict[str, np.ndarray], target: RestSkin, correspondence: Correspondence
) -> LidParts:
    """The source's parts of the lids, by their names in :data:`GRIDS` their vertices ``ids``, on the target's lids."""
    _, right, left = target.sides(static_points(target.model, correspondence.landmarks[IBUG]))
    balls = eyeballs_of(target.model.v_template, target.model.faces) or (None, None)
    eyes = [None if ball is None else _Eye(ball, *_centre_of(ball, target.vertices)) for ball in balls]
    grown = []
    for name, of_part in ids.items():
        for eye, (lid, sign) in enumerate(((left, 1), (right, -1))):
            of_eye = of_part[sign * source.v_template[of_part, 0] > 0]
            columns = len(of_eye) // sum(grid.rows for grid in GRIDS[name])
            for grid in GRIDS[name]:
                of_grid, of_eye = np.split(of_eye, [grid.rows * columns])
                of_grid = of_grid.reshape(grid.rows, columns)
                warped = correspondence.warp(source.v_template[of_grid].reshape(-1, 3)).reshape(*of_grid.shape, 3)
                grown.append(_Grown(grid, eye, of_grid, *_places(grid, warped, target, lid, eyes[eye])))
    return _joined(grown, target)


def _places(
    grid: Grid, warped: np.ndarray, target: RestSkin, lid: Side, eye: _Eye | None
) -> tuple[np.ndarray, Bound, Bound]:
    """Where a grid is that was ``warped`` (R, C, 3) to the target, from the edge of its own lid on; roots; off them."""
    faces = target.faces[lid.away[target.faces].max(1) < NEAR]
    of_lids = np.isin(np.sign(lid.side[faces].mean(1)), grid.on)
    begun = warped[0].reshape(-1, grid.strip, 3).mean(1)
    roots = _nearest(begun, target.vertices, faces[of_lids])
    points, corners = _at(target.vertices, roots), roots[0]
    if eye is None:
        is_upper = (lid.side[corners] * roots[1]).sum(1, keepdims=True) > 0
        off = _nearest(points + np.where(is_upper, UP, UP * (1, -1, 1)), target.vertices, faces)
    else:
        off = np.tile(eye.corners, (len(points), 1)), np.tile(eye.weights, (len(points), 1))
    places = warped + (points - begun).repeat(grid.strip, 0)
    if grid.lift is None or eye is None:
        places = places + LIFT * _normals(target.vertices, corners).repeat(grid.strip, 0)
        return places, roots, off
    ball, ends = eye.ball, places[-1] - eye.ball.centre
    onto = ball.centre + (ball.radius + grid.lift) * ends / np.linalg.norm(ends, axis=1, keepdims=True) - places[-1]
    return places + np.linspace(0, 1, grid.rows)[:, None, None] * onto, roots, off


def _joined(grown: list[_Grown], target: RestSkin) -> LidParts:
    corners, weights = (
        np.concatenate([*(each.roots[k] for each in grown), *(each.off[k] for each in grown)]) for k in (0, 1)
    )
    corners_of: dict[int, tuple[int, int]] = {}  # of each eye, the first and the last root of its first steady grid
    beside, of_roots, begun = [], [], 0
    for each in grown:
        height, width = each.ids.shape
        every = begun + np.arange(len(each.roots[0]))
        if each.grid.steady:
            first, last = corners_of.setdefault(each.eye, (begun, int(every[-1])))
            beside.append(np.tile([[first], [last]], len(every)))
        else:
            beside.append(np.stack([np.maximum(every - BESIDE, begun), np.minimum(every + BESIDE, every[-1])]))
        of_roots.append(np.tile(every.repeat(width // len(every)), height))
        begun += len(every)
    both, roots = np.concatenate(beside, 1), np.concatenate(of_roots)
    points = _at(target.vertices, (corners, weights))
    axes = _axes(points[both[1, :]] - points[both[0, :]], points[begun:] - points[:begun])
    vertices = np.concatenate([each.places.reshape(-1, 3) for each in grown])
    return LidParts(
        ids=np.concatenate([each.ids.ravel() for each in grown]),
        vertices=vertices,
        corners=corners,
        weights=weights,
        beside=both,
        roots=roots,
        lashes=np.einsum("rc,rac->ra", vertices - points[roots], axes[roots]),
    )


def _centre_of(ball: Eyeball, vertices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Corners (3,) and weights (3,) of an eyeball's vertices that make its centre, which no gaze moves far then."""
    found = []
    own = vertices[ball.vertices] - ball.centre
    for turn in 2 * np.pi / 3 / TURNS * np.arange(TURNS):
        angles = turn + 2 * np.pi / 3 * np.arange(3)
        corners = (own @ np.stack([0 * angles, np.cos(angles), np.sin(angles)])).round(ALIKE).argmax(0)
        edges = (own[corners[1:]] - own[corners[0]]).T
        ways = np.linalg.lstsq(edges, -own[corners[0]], rcond=None)[0]
        missed = np.linalg.norm(own[corners[0]] + edges @ ways)
        found.append((round(float(missed), ALIKE), ball.vertices[corners], np.array([1 - ways.sum(), *ways])))
    _, corners, weights = min(found, key=lambda each: each[0])
    return corners, weights


def _axes(along: np.ndarray, off: np.ndarray) -> np.ndarray:
    """(K, 3, 3) rows of unit length: along the lid's edge, to the point off the root, and across both."""
    across = np.cross(along, off)
    axes = np.stack([along, np.cross(across, along), across], 1)
    return axes / np.maximum(np.linalg.norm(axes, axis=2, keepdims=True), 1e-12)


def _nearest(points: np.ndarray, vertices: np.ndarray, faces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Corners (P, 3) of the triangles nearest to points (P, 3), and barycentric weights (P, 3) there."""
    corners = vertices[faces][None]
    weights = closest_weights(np.broadcast_to(corners, (len(points), *corners.shape[1:])), points[:, None])
    away = np.linalg.norm((corners * weights[..., None]).sum(2) - points[:, None], axis=2)
    best = away.round(ALIKE).argmin(1)
    return faces[best], weights[np.arange(len(points)), best]


def _at(vertices: np.ndarray, places: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """(P, 3) where corners (P, 3) and weights (P, 3) are on ``vertices``."""
    corners, weights = places
    return (vertices[corners] * weights[..., None]).sum(1)


def _normals(vertices: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """(P, 3) unit normals of the triangles with these corners (P, 3)."""
    normals = face_normals(vertices, corners)
    return normals / np.linalg.norm(normals, axis=1, keepdims=True)
