"""What a solver is told of a cost where it is: normal equations, and the rows of which they are the products."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .step_layout import StepLayout

FEW = 2 / 3  # of the unknowns: with fewer rows it is the smaller system that is solved
LEAST_BELIEF = 1e-6  # of the greatest: coefficients are told apart from what is observed where each is believed so much


@dataclass(frozen=True, eq=False)
class Equations:
    """A cost, half its second derivative ``square`` (n, n) by Gauss and Newton, minus half its ``gradient`` (n,).

    ``square`` is ``rows.T @ rows + rest``: landmarks have few ``rows`` (R, n), which need no multiplying out;
    ``rest`` (n, n) comes without any; either may be None. ``numbers`` is how many were observed, and ``squares`` the
    sum of the squares that are left of them, where a point that is off by more than Huber's limit counts as one at the
    limit; both 0 of what is believed.
    """

    cost: float
    rest: np.ndarray | None
    gradient: np.ndarray
    numbers: int = 0
    squares: float = 0.0
    rows: np.ndarray | None = None

    @classmethod
    def nothing(cls, layout: StepLayout) -> Equations:
        """Of nothing that was observed."""
        return cls(0.0, None, np.zeros(layout.size))

    def __add__(self, other: Equations) -> Equations:
        rests = [each.rest for each in (self, other) if each.rest is not None]
        rows = [each.rows for each in (self, other) if each.rows is not None]
        return Equations(
            self.cost + other.cost,
            sum(rests[1:], rests[0]) if rests else None,
            self.gradient + other.gradient,
            self.numbers + other.numbers,
            self.squares + other.squares,
            np.concatenate(rows) if rows else None,
        )

    @cached_property
    def square(self) -> np.ndarray:
        """(n, n) multiplied out."""
        rest = np.zeros((len(self.gradient),) * 2) if self.rest is None else self.rest
        return rest if self.rows is None else self.rows.T @ self.rows + rest  # of one array: half the work of two

    @cached_property
    def diagonal(self) -> np.ndarray:
        """(n,) of ``square``."""
        rest = np.zeros(len(self.gradient)) if self.rest is None else self.rest.diagonal()
        return rest if self.rows is None else np.einsum("rn,rn->n", self.rows, self.rows) + rest

    def times(self, step: np.ndarray) -> np.ndarray:
        """(n,) ``square`` times a step (n,)."""
        if self.rows is None or not self.has_few_rows:
            return np.asarray(self.square @ step)
        along = self.rows.T @ (self.rows @ step)
        return np.asarray(along if self.rest is None else along + self.rest @ step)

    @cached_property
    def has_few_rows(self) -> bool:
        """Whether there are fewer than unknowns, so that it is worth while not to multiply them out."""
        return self.rows is not None and len(self.rows) < FEW * len(self.gradient)

    def solved(self, right: np.ndarray, damping: np.ndarray, chosen: np.ndarray, coefficients: slice) -> np.ndarray:
        """The ``chosen`` entries x of (``square`` + diag ``damping``) x = ``right`` (n,), the others being zero.

        Where the rows are few and ``rest`` does not tie ``coefficients`` to anything, these are eliminated exactly in
        the space of the rows: with A their diagonal, S = 1 + R A^-1 R' is as large as there are rows (Woodbury,
        "Inverting modified matrices", Princeton University, Memorandum Report 42, 1950), and what is left is the pose.
        """
        alone = np.zeros(len(right), bool)
        alone[coefficients] = chosen[coefficients]
        others = chosen & ~alone
        if self.rows is None or self.rest is None or not (self.has_few_rows and _independent(self.rest, coefficients)):
            square = self.square if chosen.all() else self.square[np.ix_(chosen, chosen)]
            return np.linalg.solve(square + np.diag(damping[chosen]), right[chosen])
        rows, own = self.rows[:, alone], self.rows[:, others]
        precise = self.rest.diagonal()[alone] + damping[alone]
        scaled = rows / np.sqrt(precise)
        inner = scaled @ scaled.T
        inner[np.diag_indices_from(inner)] += 1.0
        seen = rows @ (right[alone] / precise)
        answer = np.linalg.solve(inner, np.column_stack([own, seen]))
        left = own.T @ answer[:, :-1] + self.rest[np.ix_(others, others)] + np.diag(damping[others])
        found = np.zeros(len(right))
        found[others] = np.linalg.solve(left, right[others] - own.T @ answer[:, -1])
        # answer's last column less its others times the pose: what of the rows the coefficients are to explain
        explained = answer[:, -1] + answer[:, :-1] @ found[others]
        found[alone] = (right[alone] - rows.T @ explained) / precise
        return found[chosen]


def _independent(rest: np.ndarray, coefficients: slice) -> bool:
    """Whether ``coefficients`` stand on the diagonal of ``rest`` (n, n) alone, none of them near zero."""
    diagonal = rest.diagonal()[coefficients]
    if not len(diagonal) or diagonal.min() <= LEAST_BELIEF * diagonal.max():
        return False
    return int(np.count_nonzero(rest[coefficients])) == len(diagonal)


def normal_equations(
    residuals: np.ndarray, jacobian: np.ndarray, weights: np.ndarray, huber: float = np.inf
) -> Equations:
    """Of ``residuals`` (P, R), in standard deviations; ``jacobian`` (P, R, n) says how what was fitted moves.

    A residual is what was observed minus what was fitted. ``weights`` (P,). Points off by more than ``huber`` standard
    deviations count linearly (Huber, Annals of Mathematical Statistics 35 (1964) 73-101).
    """
    off = np.linalg.norm(residuals, axis=1)
    far = off > huber
    squares = np.where(far, 2 * huber * off - huber * huber, off * off) if np.isfinite(huber) else off * off
    robust_weights = weights * np.where(far, huber / np.maximum(off, 1e-30), 1.0) if np.isfinite(huber) else weights
    roots = np.sqrt(robust_weights)[:, None]
    scaled = (jacobian * roots[..., None].astype(np.float64)).reshape(-1, jacobian.shape[2])
    few = len(scaled) < FEW * jacobian.shape[2]
    return Equations(
        float(weights @ squares),
        None if few else scaled.T @ scaled,
        scaled.T @ (residuals * roots).reshape(-1),
        int(np.count_nonzero(weights)) * residuals.shape[1],
        float(weights @ np.minimum(off, huber) ** 2),
        scaled if few else None,
    )
