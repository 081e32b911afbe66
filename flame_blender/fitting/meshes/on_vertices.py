"""A head fitted to places of some of its vertices, as noisy as what is left over tells."""

from __future__ import annotations

import dataclasses
from collections.abc import Generator

import numpy as np

from ...flame.evaluator import FlameEvaluator
from ...flame.params import FlameParams
from ..landmarks.targets import Targets
from ..solver.graduated import shown
from ..solver.layer import HeadPart
from ..solver.least_squares import Prior, Solved, minimising
from ..solver.preview import Preview
from ..solver.surface_points import SurfacePoints
from ..solver.unknowns import LOG_SCALE, VARIED, Unknowns, free_entries

LEAST_NOISE = 2e-6  # metres: rounding
SETTLED = 0.98  # of the noise of the round before: then the rounds end
ROUNDS, ITERATIONS = 12, 12


def solving_vertices(
    evaluator: FlameEvaluator, chosen: np.ndarray, places: np.ndarray, fit_scale: bool, preview: Preview
) -> Generator[float, None, tuple[Solved, Targets]]:
    """Fit ``chosen`` (n,) vertices to ``places`` (n, 3) metres, FLAME's axes; yields the share that is done.

    The noise is the root mean square of what was left over by the round before. Far from the solution that keeps
    directions which the places hardly tell apart from running away, and near it noise out of them.
    """
    whole = HeadPart.whole(evaluator)
    corners, alone = np.repeat(chosen[:, None], 3, 1), np.tile([1.0, 0.0, 0.0], (len(chosen), 1))
    points = SurfacePoints(whole, corners, alone)
    targets = Targets(points, places, np.ones(len(chosen)), 1.0)
    unknowns = Unknowns.of(evaluator, FlameParams(), {LOG_SCALE: 0.0} if fit_scale else {})
    unknowns = targets.aligned(unknowns, whole.joints_at(unknowns.coefficients)[0])
    prior = Prior.of(evaluator, None, {LOG_SCALE: (0.0, np.inf)} if fit_scale else {})
    free = free_entries(unknowns.layout, VARIED)
    noise, iterations, settled = max(targets.misfit(unknowns), LEAST_NOISE), 0, False
    for _ in range(ROUNDS):
        linearise = dataclasses.replace(targets, noise=noise).linearise
        running = minimising(linearise, unknowns, prior, free, evaluator.parents, ITERATIONS)
        solved = yield from shown(running, None, preview, iterations)
        unknowns, iterations = solved.unknowns, iterations + solved.iterations
        left = max(targets.misfit(unknowns), LEAST_NOISE)
        settled = left > SETTLED * noise
        if settled:
            break
        noise = left
    yield 1.0
    return Solved(unknowns, solved.cost, iterations, settled), targets
