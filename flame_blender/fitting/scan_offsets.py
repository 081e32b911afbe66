"""What a scan shows beyond the coefficients: offsets of the vertices, as smooth as the scan allows.

The surface is moved so that it meets the scan along its normals, while neighbouring vertices move alike and none far:
the most likely movement where the difference of two neighbours has the standard deviation BEND and a movement itself
FAR. The normal equations are sparse and solved by conjugate gradients (Hestenes and Stiefel, 1952).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .matching import Matches

BEND = 2.5e-4  # metres, across an edge
FAR = 4e-3  # metres
MOST_ROUNDS = 200
PRECISION = 1e-4  # of the right hand side


def edges_of(faces: np.ndarray) -> np.ndarray:
    """(M, 2) pairs of vertices that triangles (F, 3) join, each once."""
    pairs = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
    return np.unique(pairs, axis=0)


def smooth_movement(
    matches: Matches, weights: np.ndarray, noise: float, faces: np.ndarray, edges: np.ndarray, so_far: np.ndarray
) -> np.ndarray:
    """(V, 3) float64, metres: how the vertices should move so that the surface meets its matches.

    ``weights`` (n,) and ``noise`` of the matches; ``so_far`` (V, 3) is what earlier rounds moved, which counts as part
    of the movement that is to be smooth.
    """
    used = np.flatnonzero(weights)
    corners, n_vertices = faces[matches.triangles[used]], len(so_far)
    # (n, 3, 3): what a corner's movement does along the normal
    shares = matches.barycentric[used][..., None] * matches.normals[used][:, None]
    precise = weights[used] / noise**2

    def spread(along: np.ndarray) -> np.ndarray:
        """Numbers (n,) of the matches, back to the vertices."""
        parts = (shares * along[:, None, None]).reshape(-1, 3)
        return np.stack([np.bincount(corners.reshape(-1), part, n_vertices) for part in parts.T], 1)

    def stiffness(moved: np.ndarray) -> np.ndarray:
        bent = (moved[edges[:, 0]] - moved[edges[:, 1]]) / BEND**2
        found = moved / FAR**2
        for axis in range(3):
            found[:, axis] += np.bincount(edges[:, 0], bent[:, axis], n_vertices)
            found[:, axis] -= np.bincount(edges[:, 1], bent[:, axis], n_vertices)
        return found

    def square(moved: np.ndarray) -> np.ndarray:
        along = np.einsum("nci,nci->n", shares, moved[corners])
        return spread(precise * along) + stiffness(moved)

    diagonal = np.full((n_vertices, 3), FAR**-2.0)
    diagonal += np.bincount(edges.reshape(-1), minlength=n_vertices)[:, None] / BEND**2
    diagonal += np.stack(
        [
            np.bincount(corners.reshape(-1), part, n_vertices)
            for part in (precise[:, None, None] * shares**2).reshape(-1, 3).T
        ],
        1,
    )
    right = spread(precise * matches.away[used]) - stiffness(so_far)
    return _conjugate_gradients(square, right, diagonal)


def _conjugate_gradients(
    square: Callable[[np.ndarray], np.ndarray], right: np.ndarray, diagonal: np.ndarray
) -> np.ndarray:
    """Solve square(x) = right, preconditioned by the diagonal."""
    found, left = np.zeros_like(right), right.copy()
    scaled = left / diagonal
    direction, power = scaled.copy(), float((left * scaled).sum())
    enough = PRECISION**2 * power
    for _ in range(MOST_ROUNDS):
        if power <= enough:
            break
        turned = square(direction)
        length = power / float((direction * turned).sum())
        found += length * direction
        left -= length * turned
        scaled = left / diagonal
        next_power = float((left * scaled).sum())
        direction = scaled + next_power / power * direction
        power = next_power
    return found
