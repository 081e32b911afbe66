"""Which pixels triangles cover, and where in the triangles their centres lie."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

PIXELS_TOGETHER = 1 << 20  # bounds the memory: about 100 bytes each
LEAST_AREA = 1e-12  # square pixels: thinner triangles cover no centre
ON_EDGE = 1e-7  # pixels: centres on an edge belong to both triangles, so that no rounding opens a gap between them

Covered = tuple[np.ndarray, np.ndarray, np.ndarray]


def rasterised(corners: np.ndarray, width: int, height: int) -> Iterator[Covered]:
    """Centres of pixels that lie in triangles ``corners`` (T, 3, 2), x then y in pixels, of either winding.

    Pixel (row i, column j) covers j..j+1 and i..i+1. Yields, for some triangles at a time and in their order: triangle
    (n,), pixel (n,) as row * width + column, and barycentric weights (n, 3) float64. A pixel comes once for each
    triangle over it. Inner loops are over arrays: triangles become rows, rows become pixels.
    """
    corners = np.asarray(corners, np.float64)
    gradients, offsets, areas = _weight_planes(corners)
    low, high = corners.min(1), corners.max(1)
    size = np.array([width, height])
    first = np.clip(np.ceil(low - 0.5 - ON_EDGE), 0, size).astype(np.int64)
    counts = np.clip(np.floor(high + 0.5 + ON_EDGE), 0, size).astype(np.int64) - first
    boxes = np.where((np.abs(areas) > LEAST_AREA) & (counts > 0).all(1), counts.prod(1), 0)
    used = np.flatnonzero(boxes)
    batches = np.cumsum(boxes[used]) // PIXELS_TOGETHER
    for ids in np.split(used, np.flatnonzero(np.diff(batches)) + 1):
        yield _covered(ids, first[ids, 1], counts[ids, 1], gradients[ids], offsets[ids], width)


def _weight_planes(corners: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Barycentric weight k at (x, y) is gradients[:, k] . (x, y) + offsets[:, k]; and twice the signed area."""
    after, before = np.roll(corners, -1, 1), np.roll(corners, 1, 1)
    edges = before - after
    normals = np.stack([-edges[..., 1], edges[..., 0]], -1)
    areas = (normals[:, 0] * (corners[:, 0] - after[:, 0])).sum(-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        gradients = normals / areas[:, None, None]
        offsets = -(gradients * after).sum(-1)
    return gradients, offsets, areas


def _covered(
    ids: np.ndarray, first: np.ndarray, counts: np.ndarray, gradients: np.ndarray, offsets: np.ndarray, width: int
) -> Covered:
    """The pixels of triangles ``ids``, whose rows begin at ``first``."""
    triangle, row = _spread(counts)
    row += first[triangle]
    middle, empty = row + 0.5, np.zeros(len(row), bool)
    left, right = np.full(len(row), -np.inf), np.full(len(row), np.inf)
    weight_of = []
    for corner in range(3):  # one after the other: a long array for each is several times as quick as an axis of three
        slope = gradients[triangle, corner, 0]
        level = gradients[triangle, corner, 1] * middle + offsets[triangle, corner]
        with np.errstate(divide="ignore", invalid="ignore"):
            crossing = -level / slope
        np.maximum(left, crossing, out=left, where=slope > 0)
        np.minimum(right, crossing, out=right, where=slope < 0)
        empty |= (slope == 0) & (level < 0)
        weight_of.append((slope, level))
    start = np.clip(np.ceil(left - 0.5 - ON_EDGE), 0, width).astype(np.int64)
    stop = np.clip(np.floor(right + 0.5 + ON_EDGE), 0, width).astype(np.int64)
    span, column = _spread(np.where(empty, 0, np.maximum(stop - start, 0)))
    column += start[span]
    weights = np.stack([slope[span] * (column + 0.5) + level[span] for slope, level in weight_of], 1)
    np.maximum(weights, 0, out=weights)
    weights /= (weights[:, 0] + weights[:, 1] + weights[:, 2])[:, None]
    return ids[triangle[span]], row[span] * width + column, weights


def _spread(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each index as often as its count, and the places 0, 1, ... within it."""
    index = np.repeat(np.arange(len(counts)), counts)
    return index, np.arange(len(index)) - np.repeat(np.cumsum(counts) - counts, counts)
