"""Pictures at falling resolutions: sampling that does not flicker, and filling what is empty.

Pictures are (H, W, C) float32; pixel (row i, column j) covers j..j+1 and i..i+1, its centre lies at j + 0.5, i + 0.5.
"""

from __future__ import annotations

import numpy as np


def halved(picture: np.ndarray) -> np.ndarray:
    """Means of two by two pixels; an odd side's last line is repeated."""
    rows, columns = (side % 2 for side in picture.shape[:2])
    if rows or columns:
        picture = np.pad(picture, ((0, rows), (0, columns), (0, 0)), mode="edge")
    return (picture[::2, ::2] + picture[1::2, ::2] + picture[::2, 1::2] + picture[1::2, 1::2]) / 4


def bilinear(picture: np.ndarray, places: np.ndarray) -> np.ndarray:
    """(n, C) float32 at ``places`` (n, 2), x then y in pixels; beyond the border the outermost pixels."""
    height, width = picture.shape[:2]
    at = np.clip(places - 0.5, 0, [width - 1, height - 1])
    first = at.astype(np.int64)
    second = np.minimum(first + 1, [width - 1, height - 1])
    share = (at - first).astype(np.float32)
    across, down = share[:, :1], share[:, 1:]
    flat = picture.reshape(height * width, -1)
    upper = _line(flat, first[:, 1] * width, first[:, 0], second[:, 0], across)
    lower = _line(flat, second[:, 1] * width, first[:, 0], second[:, 0], across)
    return upper + (lower - upper) * down


def _line(flat: np.ndarray, row: np.ndarray, first: np.ndarray, second: np.ndarray, share: np.ndarray) -> np.ndarray:
    left = flat[row + first]
    return left + (flat[row + second] - left) * share


def sampled(picture: np.ndarray, places: np.ndarray, footprints: np.ndarray) -> np.ndarray:
    """(n, C) float32 at ``places`` (n, 2), each the mean of about ``footprints`` (n,) pixels across.

    Between two levels of the pyramid, in each bilinear.
    """
    levels = np.log2(np.maximum(footprints, 1))
    values = np.zeros((len(places), picture.shape[2]), np.float32)
    for level in range(int(np.ceil(levels.max(initial=0))) + 1):
        shares = np.maximum(1 - np.abs(levels - level), 0).astype(np.float32)
        some = np.flatnonzero(shares)
        values[some] += shares[some, None] * bilinear(picture, places[some] / 2**level)
        picture = halved(picture)
    return values


def spread(weighted: np.ndarray) -> np.ndarray:
    """Colours (S, S, C - 1) everywhere, smooth from where they are known: ``weighted`` is colour * weight, weight 0..1.

    Push-pull: each level's colours are the mean of the known ones below, and what a level does not know comes from the
    coarser one. After Gortler et al., The Lumigraph (SIGGRAPH 1996), section 3.4.
    """
    levels = [weighted]
    while max(levels[-1].shape[:2]) > 1:
        coarser = 4 * halved(levels[-1])
        coarser /= np.maximum(coarser[..., -1:], 1)
        levels.append(coarser)
    known = levels.pop()
    colours = known[..., :-1] / np.maximum(known[..., -1:], np.finfo(np.float32).tiny)
    for level in reversed(levels):
        colours = level[..., :-1] + (1 - level[..., -1:]) * _doubled(colours)[: level.shape[0], : level.shape[1]]
    return colours


def _doubled(picture: np.ndarray) -> np.ndarray:
    """Twice the resolution, bilinear."""
    for axis in (0, 1):
        lines = np.moveaxis(picture, axis, 0)
        before, after = (np.concatenate(ends) for ends in ((lines[:1], lines[:-1]), (lines[1:], lines[-1:])))
        both = np.stack([0.75 * lines + 0.25 * before, 0.75 * lines + 0.25 * after], 1)
        picture = np.moveaxis(both.reshape(-1, *lines.shape[1:]), 0, axis)
    return picture


def softened(known: np.ndarray, within: np.ndarray, radius: int) -> np.ndarray:
    """(S, S) float32: the share of ``known`` around each place of ``within`` (both (S, S) bool), a mean of means."""
    layers = np.stack([known & within, within], -1).astype(np.float32)
    for _ in range(2):
        for axis in (0, 1):
            layers = _box_mean(layers, radius, axis)
    return layers[..., 0] / np.maximum(layers[..., 1], np.finfo(np.float32).tiny) * within


def _box_mean(picture: np.ndarray, radius: int, axis: int) -> np.ndarray:
    """Means of 2 radius + 1 pixels along an axis, nothing beyond the border."""
    margin = [(0, 0)] * picture.ndim
    margin[axis] = (radius + 1, radius)
    sums = np.cumsum(np.pad(picture, margin), axis, dtype=np.float64)
    length = picture.shape[axis]
    upper = np.take(sums, range(2 * radius + 1, 2 * radius + 1 + length), axis)
    return ((upper - np.take(sums, range(length), axis)) / (2 * radius + 1)).astype(np.float32)
