"""Solving from rough to fine: observations are first taken for as noisy as they are off, then for finer and finer.

So nothing counts as an outlier before the head has come near it, and what many observations tell is settled before what
few do (as in graduated non-convexity: Blake and Zisserman, Visual Reconstruction, 1987).
"""

from __future__ import annotations

import itertools
from collections.abc import Generator, Iterable
from typing import Protocol

import numpy as np

from ..flame.evaluator import FlameEvaluator
from ..flame.steps import mapped
from .least_squares import Equations, Prior, Solved, minimising
from .outcome import Preview
from .unknowns import Unknowns, free_steps

FINER = 4.0  # noise from one round to the next
MOST_STEPS = 60  # of a round
LAST_SLIDES = 3  # a contour may slide to and fro between two rows that each fit better from the other
RIGID = ("global_rotation", "translation")
STEPS_AT_HALF = 10  # nobody knows how many steps there will be: so many count as half the work


class Observation(Protocol):
    """Something that was observed of a head."""

    def look(self, unknowns: Unknowns) -> Equations:
        """The equations of the solver."""

    def rougher(self, factor: float) -> Observation:
        """The same with its noise times ``factor``."""

    def misfit(self, unknowns: Unknowns) -> float:
        """Root mean square of what is left over, in standard deviations."""

    def slide(self, unknowns: Unknowns) -> bool:
        """Put the points that depend on the head's turn where they belong; whether any moved."""

    def complete(self) -> bool:
        """Let all points count from now on; whether some did not before."""


def solving(
    evaluator: FlameEvaluator,
    observation: Observation,
    unknowns: Unknowns,
    prior: Prior,
    vary: Iterable[str],
    preview: Preview,
    offsets: np.ndarray | None = None,
    last_slides: int = LAST_SLIDES,
) -> Generator[float, None, Solved]:
    """Place the head as a whole, then let all of ``vary`` go; yields a share that nears 1 as the work goes on.

    At the end it is solved again as often as the contour slides or joins in, at most ``last_slides`` times.
    """
    chosen = set(vary)
    steps, factor = 0, max(1.0, observation.misfit(unknowns))
    rigid = chosen & set(RIGID)
    rounds = [(rigid, factor)] if rigid and rigid != chosen else []
    while factor > 1:
        rounds.append((chosen, factor))
        factor = max(1.0, factor / FINER)
    rounds.append((chosen, 1.0))
    while True:
        fields, factor = rounds.pop(0)
        free = free_steps(evaluator, fields, len(unknowns.further))
        if fields != chosen:  # further numbers, such as a focal length, once the head is in place
            free[len(free) - len(unknowns.further) :] = False
        look = observation.rougher(factor).look
        running = minimising(look, unknowns, prior, free, evaluator.parents, MOST_STEPS)
        solved = yield from shown(running, evaluator, offsets, preview, steps)
        unknowns, steps = solved.unknowns, steps + solved.steps
        if rounds:
            observation.slide(unknowns)
        elif last_slides and (observation.slide(unknowns) | observation.complete()):
            last_slides -= 1
            rounds.append((chosen, 1.0))
        else:
            return Solved(unknowns, solved.cost, steps, solved.settled)


def shown(
    running: Generator[Unknowns, None, Solved],
    evaluator: FlameEvaluator,
    offsets: np.ndarray | None,
    preview: Preview,
    steps: int,
) -> Generator[float, None, Solved]:
    """Run a solver, after ``steps`` of before; show where it is and yield a share that nears 1."""
    count = itertools.count(steps + 1)

    def share(unknowns: Unknowns) -> float:
        preview(unknowns.params(evaluator, offsets))
        done = next(count)
        return done / (done + STEPS_AT_HALF)

    return mapped(running, share)
