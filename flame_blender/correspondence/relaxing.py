"""Values on a skin that are held where they are sure, and follow their neighbours where they are not.

So too what would turn a triangle over, or draw an edge long.
"""

from __future__ import annotations

import numpy as np

from ..flame.eyeballs import parts_of
from .rest_skin import RestSkin
from .skin import face_normals, per_vertex

STIFFNESS, LENGTH = 0.2, 0.003  # of the skin between its vertices, and the edge (metres) at which it is that
STIFFEST = 25.0  # times as stiff, at the shortest edges
SETTLED = 1e-8  # metres
MOST_STEPS = 200
LONG = 3.0  # times its length that an edge may grow to
ROUNDS = 4  # of unfolding: in each the ground that gives way grows by a ring of triangles
LEAST_LEFT, MOST_TURNS = 0.1, 100  # of a triangle's area once it is turned back; steps of turning back
HELD, FOLLOWING = 1e3, 1e-6  # trust in what is held at its place, and in what follows


def stiffness(vertices: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """(E,) of the skin along ``edges`` (E, 2) of ``vertices`` (V, 3): short ones are the stiffer."""
    lengths = np.linalg.norm(vertices[edges[:, 0]] - vertices[edges[:, 1]], axis=1)
    return STIFFNESS * np.minimum((LENGTH / np.maximum(lengths, 1e-9)) ** 2, STIFFEST)


def relaxed_values(edges: np.ndarray, stiff: np.ndarray, trust: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """The x (S, D) with (trust + stiffness Laplacian) x = trust wanted."""
    n, (one, other) = len(trust), np.ascontiguousarray(edges.T)
    diagonal = trust + np.bincount(one, stiff, n) + np.bincount(other, stiff, n)
    scale = 1 / np.maximum(diagonal, 1e-30)

    def times(x: np.ndarray) -> np.ndarray:
        pulls = stiff * (x.take(one, 1) - x.take(other, 1))
        pulled = [np.bincount(one, pull, n) - np.bincount(other, pull, n) for pull in pulls]
        return trust * x + np.stack(pulled)

    x = np.array(wanted.T, np.float64, order="C")  # (D, S): each column at a stretch
    residual = trust * x - times(x)
    direction = scale * residual
    product = (residual * direction).sum(1)
    for _ in range(MOST_STEPS):
        along = times(direction)
        step = (product / np.maximum((direction * along).sum(1), 1e-300))[:, None]
        x += step * direction
        residual -= step * along
        if np.abs(residual).max() < SETTLED:
            break
        steepest = scale * residual
        following = (residual * steepest).sum(1)
        direction = steepest + (following / np.maximum(product, 1e-300))[:, None] * direction
        product = following
    return x.T


def unfolded(skin: RestSkin, moved: np.ndarray, firm: np.ndarray) -> np.ndarray:
    """(V, 3) a movement of the skin whose folds are smoothed out.

    What lies around a triangle that turned over, or an edge that is too long, follows what lies farther off; vertices
    that are ``firm`` (V,) move as they do. Where that leaves as much folded as there was, as between firm vertices, all
    stays as it is: the ground around would be drawn along for nothing.
    """
    for rings in range(1, ROUNDS + 1):
        folded = _folded(skin, moved)
        if not folded.any():
            break
        ground = folded.copy()
        for _ in range(rings):
            ground[skin.faces[ground[skin.faces].any(1)]] = True
        around = ground.copy()
        around[skin.faces[ground[skin.faces].any(1)]] = True
        ids = np.flatnonzero(around)
        place = np.full(len(around), -1)
        place[ids] = np.arange(len(ids))
        edges = skin.edges[around[skin.edges].all(1)]
        trust = np.where(ground[ids] & ~firm[ids], FOLLOWING, HELD)
        smoothed = moved.copy()
        smoothed[ids] = relaxed_values(place[edges], stiffness(skin.vertices, edges), trust, moved[ids])
        moved = _where_less_is_folded(skin, around, (moved, folded), (smoothed, _folded(skin, smoothed)))
    return moved


def _where_less_is_folded(
    skin: RestSkin, around: np.ndarray, before: tuple[np.ndarray, np.ndarray], after: tuple[np.ndarray, np.ndarray]
) -> np.ndarray:
    """(V, 3) of two movements with what each has folded (V,): the later one in those parts of ``around`` that gain."""
    parts = parts_of(skin.faces[around[skin.faces].all(1)], len(around))
    counts = [np.bincount(parts, folded & around, len(around)) for _, folded in (before, after)]
    gains = around & (counts[1] < counts[0])[parts]
    return np.where(gains[:, None], after[0], before[0])


def turned_back(skin: RestSkin, moved: np.ndarray) -> np.ndarray:
    """(V, 3) a movement of the skin without triangles that turn over: their corners give way, as little as can be.

    What may not be smoothed out around them, as edges of lids that shut, stays nearly where it is. Each triangle's step
    is the least that leaves it a little of its area, seen along its normal at rest; a corner of several goes by their
    mean (Mueller et al., "Position based dynamics", 2007).
    """
    upright = face_normals(skin.vertices, skin.faces)
    sizes = np.linalg.norm(upright, axis=1)
    upright /= np.maximum(sizes, 1e-30)[:, None]
    there = skin.vertices + moved
    for _ in range(MOST_TURNS):
        left = (face_normals(there, skin.faces) * upright).sum(1)
        turned = np.flatnonzero(left < 0)
        if not len(turned):
            break
        corners, normals = skin.faces[turned], upright[turned]
        one, other = there[corners[:, 1]] - there[corners[:, 0]], there[corners[:, 2]] - there[corners[:, 0]]
        slopes = np.stack([np.cross(other, normals), np.cross(normals, one)], 1)
        slopes = np.concatenate([-slopes.sum(1, keepdims=True), slopes], 1)
        lacking = LEAST_LEFT * sizes[turned] - left[turned]
        steps = slopes * (lacking / np.maximum((slopes**2).sum((1, 2)), 1e-30))[:, None, None]
        counts = np.maximum(np.bincount(corners.ravel(), minlength=len(there)), 1)
        there = there + per_vertex(steps, corners, len(there)) / counts[:, None]
    return there - skin.vertices


def _folded(skin: RestSkin, moved: np.ndarray) -> np.ndarray:
    """(V,) bool: the corners of triangles that turned over and the ends of edges that are too long."""
    rest, there = skin.vertices, skin.vertices + moved
    turned = (face_normals(rest, skin.faces) * face_normals(there, skin.faces)).sum(1) < 0
    folded = drawn_long(skin, moved)
    folded[skin.faces[turned]] = True
    return folded


def drawn_long(skin: RestSkin, moved: np.ndarray) -> np.ndarray:
    """(V,) bool: the ends of edges that a movement (V, 3) draws too long."""
    rest, there, (one, other) = skin.vertices, skin.vertices + moved, skin.edges.T
    long = np.linalg.norm(there[one] - there[other], axis=1) > LONG * np.linalg.norm(rest[one] - rest[other], axis=1)
    ends = np.zeros(len(rest), bool)
    ends[skin.edges[long]] = True
    return ends
