"""What a fit's coefficients tell of it: how large they are, and whether a person's would be.

Coefficients of people are drawn from N(0, 1). Of hundreds the largest stays below LARGEST_OF_PEOPLE, and the root mean
square of those that the fit settles near 1; where they do not, the fit answers to something else than a face.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...flame.model import STANDARD_DEVIATIONS, FlameModel
from ..solver.equations import Equations
from ..solver.least_squares import Prior
from ..solver.unknowns import Unknowns

LARGEST_OF_PEOPLE = 4.5  # standard deviations: one of 400 coefficients is larger in 1 of 370 people
SPREAD_OF_PEOPLE = 1.7  # root mean square of what is settled: heads of the model have 0.9 to 1.2, real ones up to 1.6
ONE_IN_A_THOUSAND = 3.09  # standard deviations
DOUBTFUL = "Doubtful: "


@dataclass(frozen=True)
class CoefficientSizes:
    """Of coefficients in standard deviations: the ``largest`` by size, with its sign and ``name``.

    ``root_mean_square`` is over those that the fit ``settled``, which is how many (a part of a coefficient counts).
    """

    largest: float
    name: str
    root_mean_square: float
    settled: float

    def summary(self) -> str:
        """One line for a person."""
        return (
            f"Coefficients: largest {self.largest:.2g} ({self.name}), root mean square {self.root_mean_square:.2g} of "
            f"{self.settled:.0f} settled."
        )

    def doubts(self) -> tuple[str, ...]:
        """What is not a person's, each as a sentence that begins with DOUBTFUL."""
        reasons = []
        if abs(self.largest) > LARGEST_OF_PEOPLE:
            reasons.append(
                f"{self.name} is at {self.largest:.2g} deviations, people stay within {LARGEST_OF_PEOPLE:g}: look "
                "whether the head is right."
            )
        if self.root_mean_square > max(SPREAD_OF_PEOPLE, self._largest_spread()):
            reasons.append(
                f"the coefficients are {self.root_mean_square:.2g} times as large as people's: look whether the head "
                "is right."
            )
        return doubtful(reasons)

    def _largest_spread(self) -> float:
        """What one person in a thousand exceeds where so few are settled.

        The quantile of chi-squared by Wilson and Hilferty, PNAS 17 (1931) 684-688.
        """
        variance = 2 / (9 * max(self.settled, 1.0))
        return float((1 - variance + ONE_IN_A_THOUSAND * variance**0.5) ** 1.5)

    def notes(self) -> tuple[str, ...]:
        """Both, for a fit's report."""
        return (self.summary(), *self.doubts())

    def as_dict(self) -> dict[str, Any]:
        """For a JSON file."""
        return {
            "largest": self.largest,
            "largest_name": self.name,
            "root_mean_square": self.root_mean_square,
            "settled": self.settled,
        }


def doubtful(reasons: Iterable[str]) -> tuple[str, ...]:
    """Reasons to doubt a fit, as the lines of a report that a person looks for."""
    return tuple(DOUBTFUL + reason for reason in reasons)


def coefficient_sizes(
    model: FlameModel, coefficients: np.ndarray, settled: np.ndarray | None = None
) -> CoefficientSizes:
    """Of ``coefficients`` (K,), identity and then expression; movements from 0 to 1 do not count.

    ``settled`` (K,) is how much of each was observed, 1 for all where everything was; see :func:`settled_fractions`.
    """
    in_deviations = np.array([each.unit == STANDARD_DEVIATIONS for each in model.directions], bool)
    indices = np.flatnonzero(in_deviations)
    if not len(indices):
        return CoefficientSizes(0.0, "none", 0.0, 0.0)
    values = np.asarray(coefficients, np.float64)[indices]
    count = float(len(indices) if settled is None else settled[indices].sum())
    largest = int(np.abs(values).argmax())
    spread = float(np.sqrt(values @ values / max(count, 1.0)))
    return CoefficientSizes(float(values[largest]), model.directions[indices[largest]].name, spread, count)


def settled_fractions(
    observed: Equations, prior: Prior, unknowns: Unknowns, parents: tuple[int, ...], free: np.ndarray
) -> np.ndarray:
    """(K,) 0 to 1: how much of each coefficient's variance what was ``observed`` takes away; 0 for those not ``free``.

    The data's share in their precision (MacKay, "Bayesian interpolation", Neural Computation 4 (1992) 415-447).
    """
    both = (observed.square + prior.linearise(unknowns, parents).square)[np.ix_(free, free)]
    variances, chosen = np.zeros(len(free)), free[prior.layout.coefficients]
    variances[free] = np.linalg.inv(both + 1e-9 * np.eye(len(both))).diagonal()
    left = variances[prior.layout.coefficients] / prior.spread**2
    return np.where(chosen, np.clip(1 - left, 0.0, 1.0), 0.0)
