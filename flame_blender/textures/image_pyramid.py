"""Grids at falling resolutions: sampling pictures without flicker, and filling what is empty.

Grids are (..., C) float32, pictures (H, W, C). Cell i covers i..i+1, its centre lies at i + 0.5.
"""

from __future__ import annotations

import itertools

import numpy as np


def halved(grid: np.ndarray) -> np.ndarray:
    """Means of two cells along each axis but the last; an odd side's last cells are repeated."""
    for axis in range(grid.ndim - 1):
        lines = np.moveaxis(grid, axis, 0)
        if len(lines) % 2:
            lines = np.concatenate([lines, lines[-1:]])
        grid = np.moveaxis((lines[::2] + lines[1::2]) / 2, 0, axis)
    return grid


def interpolated(grid: np.ndarray, places: np.ndarray) -> np.ndarray:
    """(n, C) float32 at ``places`` (n, axes), in cells and in the order of the grid's axes, linear along each.

    Beyond the border the outermost cells.
    """
    flat = grid.reshape(-1, grid.shape[-1])
    values = np.zeros((len(places), flat.shape[1]), np.float32)
    ends = [_ends(places[:, axis], side) for axis, side in enumerate(grid.shape[:-1])]
    for corner in itertools.product(*ends):
        cell, weight = np.zeros(len(places), np.int64), np.ones(len(places), np.float32)
        for side, (index, fraction) in zip(grid.shape[:-1], corner, strict=True):
            cell, weight = cell * side + index, weight * fraction
        values += weight[:, None] * flat[cell]
    return values


def _ends(places: np.ndarray, side: int) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """The two cells on either side of places (n,) along one axis, each with its weight."""
    at = np.clip(places - 0.5, 0, side - 1)
    first = at.astype(np.int64)
    weight = (at - first).astype(np.float32)
    return (first, 1 - weight), (np.minimum(first + 1, side - 1), weight)


def sampled(picture: np.ndarray, places: np.ndarray, footprints: np.ndarray) -> np.ndarray:
    """(n, C) float32 of a picture at ``places`` (n, 2), row then column, each the mean of ``footprints`` (n,) pixels.

    Footprints are sides of squares. Between two levels of the pyramid, in each bilinear.
    """
    levels = np.log2(np.maximum(footprints, 1))
    values = np.zeros((len(places), picture.shape[2]), np.float32)
    for level in range(int(np.ceil(levels.max(initial=0))) + 1):
        weights = np.maximum(1 - np.abs(levels - level), 0).astype(np.float32)
        some = np.flatnonzero(weights)
        values[some] += weights[some, None] * interpolated(picture, places[some] / 2**level)
        picture = halved(picture)
    return values


def spread(weighted: np.ndarray, beyond: np.ndarray | None = None, coarsest: int = 1) -> np.ndarray:
    """Colours (..., C - 1) everywhere, smooth from where they are known: ``weighted`` is colour * weight, weight 0..1.

    Push-pull: each level's colours are the mean of the known ones below, and what a level does not know comes from the
    coarser one. ``beyond`` (C - 1,) is the colour of what the level of at most ``coarsest`` cells on a side does not
    know. After Gortler et al., The Lumigraph (SIGGRAPH 1996), section 3.4.
    """
    levels = [weighted]
    while max(levels[-1].shape[:-1]) > coarsest:
        coarser = 2 ** (weighted.ndim - 1) * halved(levels[-1])
        levels.append(coarser / np.maximum(coarser[..., -1:], 1))
    known = levels.pop()
    if beyond is None:
        colours = known[..., :-1] / np.maximum(known[..., -1:], np.finfo(np.float32).tiny)
    else:
        colours = known[..., :-1] + (1 - known[..., -1:]) * beyond.astype(np.float32)
    for level in reversed(levels):
        colours = level[..., :-1] + (1 - level[..., -1:]) * _doubled(colours)[_cut(level)]
    return colours


def _cut(grid: np.ndarray) -> tuple[slice, ...]:
    return tuple(slice(side) for side in grid.shape[:-1])


def _doubled(grid: np.ndarray) -> np.ndarray:
    """Twice the resolution along each axis but the last, linear."""
    for axis in range(grid.ndim - 1):
        lines = np.moveaxis(grid, axis, 0)
        before, after = (np.concatenate(ends) for ends in ((lines[:1], lines[:-1]), (lines[1:], lines[-1:])))
        both = np.stack([0.75 * lines + 0.25 * before, 0.75 * lines + 0.25 * after], 1)
        grid = np.moveaxis(both.reshape(-1, *lines.shape[1:]), 0, axis)
    return grid


def softened(known: np.ndarray, within: np.ndarray, radius: int) -> np.ndarray:
    """(S, S) float32: the share of ``known`` around each place of ``within`` (both (S, S) bool), a mean of means."""
    layers = np.stack([known & within, within], -1).astype(np.float32)
    for _ in range(2):
        for axis in (0, 1):
            layers = _box_mean(layers, radius, axis)
    return layers[..., 0] / np.maximum(layers[..., 1], np.finfo(np.float32).tiny) * within


def widened(mask: np.ndarray, radius: int) -> np.ndarray:
    """(H, W) bool: within ``radius`` cells of the mask, along the axes and the diagonals."""
    grown = mask.astype(np.float32)
    for axis in (0, 1):
        grown = _box_mean(grown, radius, axis)
    return grown > 0.5 / (2 * radius + 1) ** 2


def _box_mean(picture: np.ndarray, radius: int, axis: int) -> np.ndarray:
    """Means of 2 radius + 1 pixels along an axis, nothing beyond the border."""
    margin = [(0, 0)] * picture.ndim
    margin[axis] = (radius + 1, radius)
    sums = np.cumsum(np.pad(picture, margin), axis, dtype=np.float64)
    length = picture.shape[axis]
    upper = np.take(sums, range(2 * radius + 1, 2 * radius + 1 + length), axis)
    return ((upper - np.take(sums, range(length), axis)) / (2 * radius + 1)).astype(np.float32)
