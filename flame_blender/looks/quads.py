"""Which of a head's triangles make good quads in pairs, for display: nothing of the model changes."""

from __future__ import annotations

import numpy as np

from ..flame.model import FlameModel
from .surface import half_edges, opposite_sides

FLATTEST, STEEPEST = 0.94, 0.5  # cosines of the angle between the two triangles: at best, and at least
CORNER_LEAST, CORNER_MOST = np.radians(35.0), np.radians(150.0)  # of a quad's corners
WORST = 0.75  # cost, from 0 for a flat rectangle, above which two triangles stay what they are
FOLD_COST = 1.5  # of a right angle between the triangles
CHANGES = 6  # rounds
MIRRORED = 2e-3  # metres within which a vertex has its mirror image
TOGETHER = 512


def quad_pairs(model: FlameModel) -> np.ndarray:
    """(P, 2) rows of ``model.faces`` that are joined over their common edge; no triangle twice.

    The pairs that are most nearly flat rectangles are taken first, and then some are changed where more triangles find
    a partner so. What has a mirror image is paired on the left, and alike on the right.
    """
    vertices, faces = model.v_template.astype(np.float64), model.faces
    pairs, quads = _neighbours(faces)
    costs = _costs(vertices, faces, pairs, quads)
    image = _mirrored_triangles(vertices, faces)
    middle = vertices[faces].mean(1)[:, 0]
    left = (image >= 0) & (middle > middle[image])
    own = left[pairs].all(1) | (image[pairs[:, 0]] == pairs[:, 1])
    mates = _paired(pairs[own], costs[own], np.full(len(faces), -1))
    mirrored = np.flatnonzero(left & (mates >= 0) & (mates != image))
    mates[image[mirrored]] = image[mates[mirrored]]
    mates = _paired(pairs, costs, mates)
    rows = np.flatnonzero(mates > np.arange(len(faces)))
    return np.stack([rows, mates[rows]], 1)


def _paired(pairs: np.ndarray, costs: np.ndarray, mates: np.ndarray) -> np.ndarray:
    """(F,) int64: the partner of each triangle, -1 for none, beginning with ``mates``: the cheapest first.

    Then a pair between two triangles that have none becomes two pairs (an augmenting path of matchings, Berge 1957).
    """
    mates = mates.copy()
    around: dict[int, list[int]] = {}
    for edge in np.argsort(costs, kind="stable").tolist():
        if costs[edge] > WORST:
            break
        one, other = pairs[edge].tolist()
        around.setdefault(one, []).append(other)
        around.setdefault(other, []).append(one)
        if mates[one] < 0 and mates[other] < 0:
            mates[one], mates[other] = other, one
    for _ in range(CHANGES):
        for free in [row for row in around if mates[row] < 0]:
            path = next(
                (
                    (near, int(mates[near]), far)
                    for near in around[free]
                    for far in around.get(int(mates[near]), [])
                    if mates[near] >= 0 and far not in (free, near) and mates[far] < 0
                ),
                None,
            )
            if path is not None and mates[free] < 0:
                near, mate, far = path
                mates[free], mates[near], mates[mate], mates[far] = near, free, far, mate
    return mates


def _neighbours(faces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of the edges that two triangles share: those (E, 2), and the corners (E, 4) of the quads that they make."""
    sides = half_edges(faces)
    opposites = opposite_sides(sides)
    rows = np.flatnonzero((opposites >= 0) & (sides[:, 0] < sides[:, 1]))
    others = opposites[rows]
    opposite = faces.reshape(-1)[(rows // 3) * 3 + (rows % 3 + 2) % 3]
    beyond = faces.reshape(-1)[(others // 3) * 3 + (others % 3 + 2) % 3]
    quads = np.stack([sides[rows, 0], beyond, sides[rows, 1], opposite], 1)
    return np.stack([rows // 3, others // 3], 1), quads


def _costs(vertices: np.ndarray, faces: np.ndarray, pairs: np.ndarray, quads: np.ndarray) -> np.ndarray:
    """(E,) how far each quad is from a flat rectangle; infinite for one that is folded, thin or not convex."""
    corners = vertices[faces]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-30)
    cosine = (normals[pairs[:, 0]] * normals[pairs[:, 1]]).sum(1)
    places = vertices[quads]
    after, before = np.roll(places, -1, 1) - places, np.roll(places, 1, 1) - places
    lengths = np.linalg.norm(after, axis=2) * np.linalg.norm(before, axis=2)
    angles = np.arccos(np.clip((after * before).sum(2) / np.maximum(lengths, 1e-30), -1, 1))
    # at the edge's ends the corners are the sums of two triangles' angles: more than half a turn would look like less
    for end in (0, 2):
        along = places[:, 2 - end] - places[:, end]
        angles[:, end] = _angle(after[:, end], along) + _angle(before[:, end], along)
    good = (angles > CORNER_LEAST).all(1) & (angles < CORNER_MOST).all(1) & (cosine > STEEPEST)
    skew = np.abs(angles - np.pi / 2).max(1) / (np.pi / 2)
    fold = np.arccos(np.clip(cosine, -1, 1)) / (np.pi / 2)
    return np.where(good, skew + FOLD_COST * fold * (cosine < FLATTEST) + 0.2 * fold, np.inf)


def _angle(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """(n,) radians between vectors (n, 3)."""
    lengths = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    return np.arccos(np.clip((one * other).sum(1) / np.maximum(lengths, 1e-30), -1, 1))


def _mirrored_triangles(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """(F,) of each triangle its mirror image, by the vertices nearest to the mirrored ones; -1 where it has none."""
    mirrored, squares = vertices * (-1, 1, 1), (vertices**2).sum(1)
    image = np.empty(len(vertices), np.int64)
    for start in range(0, len(vertices), TOGETHER):
        some = slice(start, start + TOGETHER)
        image[some] = (squares - 2 * mirrored[some] @ vertices.T).argmin(1)
    there = (np.linalg.norm(vertices[image] - mirrored, axis=1) < MIRRORED) & (image[image] == np.arange(len(image)))
    count = len(vertices)
    keys = np.sort(faces, 1).astype(np.int64) @ [count * count, count, 1]
    wanted = np.sort(image[faces], 1) @ [count * count, count, 1]
    order = np.argsort(keys)
    found = order[np.minimum(np.searchsorted(keys, wanted, sorter=order), len(order) - 1)]
    return np.where((keys[found] == wanted) & there[faces].all(1), found, -1)
