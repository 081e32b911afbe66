"""Noise in space: smooth, alike in all directions whatever the UVs do, and the same bytes on every machine."""

from __future__ import annotations

import numpy as np

CHUNK = 60_000  # points at once: what stays in a processor's cache
PRIMES = tuple(np.uint32(prime) for prime in (73856093, 19349663, 83492791))


def noise(points: np.ndarray, length: float, seed: int, stretch: tuple[float, float, float] = (1, 1, 1)) -> np.ndarray:
    """(N,) about -1 to 1 at points (N, 3): random values on a grid of ``length`` mm, smooth between.

    ``stretch``: how many times longer it is along each axis. The grid is turned, so that none of its lines is level.
    """
    total = np.empty(len(points))
    scale = 1.0 / (length * np.array(stretch, float))
    for start in range(0, len(points), CHUNK):
        chunk = points[start : start + CHUNK] * scale
        turned = chunk if max(stretch) > 1 else chunk @ TURN
        total[start : start + CHUNK] = _values(turned, seed)
    return total


def layered(points: np.ndarray, lengths: tuple[float, ...], seed: int, falling: float = 0.6) -> np.ndarray:
    """(N,) about -1 to 1: noise of several lengths, each ``falling`` times as strong as the one before."""
    total, weight, squared = np.zeros(len(points)), 1.0, 0.0
    for number, length in enumerate(lengths):
        total += weight * noise(points, length, seed + number)
        squared += weight * weight
        weight *= falling
    return 1.6 * total / np.sqrt(squared)


TURN = np.array([[0.36, 0.48, -0.8], [-0.8, 0.6, 0.0], [0.48, 0.64, 0.6]])  # exact in decimals: no trigonometry


def _values(places: np.ndarray, seed: int) -> np.ndarray:
    cells = np.floor(places)
    part = places - cells
    smooth = part * part * part * (part * (part * 6 - 15) + 10)
    rows = cells.astype(np.int64).astype(np.uint32)
    ends = [(column * prime, (column + np.uint32(1)) * prime) for column, prime in zip(rows.T, PRIMES, strict=True)]
    x, y, z = smooth.T

    def along_x(y_end: np.ndarray, z_end: np.ndarray) -> np.ndarray:
        one, other = (_hashed(x_end ^ y_end ^ z_end, seed) for x_end in ends[0])
        return one + x * (other - one)

    low, high = ((first := along_x(ends[1][0], z_end)) + y * (along_x(ends[1][1], z_end) - first) for z_end in ends[2])
    return low + z * (high - low)


def _hashed(mixed: np.ndarray, seed: int) -> np.ndarray:
    """(N,) -1 to 1 of whole numbers (N,) modulo 2**32: multiplied and folded as hashes are."""
    mixed = mixed ^ np.uint32(seed * 2654435761 % 2**32)
    for fold, factor in ((16, 0x7FEB352D), (15, 0x846CA68B)):
        mixed = (mixed ^ mixed >> np.uint32(fold)) * np.uint32(factor)
    return (mixed ^ mixed >> np.uint32(16)).astype(np.float64) * (2.0 / 2**32) - 1.0
