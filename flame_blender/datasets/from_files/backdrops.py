"""A picture behind a head: cropped so that it covers the sample, and laid behind what was rendered."""

from __future__ import annotations

import numpy as np


def covering(picture: np.ndarray, width: int, height: int) -> np.ndarray:
    """(height, width, k) float64 of a picture (H, W, k): the largest part of its middle of that shape, resized.

    Each pixel is the mean of the area that it covers, so that a large picture is not jagged.
    """
    rows, columns = picture.shape[:2]
    scale = min(rows / height, columns / width)
    down = _means(np.asarray(picture, np.float64), (rows - scale * height) / 2, scale, height)
    across: np.ndarray = _means(down.swapaxes(0, 1), (columns - scale * width) / 2, scale, width).swapaxes(0, 1)
    return across


def laid_behind(rendered: np.ndarray, backdrop: np.ndarray) -> np.ndarray:
    """(H, W, 3) float64: what was rendered (H, W, 4), the last its share of a pixel, before a picture (H, W, 3)."""
    share = rendered[..., 3:]
    found: np.ndarray = share * rendered[..., :3] + (1 - share) * backdrop
    return found


def _means(values: np.ndarray, first: float, step: float, count: int) -> np.ndarray:
    """(count, ...) means of ``values`` (n, ...) over the intervals of length ``step`` from ``first`` on."""
    n = len(values)
    sums = np.concatenate([np.zeros((1, *values.shape[1:])), values.cumsum(0)])
    ends = np.clip(first + step * np.arange(count + 1), 0, n)
    below = np.minimum(ends.astype(np.int64), n - 1)
    share = (ends - below).reshape(-1, *[1] * (values.ndim - 1))
    reached = sums[below] + share * values[below]
    means: np.ndarray = np.diff(reached, axis=0) / step
    return means
