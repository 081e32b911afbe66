"""Places in triangles."""

from __future__ import annotations

import numpy as np

FLAT = 1e-12  # squared sine of an angle of a triangle without area


def closest_weights(corners: np.ndarray, points: np.ndarray) -> np.ndarray:
    """(..., 3) barycentric weights of the points of triangles ``corners`` (..., 3, 3) closest to ``points`` (..., 3).

    Within the triangle where the point lies over it, else on the nearest of its edges.
    """
    start, edges = corners, np.roll(corners, -1, -2) - corners
    to_points = points[..., None, :] - start
    along = np.clip(dot(to_points, edges) / np.maximum(dot(edges, edges), 1e-30), 0.0, 1.0)
    off = to_points - along[..., None] * edges
    edge = dot(off, off).argmin(-1)[..., None]
    share = np.take_along_axis(along, edge, -1)
    weights = np.zeros(corners.shape[:-1])
    np.put_along_axis(weights, edge, 1 - share, -1)
    np.put_along_axis(weights, (edge + 1) % 3, share, -1)
    inner, flat = _weights_in_plane(corners, points)
    return np.where((inner >= 0).all(-1, keepdims=True) & ~flat[..., None], inner, weights)


def _weights_in_plane(corners: np.ndarray, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Barycentric weights in the triangles' planes, and whether a triangle has no area and so no plane.

    Ericson, Real-Time Collision Detection, 2004, section 3.4.
    """
    first, second = corners[..., 1, :] - corners[..., 0, :], corners[..., 2, :] - corners[..., 0, :]
    to_point = points - corners[..., 0, :]
    aa, ab, bb = dot(first, first), dot(first, second), dot(second, second)
    pa, pb = dot(to_point, first), dot(to_point, second)
    determinant = aa * bb - ab * ab
    flat = determinant <= FLAT * aa * bb
    determinant = np.where(flat, 1.0, determinant)
    one, other = (bb * pa - ab * pb) / determinant, (aa * pb - ab * pa) / determinant
    return np.stack([1 - one - other, one, other], -1), flat


def dot(ones: np.ndarray, others: np.ndarray) -> np.ndarray:
    """(...) products of vectors (..., 3): what a sum over that axis is to the last bit, several times as quickly."""
    products = ones * others
    return products[..., 0] + products[..., 1] + products[..., 2]


def places_at(corners: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """(..., 3) where weights (..., 3) of the corners of triangles (..., 3, 3) are; as quick, and as exact."""
    first, second, third = (corners[..., k, :] * weights[..., k, None] for k in range(3))
    return first + second + third


def edges_of(faces: np.ndarray) -> np.ndarray:
    """(E, 2) the edges of triangles (F, 3), each once."""
    pairs = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    return np.unique(np.sort(pairs, 1), axis=0)
