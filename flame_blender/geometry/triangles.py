"""Places in triangles."""

from __future__ import annotations

import numpy as np

FLAT = 1e-12  # squared sine of an angle of a triangle without area


def closest_weights(corners: np.ndarray, points: np.ndarray) -> np.ndarray:
    """(..., 3) barycentric weights of the points of triangles ``corners`` (..., 3, 3) closest to ``points`` (..., 3).

    Within the triangle where the point lies over it, else on the nearest of its edges.
    """
    first, second, third = np.ascontiguousarray(np.moveaxis(corners, (-2, -1), (0, 1)))  # (3, ...): x, y, z first
    point = np.ascontiguousarray(np.moveaxis(points, -1, 0))
    point = point.reshape(3, *(1,) * (first.ndim - point.ndim), *point.shape[1:])  # one for many triangles
    shares, squares = [], []
    for start, end in ((first, second), (second, third), (third, first)):
        edge, to_point = end - start, point - start
        share = np.clip(_dot(to_point, edge) / np.maximum(_dot(edge, edge), 1e-30), 0.0, 1.0)
        off = to_point - share * edge
        shares.append(share)
        squares.append(_dot(off, off))
    on_second = squares[1] < squares[0]
    on_third = squares[2] < np.where(on_second, squares[1], squares[0])
    on_second &= ~on_third
    on_first = ~(on_second | on_third)
    on_edges = (
        np.where(on_first, 1 - shares[0], on_third * shares[2]),
        np.where(on_second, 1 - shares[1], on_first * shares[0]),
        np.where(on_third, 1 - shares[2], on_second * shares[1]),
    )
    inner, flat = _weights_in_plane(first, second, third, point)
    over = (inner[0] >= 0) & (inner[1] >= 0) & (inner[2] >= 0) & ~flat
    return np.stack(
        [np.where(over, one, other) for one, other in zip(inner, on_edges, strict=True)], -1, dtype=np.float64
    )


def _weights_in_plane(
    start: np.ndarray, one_end: np.ndarray, other_end: np.ndarray, point: np.ndarray
) -> tuple[tuple[np.ndarray, np.ndarray, np.ndarray], np.ndarray]:
    """Barycentric weights in the triangles' planes, and whether a triangle has no area and so no plane.

    Corners and points are (3, ...). Ericson, Real-Time Collision Detection, 2004, section 3.4.
    """
    first, second, to_point = one_end - start, other_end - start, point - start
    aa, ab, bb = _dot(first, first), _dot(first, second), _dot(second, second)
    pa, pb = _dot(to_point, first), _dot(to_point, second)
    determinant = aa * bb - ab * ab
    flat = determinant <= FLAT * aa * bb
    determinant = np.where(flat, 1.0, determinant)
    one, other = (bb * pa - ab * pb) / determinant, (aa * pb - ab * pa) / determinant
    return (1 - one - other, one, other), flat


def _dot(ones: np.ndarray, others: np.ndarray) -> np.ndarray:
    """(...) products of vectors (3, ...): arrays of x, of y and of z take half as long as an axis of three."""
    products = ones * others
    return np.asarray(products[0] + products[1] + products[2])


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
