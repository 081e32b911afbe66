"""Least squares within bounds, for many right sides at once."""

from __future__ import annotations

import numpy as np

MOST_SWEEPS = 400
SETTLED = 1e-7  # of a coefficient
MOST_EXCHANGES = 60  # between what is free and what is at a bound
PENALTY, MOST_STEPS, ENOUGH = 3.0, 25, 1e-5  # what a row counts that lacks something; rounds; of what it may still lack


def bounded_least_squares(gram: np.ndarray, right: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """The x (K, D) within ``low`` and ``high`` (K, D) for which x' G x - 2 b' x is least, each column for itself.

    ``gram`` G (K, K) is positive definite, ``right`` b (K, D). Coordinate descent: each coefficient in turn is set to
    what is best for it while the others stand, which ends in the one minimum (Tseng, "Convergence of a block coordinate
    descent method for nondifferentiable minimization", 2001).
    """
    x = np.clip(np.linalg.solve(gram, right), low, high)
    diagonal = np.diag(gram)
    for _ in range(MOST_SWEEPS):
        before = x.copy()
        for row, own in enumerate(diagonal):
            best = x[row] + (right[row] - gram[row] @ x) / own
            x[row] = np.clip(best, low[row], high[row])
        if np.abs(x - before).max(initial=0.0) < SETTLED:
            break
    return x


def bounded_beyond(
    gram: np.ndarray, right: np.ndarray, low: np.ndarray, high: np.ndarray, rows: np.ndarray, least: np.ndarray
) -> np.ndarray:
    """The x (K,) of :func:`bounded_least_squares`, of one column, for which ``rows`` (P, K) @ x >= ``least`` (P,) too.

    By augmented Lagrangians (Hestenes, "Multiplier and gradient methods", 1969; Powell, 1969). Where no such x lies
    within the bounds, little is lacking in the sum of squares.
    """
    x = _exchanged(gram, right[:, 0], low[:, 0], high[:, 0])
    forces = np.zeros(len(rows))
    for _ in range(MOST_STEPS):
        lacking = least - rows @ x
        if np.abs(np.maximum(lacking, -forces / PENALTY)).max(initial=0.0) < ENOUGH:
            break
        at_work = lacking + forces / PENALTY > 0
        for _ in range(MOST_STEPS):
            some = rows[at_work]
            pulled = right[:, 0] + some.T @ (PENALTY * least[at_work] + forces[at_work])
            x = _exchanged(gram + PENALTY * some.T @ some, pulled, low[:, 0], high[:, 0])
            before, at_work = at_work, least - rows @ x + forces / PENALTY > 0
            if np.array_equal(before, at_work):
                break
        forces = np.maximum(forces + PENALTY * (least - rows @ x), 0.0)
    return x


def _exchanged(gram: np.ndarray, right: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """The x (K,) of :func:`bounded_least_squares`, for one column that rows make slow to sweep.

    What would leave its bounds is put at them and what would return is freed, all at once (Portugal, Judice and
    Vicente, "A comparison of block pivoting and interior-point algorithms for linear least squares", 1994).
    """
    at = np.zeros(len(right), int)  # -1 for what is at the lower bound, 1 at the upper one
    for _ in range(MOST_EXCHANGES):
        free = at == 0
        x = np.where(at < 0, low, high)
        x[free] = np.linalg.solve(gram[np.ix_(free, free)], right[free] - gram[np.ix_(free, ~free)] @ x[~free])
        slope = gram @ x - right
        there = np.where(free, (x > high).astype(int) - (x < low), np.where(at * slope > 0, 0, at))
        if np.array_equal(there, at):
            return x
        at = there
    return bounded_least_squares(gram, right[:, None], low[:, None], high[:, None])[:, 0]
