"""Solving from rough to fine: observations are first taken for as noisy as they are off, then for finer and finer.

So nothing counts as an outlier before the head has come near it, and what many observations tell is settled before what
few do (as in graduated non-convexity: Blake and Zisserman, Visual Reconstruction, 1987).
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Generator, Iterable
from typing import Protocol, Self, TypeVar

import numpy as np

from ...flame.evaluator import FlameEvaluator
from ...long_work import mapped
from .equations import Equations
from .least_squares import Prior, Solved, minimising
from .noise import likeliest_factor
from .preview import Preview
from .unknowns import Unknowns, free_entries

FINER = 4.0  # noise from one round to the next
MOST_ITERATIONS = 60  # of a round
LAST_SLIDES = 3  # a contour may slide to and fro between two rows that each fit better from the other
RIGID = ("global_rotation", "translation")
NOISE_BOUNDS = (0.02, 5.0)  # of an annotator's: that of exact points, and what nobody would call landmarks
NOISE_ROUNDS, SAME_NOISE = 8, 0.1  # rounds at most; a logarithm that ends them
ITERATIONS_AT_HALF = 10  # nobody knows how many there will be: so many count as half the work


class Observation(Protocol):
    """Something that was observed of a head. It never changes: what becomes of it during a fit is another one."""

    def linearise(self, unknowns: Unknowns) -> Equations:
        """The equations of the solver."""

    def linearise_measured(self, unknowns: Unknowns) -> Equations:
        """Those of them that depend on the noise."""

    def linearise_held(self, unknowns: Unknowns) -> Equations:
        """The others."""

    def weighed(self, unknowns: Unknowns, factor: float) -> Self:
        """The same with the noise that it has there, times ``factor``, wherever it is looked at."""

    def misfit(self, unknowns: Unknowns) -> float:
        """Root mean square of what is left over, in standard deviations."""

    def slid(self, unknowns: Unknowns) -> Self:
        """With the points that depend on the head's turn where they belong; itself where they are there already."""

    def completed(self) -> Self:
        """With all points counting; itself where they do already."""


Observed = TypeVar("Observed", bound=Observation)


def solving(
    evaluator: FlameEvaluator,
    observation: Observed,
    unknowns: Unknowns,
    prior: Prior,
    vary: Iterable[str],
    preview: Preview,
    offsets: np.ndarray | None = None,
    last_slides: int = LAST_SLIDES,
) -> Generator[float, None, tuple[Solved, Observed]]:
    """Place the head as a whole, then let all of ``vary`` go; yields a share that nears 1 as the work goes on.

    At the end it is solved again as often as the contour slides or joins in, at most ``last_slides`` times. Returns
    the observation as it is then as well.
    """
    chosen = set(vary)
    iterations, factor = 0, max(1.0, observation.misfit(unknowns))
    rigid = chosen & set(RIGID)
    rounds = [(rigid, factor)] if rigid and rigid != chosen else []
    while factor > 1:
        rounds.append((chosen, factor))
        factor = max(1.0, factor / FINER)
    rounds.append((chosen, 1.0))
    while True:
        fields, factor = rounds.pop(0)
        # extras, such as a focal length, once the head is in place
        free = free_entries(unknowns.layout, fields, extras=fields == chosen)
        linearise = observation.weighed(unknowns, factor).linearise
        running = minimising(linearise, unknowns, prior, free, evaluator.parents, MOST_ITERATIONS)
        solved = yield from shown(running, offsets, preview, iterations)
        unknowns, iterations = solved.unknowns, iterations + solved.iterations
        before = observation
        if rounds:
            observation = observation.slid(unknowns)
        elif last_slides and (observation := observation.slid(unknowns).completed()) is not before:
            last_slides -= 1
            rounds.append((chosen, 1.0))
        else:
            return dataclasses.replace(solved, iterations=iterations), observation


def solving_with_noise(
    evaluator: FlameEvaluator,
    observation: Observed,
    start: Solved,
    factor: float,
    prior: Prior,
    vary: Iterable[str],
    preview: Preview,
    offsets: np.ndarray | None = None,
) -> Generator[float, None, tuple[Solved, Observed, float]]:
    """From ``start``, solved at ``factor`` times the noise of ``observation``, to the noise that residuals tell.

    Noise and unknowns are found in turn, the contour sliding along. Yields a share that nears 1; returns the
    observation as it is then, and the factor.
    """
    free = free_entries(start.unknowns.layout, vary)
    solved, iterations = start, start.iterations
    for _ in range(NOISE_ROUNDS):
        unknowns = solved.unknowns
        weighed = observation.weighed(unknowns, 1.0)
        believed = prior.linearise(unknowns, evaluator.parents) + weighed.linearise_held(unknowns)
        measured, before = weighed.linearise_measured(unknowns), factor
        factor = likeliest_factor(measured, believed, unknowns, prior, free, NOISE_BOUNDS)
        linearise = observation.weighed(unknowns, factor).linearise
        running = minimising(linearise, unknowns, prior, free, evaluator.parents, MOST_ITERATIONS)
        solved = yield from shown(running, offsets, preview, iterations)
        iterations += solved.iterations
        slid = observation.slid(solved.unknowns)
        same, observation = slid is observation, slid
        if same and abs(np.log(factor / before)) < SAME_NOISE:
            break
    return dataclasses.replace(solved, iterations=iterations), observation, factor


def shown(
    running: Generator[Unknowns, None, Solved],
    offsets: np.ndarray | None,
    preview: Preview,
    iterations: int,
) -> Generator[float, None, Solved]:
    """Run a solver, after ``iterations`` of before; show where it is and yield a share that nears 1."""
    count = itertools.count(iterations + 1)

    def share(unknowns: Unknowns) -> float:
        preview(unknowns.params(offsets))
        done = next(count)
        return done / (done + ITERATIONS_AT_HALF)

    return mapped(running, share)
