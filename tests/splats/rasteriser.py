"""A small rasteriser of splats by the published equations (Kerbl et al. 2023; Zwicker et al. 2001), in NumPy.

Each splat's covariance is projected by the local affine map of the perspective, its footprint is blended from front to
back by depth. Without the original's widening by 0.3 pixels, which is against aliasing of splats that are smaller.
"""

from __future__ import annotations

import numpy as np

from flame_blender.splats.splats import Splats

LEAST_ALPHA, MOST_ALPHA = 1 / 255, 0.99


def real_harmonics(directions: np.ndarray) -> np.ndarray:
    """(N, 16), written out here from the paper's table of constants."""
    x, y, z = directions.T
    return np.stack(
        [
            np.full_like(x, 0.28209479177387814),
            -0.4886025119029199 * y, 0.4886025119029199 * z, -0.4886025119029199 * x,
            1.0925484305920792 * x * y, -1.0925484305920792 * y * z, 0.31539156525252005 * (2 * z * z - x * x - y * y),
            -1.0925484305920792 * x * z, 0.5462742152960396 * (x * x - y * y),
            -0.5900435899266435 * y * (3 * x * x - y * y), 2.890611442640554 * x * y * z,
            -0.4570457994644658 * y * (4 * z * z - x * x - y * y),
            0.3731763325901154 * z * (2 * z * z - 3 * x * x - 3 * y * y),
            -0.4570457994644658 * x * (4 * z * z - x * x - y * y), 1.445305721320277 * z * (x * x - y * y),
            -0.5900435899266435 * x * (x * x - 3 * y * y),
        ],
        1,
    )  # fmt: skip


def light_of(encoded: np.ndarray) -> np.ndarray:
    """Linear light of sRGB (IEC 61966-2-1)."""
    return np.where(encoded <= 0.04045, encoded / 12.92, ((np.maximum(encoded, 0) + 0.055) / 1.055) ** 2.4)


def rasterised(splats: Splats, place: np.ndarray, axes: np.ndarray, focal: float, size: int) -> np.ndarray:
    """(size, size, 4) linear light and alpha, rows down; ``focal`` in pixels.

    The camera stands at ``place`` with its x right, y down, z forward in the columns of ``axes`` (3, 3).
    """
    centres = (splats.centres.astype(float) - place) @ axes
    w, x, y, z = splats.rotations.astype(float).T
    turns = np.stack(
        [
            1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y),
            2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x),
            2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y),
        ],
        1,
    ).reshape(-1, 3, 3)  # fmt: skip
    spread = np.einsum("ji,njk,nk->nik", axes, turns, splats.scales.astype(float))
    covariances = np.einsum("nik,njk->nij", spread, spread)
    depth = centres[:, 2]
    affine = np.zeros((len(depth), 2, 3))
    affine[:, 0, 0] = affine[:, 1, 1] = focal / depth
    affine[:, 0, 2], affine[:, 1, 2] = (-focal * centres[:, axis] / depth**2 for axis in (0, 1))
    flat = np.einsum("nai,nij,nbj->nab", affine, covariances, affine)
    inverse = np.linalg.inv(flat)
    middles = focal * centres[:, :2] / depth[:, None] + size / 2
    seen = splats.centres.astype(float) - place
    seen /= np.linalg.norm(seen, axis=1, keepdims=True)
    count = splats.harmonics.shape[1]
    encoded = 0.5 + np.einsum("nk,nkc->nc", real_harmonics(seen)[:, :count], splats.harmonics.astype(float))
    colours = light_of(np.maximum(encoded, 0))
    places = (np.arange(size) + 0.5)[:, None], (np.arange(size) + 0.5)[None]
    picture, clear = np.zeros((size, size, 3)), np.ones((size, size))
    for number in np.argsort(depth):
        if depth[number] <= 0:
            continue
        down, right = places[0] - middles[number, 1], places[1] - middles[number, 0]
        a, b, c = inverse[number, 0, 0], inverse[number, 0, 1], inverse[number, 1, 1]
        alpha = splats.opacities[number] * np.exp(-0.5 * (a * right**2 + 2 * b * right * down + c * down**2))
        alpha = np.where(alpha < LEAST_ALPHA, 0, np.minimum(alpha, MOST_ALPHA))
        picture += (clear * alpha)[..., None] * colours[number]
        clear *= 1 - alpha
    return np.concatenate([picture, 1 - clear[..., None]], 2)
