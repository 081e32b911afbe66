"""Robust least squares with priors: Levenberg's and Marquardt's steps, within bounds.

A fit minimises the sum of rho(|r|) over its residuals, which are divided by their standard deviation, plus the prior's
squares: minus twice the logarithm of the posterior density. Marquardt, J. SIAM 11 (1963) 431-441; the damping
follows the ratio of gain and prediction as in Nielsen, IMM-REP-1999-05, Technical University of Denmark.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass

import numpy as np

from ...flame.evaluator import FlameEvaluator
from ...flame.model import STANDARD_DEVIATIONS
from ...flame.params import POSE_FIELDS, FlameParams
from ...flame.randomise import unmixing_of
from ...geometry.rotations import axis_angle_from_matrix
from .equations import Equations
from .linearised import CROSS, carried_rotations
from .step_layout import StepLayout
from .unknowns import Unknowns

FIRST_DAMPING = 1e-3
MOST_DAMPING = 1e8
SMALL_GAIN = 1e-4  # of the cost, where 1 is one residual of one standard deviation: smaller gains end the fit
# Standard deviations of the joints' rotation vectors, radians: neck, jaw (it hardly twists or slides), eyes.
ANGLE_SPREADS = ((np.inf,) * 3, (0.3, 0.3, 0.3), (0.3, 0.1, 0.1), (0.3, 0.3, 0.3), (0.3, 0.3, 0.3))
WEIGHT_SPREAD = 0.4  # of coefficients that go from 0 to 1
NO_EXTRAS: Mapping[str, tuple[float, float]] = {}
# Of those that people hardly show: lips shut over an open jaw, which would lengthen any face that the model has not.
SELDOM = {"mouthClose": 0.05}


@dataclass(frozen=True, eq=False)
class Prior:
    """What is likely before anything is observed.

    Coefficients are N(``mean``, ``spread``) within bounds ``least`` and ``most`` (K,), each independent of the others,
    but for those of identity where people's go together: there ``unmixing`` (S, S), None elsewhere, takes them to
    independent N(0, 1) numbers. Rotation vectors of the joints are N(0, ``angles``) (J, 3), infinite where nothing is
    known; ``extras`` (m, 2) means and spreads of the extras that ``layout`` names. ``turned`` (J, 3) are the most
    likely rotation vectors, None for none.
    """

    layout: StepLayout
    mean: np.ndarray
    spread: np.ndarray
    least: np.ndarray
    most: np.ndarray
    angles: np.ndarray
    extras: np.ndarray
    turned: np.ndarray | None = None
    unmixing: np.ndarray | None = None

    @classmethod
    def of(
        cls,
        evaluator: FlameEvaluator,
        start: FlameParams | None = None,
        extras: Mapping[str, tuple[float, float]] = NO_EXTRAS,
    ) -> Prior:
        """The model's own, about ``start``'s coefficients or zero. Movements from 0 to 1 stay within that range.

        ``extras``: mean and spread of each by name.
        """
        model = evaluator.model
        deviations = np.array([each.unit == STANDARD_DEVIATIONS for each in model.directions], bool)
        ranges = np.array([each.soft_range for each in model.directions], float).reshape(-1, 2)
        weights = np.array([SELDOM.get(each.name, WEIGHT_SPREAD) for each in model.directions])
        mean = Unknowns.of(evaluator, start or FlameParams()).coefficients
        spread = np.where(deviations, 1.0, weights)
        if model.identity_mixing is not None:
            spread[: model.n_identity] = np.linalg.norm(model.identity_mixing.astype(np.float64), axis=1)
        return cls(
            StepLayout.of(model, extras),
            mean,
            spread,
            np.where(deviations, -np.inf, np.minimum(ranges[:, 0], mean)),
            np.where(deviations, np.inf, np.maximum(ranges[:, 1], mean)),
            np.array(ANGLE_SPREADS),
            np.array(list(extras.values()), float).reshape(-1, 2),
            unmixing=unmixing_of(model),
        )

    def with_jaw(self, spread: float) -> Prior:
        """With another standard deviation of how far the mouth is open, radians."""
        angles = self.angles.copy()
        angles[POSE_FIELDS.index("jaw"), 0] = spread
        return dataclasses.replace(self, angles=angles)

    def about(self, params: FlameParams) -> Prior:
        """With the rotations of one frame as the most likely ones."""
        turned = np.stack([np.asarray(getattr(params, name), np.float64) for name in POSE_FIELDS])
        return dataclasses.replace(self, turned=turned)

    def linearise(self, unknowns: Unknowns, parents: tuple[int, ...]) -> Equations:
        """Its equations."""
        layout = self.layout
        away, precise = (self.mean - unknowns.coefficients), self.spread**-2
        diagonal, gradient = np.zeros(layout.size), np.zeros(layout.size)
        diagonal[layout.coefficients], gradient[layout.coefficients] = precise, precise * away
        if self.unmixing is not None:
            gradient[layout.identity] = self.unmixing.T @ (self.unmixing @ away[layout.identity])
        cost = float(gradient[layout.coefficients] @ away)
        if layout.extras:
            precise = self.extras[:, 1] ** -2
            away = self.extras[:, 0] - unknowns.extras
            diagonal[layout.all_extras] = precise
            gradient[layout.all_extras] = np.where(precise > 0, precise * away, 0.0)
            cost += float((precise * away * away).sum())
        square = np.diag(diagonal)
        if self.unmixing is not None:
            square[layout.identity, layout.identity] = self.unmixing.T @ self.unmixing
        vectors = axis_angle_from_matrix(unknowns.pose.rotations[0])
        off = vectors if self.turned is None else vectors - self.turned
        frames = carried_rotations(unknowns.pose.rotations, parents)[0]
        for joint, parent in enumerate(parents):
            precise = self.angles[joint] ** -2.0
            frame = frames[parent] if joint else np.eye(3)
            jacobian = _inverse_left_jacobian(vectors[joint]) @ frame.T  # d vector / d turn in space
            turn = layout.turn(joint)
            square[turn, turn] += jacobian.T @ (precise[:, None] * jacobian)
            gradient[turn] -= jacobian.T @ (precise * off[joint])
            cost += float(precise @ off[joint] ** 2)
        return Equations(cost, square, gradient)


def _inverse_left_jacobian(vector: np.ndarray) -> np.ndarray:
    """(3, 3): how a rotation vector (3,) changes when its rotation is followed by a small turn.

    Solà et al., "A micro Lie theory for state estimation in robotics", 2018, equation (146).
    """
    angle = float(np.linalg.norm(vector))
    cross = np.einsum("abc,a->bc", CROSS, vector)
    if angle < 1e-4:
        return np.eye(3) - cross / 2 + cross @ cross / 12
    factor = 1 / angle**2 - (1 + np.cos(angle)) / (2 * angle * np.sin(angle))
    return np.eye(3) - cross / 2 + factor * cross @ cross


@dataclass(frozen=True, eq=False)
class Solved:
    """Where the solver stopped, after how many iterations, and whether it had settled by then."""

    unknowns: Unknowns
    cost: float
    iterations: int
    settled: bool


def minimising(
    linearise: Callable[[Unknowns], Equations],
    start: Unknowns,
    prior: Prior,
    free: np.ndarray,
    parents: tuple[int, ...],
    most_iterations: int = 50,
) -> Generator[Unknowns, None, Solved]:
    """Minimise the cost of what was observed plus the prior's, moving the ``free`` entries of a step.

    ``linearise`` gives the equations of what was observed. Yields where it is.
    """

    def equations_at(unknowns: Unknowns) -> Equations:
        return linearise(unknowns) + prior.linearise(unknowns, parents)

    current, equations = start, equations_at(start)
    damping, growth = FIRST_DAMPING, 2.0
    for iteration in range(most_iterations):
        step, promised = damped_step(equations, current, prior, free, damping)
        if promised < SMALL_GAIN:
            return Solved(current, equations.cost, iteration, settled=True)
        candidate = current.stepped(step, parents)
        candidate_equations = equations_at(candidate)
        gain = equations.cost - candidate_equations.cost
        if gain > 0:
            damping *= max(1 / 3, 1 - (2 * gain / promised - 1) ** 3)
            current, equations, growth = candidate, candidate_equations, 2.0
            yield current
        else:
            damping, growth = damping * growth, growth * 2
            if damping > MOST_DAMPING:
                return Solved(current, equations.cost, iteration, settled=True)
    return Solved(current, equations.cost, most_iterations, settled=False)


def damped_step(
    equations: Equations, current: Unknowns, prior: Prior, free: np.ndarray, damping: float = FIRST_DAMPING
) -> tuple[np.ndarray, float]:
    """A step of the free entries that stays within the bounds, and the gain it promises.

    ``equations`` have the prior in them. Coefficients that would leave their bounds go to them, and the others' changes
    are solved again with that given.
    """
    coefficients = prior.layout.coefficients
    least = np.full(len(free), -np.inf)
    most = -least
    least[coefficients] = prior.least - current.coefficients
    most[coefficients] = prior.most - current.coefficients
    step, open_ = np.zeros(len(free)), open_entries(equations, current, prior, free)
    damped = damping * np.maximum(equations.diagonal, 1e-12)
    while open_.any():
        given = np.where(open_, 0.0, step)
        right = equations.gradient - equations.times(given) - damped * given if given.any() else equations.gradient
        step[open_] = equations.solved(right, damped, open_, coefficients)
        outside = open_ & ((step < least) | (step > most))
        if not outside.any():
            break
        step[outside] = np.clip(step, least, most)[outside]
        open_ &= ~outside
    return step, float(2 * step @ equations.gradient - step @ equations.times(step))


def open_entries(equations: Equations, current: Unknowns, prior: Prior, free: np.ndarray) -> np.ndarray:
    """(n,) bool: the free entries of a step that no bound holds. ``equations`` have the prior in them."""
    held = np.zeros(len(free), bool)
    coefficients, uphill = current.coefficients, equations.gradient[prior.layout.coefficients]
    held[prior.layout.coefficients] = ((coefficients <= prior.least) & (uphill < 0)) | (
        (coefficients >= prior.most) & (uphill > 0)
    )
    return free & ~held
