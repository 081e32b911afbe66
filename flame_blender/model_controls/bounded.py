"""Least squares within bounds, for many right sides at once."""

from __future__ import annotations

import numpy as np

MOST_SWEEPS = 400
SETTLED = 1e-7  # of a coefficient


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
