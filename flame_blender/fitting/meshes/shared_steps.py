"""Steps of frames that have some entries in common, and others of their own that stay within bounds."""

from __future__ import annotations

import numpy as np


def closed(square: np.ndarray, gradient: np.ndarray, n_shared: int, least: np.ndarray, most: np.ndarray) -> np.ndarray:
    """(n, k, n_shared + 1): how each frame's own entries answer to the shared ones, and what they are without them.

    An entry at a bound that the gradient drives against stays there; ``square`` and ``gradient`` are changed to say so.
    """
    own = gradient[:, n_shared:]
    shut = ((least >= 0) & (own <= 0)) | ((most <= 0) & (own >= 0))
    if shut.any():
        own[shut] = 0.0
        square[:, n_shared:][shut] = 0.0
        np.swapaxes(square, 1, 2)[:, n_shared:][shut] = 0.0
        frames, entries = np.nonzero(shut)
        square[frames, n_shared + entries, n_shared + entries] = 1.0
    return np.linalg.solve(
        square[:, n_shared:, n_shared:], np.concatenate([square[:, n_shared:, :n_shared], own[..., None]], -1)
    )


def reduced(square: np.ndarray, gradient: np.ndarray, solved: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(m, m) and (m,): the equations of the m shared entries, once each frame's own are ``solved`` (n, k, m + 1)."""
    n_shared = solved.shape[2] - 1
    beside = square[:, n_shared:, :n_shared]
    matrix = square[:, :n_shared, :n_shared].sum(0) - np.tensordot(beside, solved[..., :-1], ((0, 1), (0, 1)))
    return matrix, gradient[:, :n_shared].sum(0) - np.tensordot(beside, solved[..., -1], ((0, 1), (0, 1)))


def within(square: np.ndarray, gradient: np.ndarray, least: np.ndarray, most: np.ndarray) -> np.ndarray:
    """(n, k) steps within their bounds: entries that would leave them go to them, and the others are solved again."""
    open_ = ~(((least >= 0) & (gradient <= 0)) | ((most <= 0) & (gradient >= 0)))
    step = np.zeros(gradient.shape)
    while True:
        wanted = np.where(open_, gradient - (square @ step[..., None])[..., 0], 0.0)
        masked = square * (open_[:, :, None] & open_[:, None, :])
        diagonal = np.arange(square.shape[1])
        masked[:, diagonal, diagonal] += ~open_
        solved = np.where(open_, np.linalg.solve(masked, wanted[..., None])[..., 0], step)
        outside = open_ & ((solved < least) | (solved > most))
        if not outside.any():
            return solved
        step = np.where(outside, np.clip(solved, least, most), step)
        open_ = open_ & ~outside
