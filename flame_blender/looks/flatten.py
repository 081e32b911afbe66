"""Flattening surfaces: discs pinned to a convex outline, with as even a stretch as it allows.

Every inner point is a weighted mean of its neighbours, which cannot fold over (Tutte 1963, Floater 1997); the weights
are then changed to even out the stretch (Yoshizawa, Belyaev and Seidel 2004, "A fast and simple stretch-minimizing
mesh parameterization").
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

REWEIGHTINGS = 5
SOLVER_STEPS = 1500
TOLERANCE = 1e-13


def flatten(
    points: np.ndarray, polygons: list[tuple[int, ...]], boundary: np.ndarray, outline: np.ndarray
) -> np.ndarray:
    """(N, 2) plane coordinates of ``points`` (N, 3), with the vertices ``boundary`` (B,) fixed at ``outline`` (B, 2).

    ``polygons`` make up a disc: openings but the outer one must be filled.
    """
    triangles = np.array([(p[0], p[k], p[k + 1]) for p in polygons for k in range(1, len(p) - 1)])
    rows, columns, weights = mean_value_weights(points, polygons)
    flat = np.zeros((len(points), 2))
    flat[:] = outline.mean(0)
    flat[boundary] = outline
    fixed = np.zeros(len(points), bool)
    fixed[boundary] = True
    flat = solved(rows, columns, weights, flat, fixed)
    best = flat
    for _ in range(REWEIGHTINGS):
        stretch = _vertex_stretch(points, flat, triangles)
        weights = weights / stretch[columns]
        flat = solved(rows, columns, weights, flat, fixed)
        if _spread(points, flat, triangles) < _spread(points, best, triangles):
            best = flat
    return best


def mean_value_weights(
    points: np.ndarray, polygons: list[tuple[int, ...]]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Directed edges of ``points`` (N, 3): the rows (E,) where they start and end, and Floater's weights (E,) of them.

    These are his mean value weights, with quads cut along both diagonals.
    """
    corners = []
    for p in polygons:
        cuts = [(0, 1, 2), (0, 2, 3), (0, 1, 3), (1, 2, 3)] if len(p) == 4 else [(0, 1, 2)]
        corners += [(p[a], p[b], p[c]) for a, b, c in cuts]
    triangles = np.array(corners)
    rows, columns, weights = [], [], []
    for k in range(3):
        at, left, right = triangles[:, k], triangles[:, (k + 1) % 3], triangles[:, (k + 2) % 3]
        to_left, to_right = points[left] - points[at], points[right] - points[at]
        long_left, long_right = np.linalg.norm(to_left, axis=1) + 1e-6, np.linalg.norm(to_right, axis=1) + 1e-6
        cosine = np.clip((to_left * to_right).sum(1) / (long_left * long_right), -0.99, 1)
        half = np.sqrt((1 - cosine) / (1 + cosine))  # tangent of half the angle
        rows += [at, at]
        columns += [left, right]
        weights += [half / long_left, half / long_right]
    return np.concatenate(rows), np.concatenate(columns), np.concatenate(weights)


def solved(
    rows: np.ndarray,
    columns: np.ndarray,
    weights: np.ndarray,
    start: np.ndarray,
    fixed: np.ndarray,
    tolerance: float = TOLERANCE,
) -> np.ndarray:
    """(N, 2) with the points that are not ``fixed`` (N,) as weighted means of their neighbours, from ``start`` (N, 2).

    ``rows``, ``columns`` and ``weights`` (E,) as of :func:`mean_value_weights`. By BiCGSTAB on each coordinate, until
    the residual is below the tolerance, in the plane's unit.
    """
    count = len(start)
    share = weights / np.bincount(rows, weights, count)[rows]

    def residual_operator(values: np.ndarray) -> np.ndarray:
        mean = np.bincount(rows, share * values[columns], count)
        return np.where(fixed, 0.0, values - mean)

    flat = start.copy()
    for axis in range(2):
        flat[:, axis] = _bicgstab(residual_operator, flat[:, axis], tolerance)
    return flat


def _bicgstab(operator: Callable[[np.ndarray], np.ndarray], x: np.ndarray, tolerance: float) -> np.ndarray:
    """Solve operator(x) = 0 for its free entries, from ``x`` (van der Vorst 1992)."""
    residual = -operator(x)
    shadow = residual.copy()
    rho = alpha = omega = 1.0
    v = p = np.zeros_like(x)
    for _ in range(SOLVER_STEPS):
        if np.abs(residual).max() < tolerance:
            break
        rho_next = shadow @ residual
        p = residual + rho_next / rho * alpha / omega * (p - omega * v)
        v = operator(p)
        rho = rho_next
        alpha = rho / (shadow @ v)
        s = residual - alpha * v
        t = operator(s)
        omega = (t @ s) / max(t @ t, 1e-300)
        x = x + alpha * p + omega * s
        residual = s - omega * t
    return x


def _triangle_stretch(points: np.ndarray, flat: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """(F,) root mean square length of surface per unit of plane (Sander et al. 2001)."""
    a, b, c = (points[triangles[:, k]] for k in range(3))
    (s1, t1), (s2, t2), (s3, t3) = (flat[triangles[:, k]].T for k in range(3))
    area = np.maximum(np.abs((s2 - s1) * (t3 - t1) - (s3 - s1) * (t2 - t1)), 1e-12)[:, None]
    ds = (a * (t2 - t3)[:, None] + b * (t3 - t1)[:, None] + c * (t1 - t2)[:, None]) / area
    dt = (a * (s3 - s2)[:, None] + b * (s1 - s3)[:, None] + c * (s2 - s1)[:, None]) / area
    return np.sqrt(((ds * ds).sum(1) + (dt * dt).sum(1)) / 2)


def _vertex_stretch(points: np.ndarray, flat: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """(N,) mean stretch of the triangles at each vertex, against the whole; tamed by a square root."""
    stretch = _triangle_stretch(points, flat, triangles)
    size = _areas(points, triangles)
    square = np.bincount(triangles.ravel(), np.repeat(size * stretch**2, 3), len(points))
    mean = np.sqrt(square / np.maximum(np.bincount(triangles.ravel(), np.repeat(size, 3), len(points)), 1e-12))
    return np.sqrt(np.clip(1.0 / (mean / np.median(mean)), 0.2, 5.0))


def _spread(points: np.ndarray, flat: np.ndarray, triangles: np.ndarray) -> float:
    """The stretch of the whole: 1 would be an even one."""
    size = _areas(points, triangles)
    stretch = _triangle_stretch(points, flat, triangles)
    return float((size * stretch**2).sum() / size.sum())


def _areas(points: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    a, b, c = (points[triangles[:, k]] for k in range(3))
    return np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2
