"""Least squares between 0 and a largest value for the frames of a clip, each tied to the frames beside it."""

from __future__ import annotations

from collections.abc import Generator, Sequence

import numpy as np

MOST_STEPS = 400
SETTLED = 1e-5  # of a score, that a step still changes
LOOK = 10  # steps between two looks at what they still change


def solving_over_time(
    gram: np.ndarray,
    right: np.ndarray,
    high: float,
    stillness: np.ndarray,
    below: Sequence[tuple[int, int]] = (),
) -> Generator[float, None, np.ndarray]:
    """The x (K, N) from 0 to ``high`` for which, summed over N frames, x' G x - 2 b' x is least.

    ``gram`` G (K, K) is positive definite, ``right`` b (K, N). ``stillness`` (K,) times |x_t - x_(t-1)|^2 counts too: a
    frame is told by those before it and those after it alike, so that nothing comes late. ``below``: pairs of rows of
    which the first is never above the second. Yields the share that is done.

    Projected gradients with momentum, begun anew where it leads uphill (Beck and Teboulle, "A fast iterative
    shrinkage-thresholding algorithm", 2009; O'Donoghue and Candes, "Adaptive restart for accelerated gradient
    schemes", 2015), each row measured by its own curvature.
    """
    scale = 1 / np.sqrt(np.diag(gram) + 2 * stillness)
    scaled, wanted = gram * np.outer(scale, scale), right * scale[:, None]
    tie = (stillness * scale**2)[:, None]
    step = 1 / np.linalg.eigvalsh(scaled + np.diag(4 * tie[:, 0]))[-1]
    x = _within(_start(gram, right, stillness) / scale[:, None], high, scale, below)
    ahead, momentum = x.copy(), np.ones(x.shape[1])
    for number in range(1, MOST_STEPS + 1):
        slope = scaled @ ahead
        slope -= wanted
        if tie.any():
            steps = tie * np.diff(ahead, axis=1)
            slope[:, :-1] -= steps
            slope[:, 1:] += steps
        following = _within(ahead - step * slope, high, scale, below)
        moved = following - x
        uphill = np.einsum("kn,kn->n", ahead - following, moved) > 0
        grown = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        ahead = following + np.where(uphill, 0.0, (momentum - 1) / grown) * moved
        momentum = np.where(uphill, 1.0, grown)
        x = following
        if number % LOOK == 0:
            yield number / MOST_STEPS
            if np.abs(moved * scale[:, None]).max() < SETTLED:
                break
    return x * scale[:, None]


def _within(x: np.ndarray, high: float, scale: np.ndarray, below: Sequence[tuple[int, int]]) -> np.ndarray:
    """What is near and keeps to the bounds, in coordinates that are the values over ``scale``. In place.

    The nearest, where no two pairs have a row in common.
    """
    for low, top in below:
        over = x[low] * scale[low] > x[top] * scale[top]
        ways = scale[[low, top]]
        level = (x[low, over] / ways[0] + x[top, over] / ways[1]) / (ways**-2).sum()
        x[low, over], x[top, over] = level / ways[0], level / ways[1]
    return np.clip(x, 0.0, high / scale[:, None], out=x)


def _start(gram: np.ndarray, right: np.ndarray, stillness: np.ndarray) -> np.ndarray:
    """Without bounds and without ties; then each row tied to itself, as stiff as it is with the others free."""
    inverse = np.linalg.inv(gram)
    found, own = np.clip(inverse @ right, 0.0, None), 1 / np.diag(inverse)
    if not stillness.any() or found.shape[1] == 1:
        return found
    there_and_back = np.fft.rfft(np.concatenate([found, found[:, ::-1]], 1))
    ties = 2 - 2 * np.cos(np.pi * np.arange(there_and_back.shape[1]) / found.shape[1])
    there_and_back *= own[:, None] / (own[:, None] + np.outer(stillness, ties))
    return np.fft.irfft(there_and_back, 2 * found.shape[1])[:, : found.shape[1]]
