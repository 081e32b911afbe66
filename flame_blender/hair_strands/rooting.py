"""Roots of hair spread over triangles, evenly but by chance, as densely as a region says."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..geometry.triangles import closest_weights
from .ground import Ground
from .strands import Roots

Density = Callable[[np.ndarray], np.ndarray]  # (N, 3) points to (N,) shares, 0 to 1
TRIED = 12  # points for each triangle, by which its share of the region is guessed
ROUNDS = 6  # of throwing roots, until there are enough


def spread(ground: Ground, density: Density, count: int, generator: np.random.Generator) -> Roots:
    """``count`` roots, or fewer where the region is empty, spread as ``density`` tells for points of the skin."""
    corners = ground.vertices[ground.faces]
    shares = _barycentric(generator, (len(corners), TRIED))
    within = density(np.einsum("fsk,fkc->fsc", shares, corners).reshape(-1, 3)).reshape(-1, TRIED).max(1)
    odds = np.where((within > 0) & ~ground.ears[ground.faces].all(1), ground.areas, 0.0)
    if not odds.sum():
        return _roots(ground, np.zeros(0, np.int64), np.zeros((0, 3)), np.zeros(0))
    odds = np.cumsum(odds / odds.sum())
    faces, weights, fullness = [], [], []
    missing = count
    for _ in range(ROUNDS):
        thrown = np.minimum(np.searchsorted(odds, generator.random(2 * count)), len(odds) - 1)
        at = _barycentric(generator, (len(thrown),))
        full = density(np.einsum("nk,nkc->nc", at, corners[thrown]))
        kept = np.flatnonzero(generator.random(len(thrown)) < full)[:missing]
        faces.append(thrown[kept])
        weights.append(at[kept])
        fullness.append(full[kept])
        missing -= len(kept)
        if not missing:
            break
    return _roots(ground, np.concatenate(faces), np.concatenate(weights), np.concatenate(fullness))


def nearest_roots(ground: Ground, points: np.ndarray, fullness: np.ndarray, reach: float) -> Roots:
    """Roots where the skin is nearest to points (N, 3); of triangles within ``reach`` metres of any of them."""
    low, high = points.min(0) - reach, points.max(0) + reach
    corners = ground.vertices[ground.faces]
    rows = np.flatnonzero(((corners.max(1) >= low) & (corners.min(1) <= high)).all(1))
    faces, weights = np.zeros(len(points), np.int64), np.zeros((len(points), 3))
    for begin in range(0, len(points), 256):
        part = points[begin : begin + 256]
        near = closest_weights(corners[rows][None], part[:, None])
        off = np.linalg.norm(np.einsum("nfk,fkc->nfc", near, corners[rows]) - part[:, None], axis=2)
        best = off.argmin(1)
        faces[begin : begin + 256] = rows[best]
        weights[begin : begin + 256] = near[np.arange(len(part)), best]
    return _roots(ground, faces, weights, fullness)


def _roots(ground: Ground, faces: np.ndarray, weights: np.ndarray, fullness: np.ndarray) -> Roots:
    corners = ground.faces[faces]
    points = np.einsum("nk,nkc->nc", weights, ground.vertices[corners])
    normals = np.einsum("nk,nkc->nc", weights, ground.normals[corners])
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    return Roots(faces, weights, points, normals, fullness)


def _barycentric(generator: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """(..., 3) even over a triangle (Osada et al. 2002, "Shape distributions", section 4.2)."""
    root, along = np.sqrt(generator.random(shape)), generator.random(shape)
    return np.stack([1 - root, root * (1 - along), root * along], -1)
