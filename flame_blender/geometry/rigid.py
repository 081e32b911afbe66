"""Rigid alignment of points that correspond."""

from __future__ import annotations

import numpy as np


def rigid_alignment(
    source: np.ndarray, target: np.ndarray, weights: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Rotations (..., 3, 3) and translations (..., 3) that bring ``source`` (..., P, 3) closest to ``target``.

    Least squares, weighted by ``weights`` (P,) >= 0; float64. After Kabsch, Acta Crystallographica A32 (1976) 922-923,
    with Umeyama's sign (IEEE PAMI 13 (1991) 376-380) that keeps reflections out.
    """
    weights = np.ones(source.shape[-2]) if weights is None else np.asarray(weights, np.float64)
    weights = weights / weights.sum()
    source, target = np.asarray(source, np.float64), np.asarray(target, np.float64)
    from_centre, to_centre = weights @ source, weights @ target
    moved = np.swapaxes(target - to_centre[..., None, :], -1, -2) * weights
    left, _, right = np.linalg.svd(moved @ (source - from_centre[..., None, :]))
    left[..., :, -1] *= np.sign(np.linalg.det(left @ right))[..., None]
    rotation = left @ right
    return rotation, to_centre - (rotation @ from_centre[..., None])[..., 0]


def similarity_alignment(
    source: np.ndarray, target: np.ndarray, weights: np.ndarray | None = None
) -> tuple[float, np.ndarray, np.ndarray]:
    """Scale, rotation (3, 3) and translation (3,): scale * rotation @ ``source`` (P, 3) + translation near ``target``.

    Least squares as in :func:`rigid_alignment`; the scale after Umeyama, IEEE PAMI 13 (1991) 376-380.
    """
    weights = np.ones(len(source)) if weights is None else np.asarray(weights, np.float64)
    weights = weights / weights.sum()
    rotation, _ = rigid_alignment(source, target, weights)
    from_centre, to_centre = weights @ source, weights @ target
    spread = (source - from_centre) @ rotation.T
    scale = float(weights @ (spread * (target - to_centre)).sum(1) / (weights @ (spread * spread).sum(1)))
    return scale, rotation, to_centre - scale * rotation @ from_centre
