"""Which row of the contour belongs to what a single photo shows.

A contour has a row of points for each degree of yaw. To slide it to where the head is turned, fit, and slide again
settles at many a yaw, since identity and expression bend the head so that it suits the row. So the head is held at the
yaw that a row stands for, and the row at which all agrees best is looked for, from where the head is.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Generator

import numpy as np

from ...flame.evaluator import FlameEvaluator
from ...flame.landmarks import LAST_POSITIVE_ROW
from ..solver.graduated import MOST_ITERATIONS, shown
from ..solver.least_squares import Prior, Solved, minimising
from ..solver.preview import Preview
from ..solver.unknowns import Unknowns
from .embedded import Contour
from .views import ObservedView

STRIDES = (4, 2, 1)  # degrees


def searching_row(
    evaluator: FlameEvaluator,
    view: ObservedView,
    solved: Solved,
    prior: Prior,
    free: np.ndarray,
    preview: Preview,
    offsets: np.ndarray | None = None,
) -> Generator[float, None, tuple[Solved, Contour]]:
    """From ``solved`` to the least cost of all rows nearby; the contour of ``view`` held there.

    ``free`` (n,) bool are the entries of a step that may move. Yields a share that nears 1.
    """
    iterations = solved.iterations

    def held_at(degrees: int, start: Unknowns) -> Generator[float, None, Solved]:
        nonlocal iterations
        linearise = view.held_at(degrees).linearise
        running = minimising(linearise, start, prior, free, evaluator.parents, MOST_ITERATIONS)
        held = yield from shown(running, offsets, preview, iterations)
        iterations += held.iterations
        return held

    degrees = view.landmarks.contour.degrees
    best = yield from held_at(degrees, solved.unknowns)
    visited = {degrees}
    for stride in STRIDES:
        for turn in (stride, -stride):
            while abs(degrees + turn) <= LAST_POSITIVE_ROW and degrees + turn not in visited:
                visited.add(degrees + turn)
                tried = yield from held_at(degrees + turn, best.unknowns)
                if tried.cost >= best.cost:
                    break
                best, degrees = tried, degrees + turn
    return dataclasses.replace(best, iterations=iterations), view.held_at(degrees).landmarks.contour
