"""How noisy observations are, and how sure what was fitted to them is: told by what is left over.

The noise is the likeliest one once everything that was fitted is integrated out, by Laplace's approximation about the
fit: the evidence of MacKay, "Bayesian interpolation", Neural Computation 4 (1992) 415-447, section 4. It knows that n
numbers with k well-fitted unknowns leave n - k over, and that unknowns that only the prior holds fit nothing, so exact
points tell that they are exact although there are more unknowns than points. Mistakes do not raise it much, since
residuals are bounded (Huber's proposal 2: Robust Statistics, 1981, section 6.7).
"""

from __future__ import annotations

import numpy as np

from .equations import Equations
from .least_squares import Prior, open_entries
from .unknowns import Unknowns

TRIED = 200  # factors, evenly in their logarithm
RIDGE = 1e-9  # of what neither observations nor the prior tell


def likeliest_factor(
    measured: Equations,
    believed: Equations,
    unknowns: Unknowns,
    prior: Prior,
    free: np.ndarray,
    bounds: tuple[float, float],
) -> float:
    """What the noise that ``measured`` was divided by should be multiplied by, within ``bounds`` (least, most).

    ``believed`` are the equations of all that does not depend on the noise, the prior and what holds a head; ``free``
    (n,) bool the entries of a step that were fitted, until they settled or nearly.
    """
    factors = np.geomspace(*bounds, TRIED)
    if not measured.numbers:
        return float(factors[-1])
    chosen = open_entries(measured + believed, unknowns, prior, free)
    fractions, directions = _observed_fractions(measured, believed, chosen)
    by_data, by_belief = directions @ measured.gradient[chosen], directions @ believed.gradient[chosen]
    # Along these directions the observations' precision is fractions / factor^2 and the belief's 1 - fractions.
    squared = factors[:, None] ** 2
    precision = fractions / squared + (1 - fractions)
    gradient = by_data / squared + by_belief
    left = measured.squares / squared[:, 0] - (gradient**2 / precision).sum(1)
    log_evidence = -(measured.numbers * np.log(squared[:, 0]) + np.log(precision).sum(1) + left) / 2
    return float(factors[log_evidence.argmax()])


def _observed_fractions(measured: Equations, believed: Equations, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What part of each direction's precision is the observations' (k,), and scaled directions (k, k), one a row."""
    some = np.ix_(chosen, chosen)
    both = measured.square[some] + believed.square[some]
    both[np.diag_indices_from(both)] *= 1 + RIDGE
    both[np.diag_indices_from(both)] += RIDGE
    half = np.linalg.inv(np.linalg.cholesky(both))
    fractions, directions = np.linalg.eigh(half @ measured.square[some] @ half.T)
    return np.clip(fractions, 0.0, 1.0), directions.T @ half


def deviation_of(entry: int, both: Equations, unknowns: Unknowns, prior: Prior, free: np.ndarray) -> float:
    """The standard deviation of one entry of a step, all others unknown as well; ``both`` has the prior in it."""
    chosen = open_entries(both, unknowns, prior, free)
    chosen[entry] = True
    square = both.square[np.ix_(chosen, chosen)]
    unit = np.zeros(len(square))
    unit[np.count_nonzero(chosen[:entry])] = 1.0
    square = square + RIDGE * np.diag(1 + square.diagonal())
    return float(np.sqrt(unit @ np.linalg.solve(square, unit)))
