"""Places in triangles."""

from __future__ import annotations

import numpy as np

FLAT = 1e-12  # squared sine of an angle of a triangle without area


def closest_weights(corners: np.ndarray, points: np.ndarray) -> np.ndarray:
    """(..., 3) barycentric weights of the points of triangles ``corners`` (..., 3, 3) closest to ``points`` (..., 3).

    Within the triangle where the point lies over it, else on the nearest of its edges.
    """
    start, edges = corners, np.roll(corners, -1, -2) - corners
    along = ((points[..., None, :] - start) * edges).sum(-1) / np.maximum((edges * edges).sum(-1), 1e-30)
    along = np.clip(along, 0.0, 1.0)
    off = np.linalg.norm(points[..., None, :] - start - along[..., None] * edges, axis=-1)
    edge = off.argmin(-1)[..., None]
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
    aa, ab, bb = (first * first).sum(-1), (first * second).sum(-1), (second * second).sum(-1)
    pa, pb = (to_point * first).sum(-1), (to_point * second).sum(-1)
    determinant = aa * bb - ab * ab
    flat = determinant <= FLAT * aa * bb
    determinant = np.where(flat, 1.0, determinant)
    one, other = (bb * pa - ab * pb) / determinant, (aa * pb - ab * pa) / determinant
    return np.stack([1 - one - other, one, other], -1), flat
