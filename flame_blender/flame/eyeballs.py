"""Eyeballs told by shape alone: two balls, parts of their own of the mesh, side by side.

Skinning weights, vertex order and names take no part, so that any head's eyeballs are found, and those of a head that
has none are not made up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

RADII = 0.008, 0.020  # metres; an adult's is 0.012, FLAME's 0.013
ROUND = 0.08  # share of the radius: an eyeball's cornea stands out by 0.02 of it in FLAME and in the built-in head
WIDE, DEEP = 1.7, 0.9  # radii that a ball is wide and high, and deep at least (a front half will do)
LEAST_VERTICES = 12
LIKE = 0.15  # share of the radius by which the two may differ
APART = 1.5  # radii from the head's middle plane to each centre, at least


@dataclass(frozen=True, eq=False)
class Eyeball:
    """One ball of a mesh: ``vertices`` (n,) int64 ids, ``centre`` (3,) float64 and ``radius``, metres, FLAME's axes."""

    vertices: np.ndarray
    centre: np.ndarray
    radius: float

    def angles(self, points: np.ndarray) -> np.ndarray:
        """(..., 3) -> (...) radians between the direction from the centre and +Z, where an eye at rest looks."""
        away = np.asarray(points, np.float64) - self.centre
        across = np.hypot(away[..., 0], away[..., 1])
        return np.arctan2(across, away[..., 2])


def eyeballs_of(vertices: np.ndarray, faces: np.ndarray) -> tuple[Eyeball, Eyeball] | None:
    """The left and the right eyeball of a neutral head, ``vertices`` (V, 3) metres and ``faces`` (F, 3); None: no pair.

    Each is a connected part of the mesh, as large and as round as an eyeball, on its own side of the head's middle,
    and they are alike. The largest such pair counts.
    """
    points = np.asarray(vertices, np.float64)
    balls = list(_balls(points, faces))
    across = points[np.unique(faces), 0]
    middle = (across.min() + across.max()) / 2
    pairs = [
        (one, other) if one.centre[0] > other.centre[0] else (other, one)
        for one, other in combinations(balls, 2)
        if _are_a_pair(one, other, middle)
    ]
    return max(pairs, key=lambda pair: pair[0].radius + pair[1].radius, default=None)


def parts_of(faces: np.ndarray, n_vertices: int) -> np.ndarray:
    """(V,) int64: the lowest vertex of the connected part that each vertex belongs to."""
    lowest = np.arange(n_vertices)
    corners, columns = faces.ravel(), np.ascontiguousarray(faces.T)
    while True:
        around = lowest.copy()
        least = np.minimum.reduce([lowest[column] for column in columns])
        np.minimum.at(around, corners, np.repeat(least, faces.shape[1]))
        around = around[around]
        if np.array_equal(around, lowest):
            return lowest
        lowest = around


def rings_about(faces: np.ndarray, n_vertices: int, pole: int) -> np.ndarray:
    """(V,) int64: how many edges lie between each vertex and ``pole``; -1 where none lead there."""
    rings = np.full(n_vertices, -1)
    rings[pole] = 0
    ring = 0
    while True:
        reached = (rings[faces] == ring).any(1)
        new = np.unique(faces[reached])
        new = new[rings[new] < 0]
        if not len(new):
            return rings
        ring += 1
        rings[new] = ring


def _balls(vertices: np.ndarray, faces: np.ndarray) -> Iterator[Eyeball]:
    parts = parts_of(faces, len(vertices))
    order = np.argsort(parts, kind="stable")
    for ids in np.split(order, np.flatnonzero(np.diff(parts[order])) + 1):
        if len(ids) >= LEAST_VERTICES:
            ball = _as_ball(ids, vertices[ids])
            if ball is not None:
                yield ball


def _as_ball(ids: np.ndarray, points: np.ndarray) -> Eyeball | None:
    """The sphere through the points by linear least squares, |p|^2 = 2 c p + (r^2 - c^2), where they lie on one."""
    middle = points.mean(0)
    near = points - middle
    solved = np.linalg.lstsq(np.c_[2 * near, np.ones(len(near))], (near**2).sum(1), rcond=None)[0]
    radius = float(np.sqrt(max(solved[3] + solved[:3] @ solved[:3], 0.0)))
    if not RADII[0] <= radius <= RADII[1]:
        return None
    off = np.abs(np.linalg.norm(near - solved[:3], axis=1) - radius).max()
    sides = np.sort(np.ptp(near, axis=0)) / radius
    if off > ROUND * radius or sides[0] < DEEP or sides[1] < WIDE:
        return None
    return Eyeball(ids, middle + solved[:3], radius)


def _are_a_pair(one: Eyeball, other: Eyeball, middle: float) -> bool:
    larger = max(one.radius, other.radius)
    away, others = one.centre[0] - middle, other.centre[0] - middle
    sides = away * others < 0 and min(abs(away), abs(others)) >= APART * larger
    mirrored = np.linalg.norm(one.centre * (-1, 1, 1) + (2 * middle, 0, 0) - other.centre) < larger
    return bool(sides and mirrored and abs(one.radius - other.radius) <= LIKE * larger)
