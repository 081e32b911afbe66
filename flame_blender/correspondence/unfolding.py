"""Movements of a skin in which no triangle turns over and no edge grows long: where one would, all around gives way."""

from __future__ import annotations

import numpy as np

from .relaxing import relaxed_values, stiffness
from .rest_skin import RestSkin
from .skin import face_normals

LONG = 3.0  # times its length that an edge may grow to
ROUNDS = 4  # in each the ground that gives way grows by a ring of triangles
HELD, FOLLOWING = 1e3, 1e-6  # trust in what is held at its place, and in what follows


def unfolded(skin: RestSkin, moved: np.ndarray, firm: np.ndarray) -> np.ndarray:
    """(V, 3) a movement of the skin whose folds are smoothed out.

    What lies around a triangle that turned over, or an edge that is too long, follows what lies farther off; vertices
    that are ``firm`` (V,) move as they do.
    """
    for rings in range(1, ROUNDS + 1):
        folded = _folded(skin, moved)
        if not folded.any():
            break
        for _ in range(rings):
            folded[skin.faces[folded[skin.faces].any(1)]] = True
        around = folded.copy()
        around[skin.faces[folded[skin.faces].any(1)]] = True
        ids = np.flatnonzero(around)
        place = np.full(len(around), -1)
        place[ids] = np.arange(len(ids))
        edges = skin.edges[around[skin.edges].all(1)]
        trust = np.where(folded[ids] & ~firm[ids], FOLLOWING, HELD)
        moved = moved.copy()
        moved[ids] = relaxed_values(place[edges], stiffness(skin.vertices, edges), trust, moved[ids])
    return moved


def _folded(skin: RestSkin, moved: np.ndarray) -> np.ndarray:
    """(V,) bool: the corners of triangles that turned over and the ends of edges that are too long."""
    rest, there = skin.vertices, skin.vertices + moved
    turned = (face_normals(rest, skin.faces) * face_normals(there, skin.faces)).sum(1) < 0
    one, other = skin.edges.T
    long = np.linalg.norm(there[one] - there[other], axis=1) > LONG * np.linalg.norm(rest[one] - rest[other], axis=1)
    folded = np.zeros(len(rest), bool)
    folded[skin.faces[turned]] = True
    folded[skin.edges[long]] = True
    return folded
