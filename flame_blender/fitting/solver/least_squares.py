"""Robust least squares with priors: Levenberg's and Marquardt's steps, within bounds.

A fit minimises the sum of rho(|r|) over its residuals, which are divided by their standard deviation, plus the prior's
squares: minus twice the logarithm of the posterior density. Marquardt, J. SIAM 11 (1963) 431-441; the damping
follows the ratio of gain and prediction as in Nielsen, IMM-REP-1999-05, Technical University of Denmark.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Generator
from dataclasses import dataclass

import numpy as np

from ...flame.evaluator import FlameEvaluator
from ...flame.model import STANDARD_DEVIATIONS
from ...flame.params import POSE_FIELDS, FlameParams
from ...geometry.rotations import axis_angle_from_matrix
from .linearised import CROSS, carried_rotations
from .unknowns import Unknowns

FIRST_DAMPING = 1e-3
MOST_DAMPING = 1e8
SMALL_GAIN = 1e-4  # of the cost, where 1 is one residual of one standard deviation: smaller gains end the fit
# Standard deviations of the joints' rotation vectors, radians: neck, jaw (it hardly twists or slides), eyes.
ANGLE_SPREADS = ((np.inf,) * 3, (0.3, 0.3, 0.3), (0.3, 0.1, 0.1), (0.3, 0.3, 0.3), (0.3, 0.3, 0.3))
WEIGHT_SPREAD = 0.4  # of coefficients that go from 0 to 1
# Of those that people hardly show: lips shut over an open jaw, which would lengthen any face that the model has not.
SELDOM = {"mouthClose": 0.05}


@dataclass(frozen=True, eq=False)
class Equations:
    """A cost, half its second derivative ``square`` (n, n) by Gauss and Newton, minus half its ``gradient`` (n,).

    ``numbers`` is how many were observed, and ``squares`` the sum of the squares that are left of them, where a point
    that is off by more than Huber's limit counts as one at the limit; both 0 of what is believed.
    """

    cost: float
    square: np.ndarray
    gradient: np.ndarray
    numbers: int = 0
    squares: float = 0.0

    def __add__(self, other: Equations) -> Equations:
        return Equations(
            self.cost + other.cost,
            self.square + other.square,
            self.gradient + other.gradient,
            self.numbers + other.numbers,
            self.squares + other.squares,
        )


def equations(residuals: np.ndarray, rows: np.ndarray, weights: np.ndarray, huber: float = np.inf) -> Equations:
    """Of ``residuals`` (P, R), in standard deviations, whose points' ``rows`` (P, R, n) say how what was fitted moves.

    A residual is what was observed minus what was fitted. ``weights`` (P,). Points off by more than ``huber`` standard
    deviations count linearly (Huber, Annals of Mathematical Statistics 35 (1964) 73-101).
    """
    off = np.linalg.norm(residuals, axis=1)
    far = off > huber
    squares = np.where(far, 2 * huber * off - huber * huber, off * off) if np.isfinite(huber) else off * off
    shares = weights * np.where(far, huber / np.maximum(off, 1e-30), 1.0) if np.isfinite(huber) else weights
    flat = rows.reshape(-1, rows.shape[2]).astype(np.float64)
    scaled = flat * np.repeat(shares, residuals.shape[1])[:, None]
    return Equations(
        float(weights @ squares),
        scaled.T @ flat,
        scaled.T @ residuals.reshape(-1),
        int(np.count_nonzero(weights)) * residuals.shape[1],
        float(weights @ np.minimum(off, huber) ** 2),
    )


@dataclass(frozen=True, eq=False)
class Prior:
    """What is likely before anything is observed.

    Coefficients are independent N(``mean``, ``spread``) within bounds ``least`` and ``most`` (K,); rotation vectors of
    the joints N(0, ``angles``) (J, 3), infinite where nothing is known; ``further`` (m, 2) means and spreads of further
    numbers.
    """

    mean: np.ndarray
    spread: np.ndarray
    least: np.ndarray
    most: np.ndarray
    angles: np.ndarray
    further: np.ndarray

    @classmethod
    def of(cls, evaluator: FlameEvaluator, start: FlameParams | None = None, further: tuple = ()) -> Prior:
        """The model's own, about ``start``'s coefficients or zero. Movements from 0 to 1 stay within that range."""
        model = evaluator.model
        deviations = np.array([each.unit == STANDARD_DEVIATIONS for each in model.directions], bool)
        ranges = np.array([each.soft_range for each in model.directions], float).reshape(-1, 2)
        weights = np.array([SELDOM.get(each.name, WEIGHT_SPREAD) for each in model.directions])
        mean = Unknowns.of(evaluator, start or FlameParams()).coefficients
        return cls(
            mean,
            np.where(deviations, 1.0, weights),
            np.where(deviations, -np.inf, np.minimum(ranges[:, 0], mean)),
            np.where(deviations, np.inf, np.maximum(ranges[:, 1], mean)),
            np.array(ANGLE_SPREADS),
            np.array(further, float).reshape(-1, 2),
        )

    def with_jaw(self, spread: float) -> Prior:
        """With another standard deviation of how far the mouth is open, radians."""
        angles = self.angles.copy()
        angles[POSE_FIELDS.index("jaw"), 0] = spread
        return dataclasses.replace(self, angles=angles)

    def look(self, unknowns: Unknowns, parents: tuple[int, ...]) -> Equations:
        """Its equations."""
        n_coefficients = len(self.mean)
        n_steps = n_coefficients + 3 * len(parents) + 3 + len(self.further)
        away, precise = (self.mean - unknowns.coefficients), self.spread**-2
        diagonal, gradient = np.zeros(n_steps), np.zeros(n_steps)
        diagonal[:n_coefficients], gradient[:n_coefficients] = precise, precise * away
        cost = float(precise @ away**2)
        if len(self.further):
            precise = self.further[:, 1] ** -2
            away = self.further[:, 0] - unknowns.further
            diagonal[-len(precise) :], gradient[-len(precise) :] = precise, np.where(precise > 0, precise * away, 0.0)
            cost += float((precise * away * away).sum())
        square = np.diag(diagonal)
        vectors = axis_angle_from_matrix(unknowns.pose.rotations[0])
        frames = carried_rotations(unknowns.pose.rotations, parents)[0]
        for joint, parent in enumerate(parents):
            precise = self.angles[joint] ** -2.0
            frame = frames[parent] if joint else np.eye(3)
            rows = _inverse_left_jacobian(vectors[joint]) @ frame.T  # d vector / d turn in space
            place = slice(n_coefficients + 3 * joint, n_coefficients + 3 * joint + 3)
            square[place, place] += rows.T @ (precise[:, None] * rows)
            gradient[place] -= rows.T @ (precise * vectors[joint])
            cost += float(precise @ vectors[joint] ** 2)
        return Equations(cost, square, gradient)


def _inverse_left_jacobian(vector: np.ndarray) -> np.ndarray:
    """(3, 3): how a rotation vector (3,) changes when its rotation is followed by a small turn.

    Solà et al., "A micro Lie theory for state estimation in robotics", 2018, equation (146).
    """
    angle = float(np.linalg.norm(vector))
    cross = np.einsum("abc,a->bc", CROSS, vector)
    if angle < 1e-4:
        return np.eye(3) - cross / 2 + cross @ cross / 12
    share = 1 / angle**2 - (1 + np.cos(angle)) / (2 * angle * np.sin(angle))
    return np.eye(3) - cross / 2 + share * cross @ cross


@dataclass(frozen=True, eq=False)
class Solved:
    """Where the solver stopped, how many steps it took, and whether it had settled by then."""

    unknowns: Unknowns
    cost: float
    steps: int
    settled: bool


def minimising(
    look: Callable[[Unknowns], Equations],
    start: Unknowns,
    prior: Prior,
    free: np.ndarray,
    parents: tuple[int, ...],
    most_steps: int = 50,
) -> Generator[Unknowns, None, Solved]:
    """Minimise ``look``'s cost plus the prior's, moving the ``free`` entries of a step; yields where it is.

    ``look`` gives the equations of what was observed.
    """

    def equations_at(unknowns: Unknowns) -> Equations:
        return look(unknowns) + prior.look(unknowns, parents)

    now, here = start, equations_at(start)
    damping, growth = FIRST_DAMPING, 2.0
    for step in range(most_steps):
        steps, promised = damped_step(here, now, prior, free, damping)
        if promised < SMALL_GAIN:
            return Solved(now, here.cost, step, settled=True)
        then = now.stepped(steps, parents)
        there = equations_at(then)
        gain = here.cost - there.cost
        if gain > 0:
            damping *= max(1 / 3, 1 - (2 * gain / promised - 1) ** 3)
            now, here, growth = then, there, 2.0
            yield now
        else:
            damping, growth = damping * growth, growth * 2
            if damping > MOST_DAMPING:
                return Solved(now, here.cost, step, settled=True)
    return Solved(now, here.cost, most_steps, settled=False)


def damped_step(
    here: Equations, now: Unknowns, prior: Prior, free: np.ndarray, damping: float = FIRST_DAMPING
) -> tuple[np.ndarray, float]:
    """A step of the free entries that stays within the bounds, and the gain it promises. ``here`` has the prior in it.

    Coefficients that would leave their bounds go to them, and the others' steps are solved again with that given.
    """
    n_coefficients = len(prior.mean)
    least = np.full(len(free), -np.inf)
    most = -least
    least[:n_coefficients] = prior.least - now.coefficients
    most[:n_coefficients] = prior.most - now.coefficients
    steps, open_ = np.zeros(len(free)), open_entries(here, now, prior, free)
    damped = here.square + np.diag(damping * np.maximum(here.square.diagonal(), 1e-12))
    while open_.any():
        given = here.gradient[open_] - damped[np.ix_(open_, ~open_)] @ steps[~open_]
        steps[open_] = np.linalg.solve(damped[np.ix_(open_, open_)], given)
        outside = open_ & ((steps < least) | (steps > most))
        if not outside.any():
            break
        steps[outside] = np.clip(steps, least, most)[outside]
        open_ &= ~outside
    return steps, float(2 * steps @ here.gradient - steps @ here.square @ steps)


def open_entries(here: Equations, now: Unknowns, prior: Prior, free: np.ndarray) -> np.ndarray:
    """(n,) bool: the free entries of a step that no bound holds. ``here`` has the prior in it."""
    held = np.zeros(len(free), bool)
    coefficients, uphill = now.coefficients, here.gradient[: len(prior.mean)]
    held[: len(coefficients)] = ((coefficients <= prior.least) & (uphill < 0)) | (
        (coefficients >= prior.most) & (uphill > 0)
    )
    return free & ~held
