"""Colours that depend on the side: real spherical harmonics as 3D Gaussian Splatting has them.

A colour seen along the unit direction d, from the eye to the splat, is 0.5 + sum of coefficients times :func:`basis` of
d, at least 0. The basis up to degree 3 is that of Kerbl et al. 2023 ("3D Gaussian Splatting for Real-Time Radiance
Field Rendering"), with the signs that they took over from Yu et al. 2021 ("PlenOctrees").
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

MOST_DEGREE = 3
GREY = 0.5  # of a splat whose coefficients are 0
CONSTANT = 0.28209479177387814  # sqrt(1 / (4 pi))
FIRST = 0.4886025119029199  # sqrt(3 / (4 pi))
SECOND = (1.0925484305920792, 0.31539156525252005, 0.5462742152960396)  # sqrt(15 / pi) / 2, sqrt(5 / pi) / 4, ...
THIRD = (0.5900435899266435, 2.890611442640554, 0.4570457994644658, 0.3731763325901154, 1.445305721320277)
BANDS = (slice(0, 1), slice(1, 4), slice(4, 9), slice(9, 16))
DIRECTIONS = 64  # more than enough for the 7 unknowns of a band


def degree_of(coefficients: int) -> int:
    """The degree of harmonics with so many coefficients: 0 of 1, 3 of 16. ValueError for other numbers."""
    return {(degree + 1) ** 2: degree for degree in range(MOST_DEGREE + 1)}[coefficients]


def basis(directions: np.ndarray, degree: int = MOST_DEGREE) -> np.ndarray:
    """(..., (degree + 1)^2) values of the basis at unit directions (..., 3), of their dtype."""
    x, y, z = directions[..., 0], directions[..., 1], directions[..., 2]
    xx, yy, zz = x * x, y * y, z * z
    values = [np.full_like(x, CONSTANT)]
    if degree > 0:
        values += [-FIRST * y, FIRST * z, -FIRST * x]
    if degree > 1:
        values += [
            SECOND[0] * x * y, -SECOND[0] * y * z, SECOND[1] * (2 * zz - xx - yy), -SECOND[0] * x * z,
            SECOND[2] * (xx - yy),
        ]  # fmt: skip
    if degree > 2:
        values += [
            -THIRD[0] * y * (3 * xx - yy), THIRD[1] * x * y * z, -THIRD[2] * y * (4 * zz - xx - yy),
            THIRD[3] * z * (2 * zz - 3 * xx - 3 * yy), -THIRD[2] * x * (4 * zz - xx - yy), THIRD[4] * z * (xx - yy),
            -THIRD[0] * x * (xx - 3 * yy),
        ]  # fmt: skip
    return np.stack(values, -1)


def colours(harmonics: np.ndarray, directions: np.ndarray) -> np.ndarray:
    """(N, 3) light of harmonics (N, K, 3) seen along unit directions (N, 3), not below 0."""
    values = basis(directions, degree_of(harmonics.shape[1]))
    return np.maximum(GREY + np.einsum("nk,nkc->nc", values, harmonics), 0.0)


def turned(harmonics: np.ndarray, rotation: np.ndarray) -> np.ndarray:
    """Harmonics (N, K, 3) of splats that are turned by ``rotation`` (3, 3), one for all: exact, of the same dtype.

    What was seen along d is seen along rotation d.
    """
    matrices = band_matrices(np.asarray(rotation, np.float64), degree_of(harmonics.shape[1]))
    found = np.empty_like(harmonics)
    for band, matrix in zip(BANDS, matrices, strict=False):
        found[:, band] = np.einsum("ij,njc->nic", matrix.astype(harmonics.dtype), harmonics[:, band])
    return found


def turned_each(harmonics: np.ndarray, rotations: np.ndarray, which: np.ndarray) -> np.ndarray:
    """The same by a rotation for each: harmonics (N, K, 3), rotations (F, 3, 3), ``which`` (N,) of them."""
    found = harmonics.copy()
    matrices = band_matrices(np.asarray(rotations, np.float64), degree_of(harmonics.shape[1]))
    for band, matrix in zip(BANDS[1:], matrices[1:], strict=False):
        found[:, band] = np.matmul(matrix.astype(harmonics.dtype)[which], harmonics[:, band])
    return found


def band_matrices(rotations: np.ndarray, degree: int) -> list[np.ndarray]:
    """For each band up to the degree (..., 2 l + 1, 2 l + 1): its coefficients after rotations (..., 3, 3).

    A band turns within itself, so that its values along some directions, turned back, tell the matrix.
    """
    directions, inverses = _solved()
    back = basis(directions @ rotations, degree)  # rows are R^T d
    matrices = [np.ones((*rotations.shape[:-2], 1, 1))]
    return matrices + [
        inverses[band] @ back[..., band_slice] for band, band_slice in enumerate(BANDS) if 0 < band <= degree
    ]


@lru_cache(1)
def _solved() -> tuple[np.ndarray, tuple[np.ndarray, ...]]:
    """Directions (64, 3) all round, by the golden angle, and for each band what gives coefficients of its values."""
    number = np.arange(DIRECTIONS) + 0.5
    z, turn = 1 - 2 * number / DIRECTIONS, number * np.pi * (3 - np.sqrt(5.0))
    across = np.sqrt(1 - z * z)
    directions = np.stack([across * np.cos(turn), across * np.sin(turn), z], 1)
    values = basis(directions)
    return directions, tuple(np.linalg.pinv(values[:, band]) for band in BANDS)
