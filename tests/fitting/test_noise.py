"""The noise that residuals tell: against the whole likelihood of linear observations, and when there are mistakes."""

from __future__ import annotations

import numpy as np
import pytest

from flame_blender.fitting.solver.equations import Equations, normal_equations
from flame_blender.fitting.solver.least_squares import Prior
from flame_blender.fitting.solver.linearised import Pose
from flame_blender.fitting.solver.noise import deviation_of, likeliest_factor
from flame_blender.fitting.solver.step_layout import StepLayout
from flame_blender.fitting.solver.unknowns import Unknowns

POINTS, BOUNDS = 60, (1e-3, 1e2)


class Linear:
    """``POINTS`` points in the plane, linear in ``count`` unknowns drawn from N(0, 1), off by ``noise``."""

    def __init__(self, rng: np.random.Generator, count: int, noise: float) -> None:
        falling = 1 / np.sqrt(1 + np.arange(count))
        self.jacobian = (rng.standard_normal((2 * POINTS, count)) * falling).astype(np.float32).astype(np.float64)
        self.prior = Prior(
            StepLayout(count, 0, 0), np.zeros(count), np.ones(count), np.full(count, -np.inf), np.full(count, np.inf),
            np.zeros((0, 3)), np.zeros((0, 2)),
        )  # fmt: skip
        truth = rng.standard_normal(count)
        self.measured = self.jacobian @ truth + noise * rng.standard_normal(2 * POINTS)
        self.count = count

    def log_evidence(self, noise: float) -> float:
        """The logarithm of the observations' density, up to a constant."""
        covariance = noise**2 * np.eye(2 * POINTS) + self.jacobian @ self.jacobian.T
        return -float(np.linalg.slogdet(covariance)[1] + self.measured @ np.linalg.solve(covariance, self.measured)) / 2

    def at(self, values: np.ndarray, noise: float, huber: float = np.inf) -> tuple[Equations, Equations, Unknowns]:
        """What is seen and what is believed there."""
        residuals = ((self.measured - self.jacobian @ values) / noise).reshape(POINTS, 2)
        jacobian = (self.jacobian / noise).reshape(POINTS, 2, -1)
        believed = Equations(float(values @ values), np.eye(self.count), -values)
        unknowns = Unknowns(self.prior.layout, values, Pose(np.zeros((1, 0, 3, 3)), np.zeros((1, 3))), np.zeros(0))
        return normal_equations(residuals, jacobian, np.ones(POINTS), huber), believed, unknowns


@pytest.mark.parametrize("count", [1, 30, 119, 400])
@pytest.mark.parametrize("noise", [0.01, 1.0])
def test_the_likeliest_noise_of_linear_observations(count: int, noise: float) -> None:
    """As the density of what was observed has it, from wherever it is looked at; near the truth where points tell it.

    400 unknowns for 120 numbers: what only the prior holds fits nothing.
    """
    rng = np.random.default_rng(count)
    problem, guess = Linear(rng, count, noise), 0.3
    free = np.ones(count, bool)
    for values in (np.zeros(count), rng.standard_normal(count)):
        measured, believed, unknowns = problem.at(values, guess)
        found = guess * likeliest_factor(measured, believed, unknowns, problem.prior, free, BOUNDS)
        tried = np.geomspace(BOUNDS[0] * guess, BOUNDS[1] * guess, 200)
        best = tried[np.argmax([problem.log_evidence(each) for each in tried])]
        assert found == pytest.approx(best, rel=0.07), "a step of those that are tried"
    if count < 100:
        assert found == pytest.approx(noise, rel=0.3)


def test_it_stays_within_its_bounds_and_only_what_was_free_counts() -> None:
    rng = np.random.default_rng(0)
    problem = Linear(rng, 20, 0.5)
    measured, believed, unknowns = problem.at(np.zeros(20), 1.0)
    everything, nothing = np.ones(20, bool), np.zeros(20, bool)
    for bounds in ((2.0, 3.0), (1e-3, 1e-2)):
        found = likeliest_factor(measured, believed, unknowns, problem.prior, everything, bounds)
        assert found == pytest.approx(bounds[0] if bounds[0] > 1 else bounds[1])
    spread = np.sqrt((problem.measured**2).mean())
    found = likeliest_factor(measured, believed, unknowns, problem.prior, nothing, BOUNDS)
    assert found == pytest.approx(spread, rel=0.05)


def test_mistakes_hardly_raise_it() -> None:
    """Three of sixty points far off."""
    rng = np.random.default_rng(3)
    problem = Linear(rng, 10, 0.1)
    problem.measured[[0, 40, 81]] += 20.0
    free, values, noise = np.ones(10, bool), np.zeros(10), 10.0
    for _ in range(25):
        for _ in range(30):
            measured, believed, unknowns = problem.at(values, noise, 4.0)
            values = values + np.linalg.solve(measured.square + believed.square, measured.gradient + believed.gradient)
        noise *= likeliest_factor(measured, believed, unknowns, problem.prior, free, BOUNDS)
    assert 0.08 < noise < 0.16


def test_how_sure_an_unknown_is() -> None:
    """The posterior's variance, in closed form; the prior's for what nothing tells of."""
    problem = Linear(np.random.default_rng(5), 8, 0.2)
    problem.jacobian[:, 6] = 0
    measured, believed, unknowns = problem.at(np.zeros(8), 0.2)
    free = np.ones(8, bool)
    free[1] = False
    kept = problem.jacobian[:, free]
    expected = np.linalg.inv(kept.T @ kept / 0.2**2 + np.eye(7)).diagonal() ** 0.5
    for entry, deviation in zip(np.flatnonzero(free), expected, strict=True):
        found = deviation_of(entry, measured + believed, unknowns, problem.prior, free)
        assert found == pytest.approx(deviation, rel=1e-5)
    assert deviation_of(6, measured + believed, unknowns, problem.prior, free) == pytest.approx(1)
