"""The skin below hair, a little lifted, to be seen as short hair between cards."""

from __future__ import annotations

import numpy as np

from ..binding import Binding
from .strips import NO_CARDS, Cards

FROM, UP = 0.5, 0.0012  # of the usual density of roots, where the cap ends; metres off the skin
TILES = 3.2  # pictures in a radian
NEAR = 1e-3  # of an edge, from a vertex, where the cap is cut at the nearest


def cap_of(binding: Binding, long: int, vertices: np.ndarray) -> Cards:
    """The skin that strands of ``long`` points are rooted in, cut along a line where they grow sparse.

    Its picture is laid round the head from above, without a seam, and repeats.
    """
    faces, counts = np.unique(binding.corners[::long], axis=0, return_counts=True)
    corners = vertices[faces]
    areas = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1) / 2
    ids, rows = np.unique(faces, return_inverse=True)
    rows = rows.reshape(-1, 3)
    sums, room = (np.bincount(rows.ravel(), np.repeat(each, 3), len(ids)) for each in (counts, areas))
    density = sums / np.maximum(room, 1e-12)
    of_faces, weights = _cut(density[rows] - FROM * np.median(density))
    if not len(of_faces):
        return NO_CARDS
    weights = weights.reshape(-1, 3)
    bound = np.repeat(faces[of_faces], 3, 0)
    there = np.where(weights > 0, bound, bound[np.arange(len(bound)), weights.argmax(1)][:, None])
    _, first, triangles = np.unique(
        np.stack([there.min(1), there.max(1)], 1), axis=0, return_index=True, return_inverse=True
    )
    offsets = np.zeros((len(first), 3), np.float32)
    offsets[:, 2] = UP
    lifted = Binding(bound[first].astype(np.int32), weights[first].astype(np.float32), offsets)
    return Cards(lifted, triangles.reshape(-1, 3).astype(np.int32), _from_above(lifted.points(vertices)))


def _cut(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where values (T, 3) at the corners of triangles are above 0: (n,) rows, (n, 3, 3) weights of triangles in them.

    A triangle of which one corner is within gives one, of which two are two.
    """
    within = values > 0
    inside = within.sum(1)
    found_rows, found = [np.flatnonzero(inside == 3)], [np.repeat(np.eye(3)[None], (inside == 3).sum(), 0)]
    for count, odd in ((1, within), (2, ~within)):
        rows = np.flatnonzero(inside == count)
        order = (odd[rows].argmax(1)[:, None] + np.arange(3)) % 3  # the corner that differs from the others first
        one, two, three = np.take_along_axis(values[rows], order, 1).T
        to_two, to_three = (np.clip(one / (one - other), NEAR, 1 - NEAR) for other in (two, three))
        corner = np.repeat(np.eye(3)[:, None], len(rows), 1)
        a, b = (corner[0] + share[:, None] * (other - corner[0])
                for share, other in ((to_two, corner[1]), (to_three, corner[2])))  # fmt: skip
        parts = [(corner[0], a, b)] if count == 1 else [(a, corner[1], corner[2]), (a, corner[2], b)]
        for part in parts:
            turned = np.stack(part, 1)
            weights = np.empty_like(turned)
            np.put_along_axis(weights, np.broadcast_to(order[:, None], turned.shape), turned, 2)
            found_rows.append(rows)
            found.append(weights)
    return np.concatenate(found_rows), np.concatenate(found)


def _from_above(points: np.ndarray) -> np.ndarray:
    """(N, 2) UVs of points round a middle: by direction and angle from the axis, so that there is no seam."""
    away = _unit(points - points.mean(0))
    axis = _unit(away.mean(0))
    across = _unit(np.cross(axis, (1.0, 0.0, 0.0)))
    flat = np.stack([away @ across, away @ np.cross(axis, across)], 1)
    angle = np.arccos(np.clip(away @ axis, -1, 1))[:, None]
    return (TILES * angle * _unit(flat)).astype(np.float32)


def _unit(vectors: np.ndarray) -> np.ndarray:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12))
