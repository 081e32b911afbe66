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
from .views import SeenView

STRIDES = (4, 2, 1)  # degrees


def searching_row(
    evaluator: FlameEvaluator,
    view: SeenView,
    solved: Solved,
    prior: Prior,
    free: np.ndarray,
    preview: Preview,
    offsets: np.ndarray | None = None,
) -> Generator[float, None, Solved]:
    """From ``solved`` to the least cost of all rows nearby; leaves the view's contour held there.

    ``free`` (n,) bool are the entries of a step that may move. Yields a share that nears 1.
    """
    iterations = solved.iterations

    def held_at(degrees: int, start: Unknowns) -> Generator[float, None, Solved]:
        nonlocal iterations
        view.landmarks.hold(degrees, view.before_upright)
        running = minimising(view.linearise, start, prior, free, evaluator.parents, MOST_ITERATIONS)
        held = yield from shown(running, offsets, preview, iterations)
        iterations += held.iterations
        return held

    here = view.landmarks.degrees
    best = yield from held_at(here, solved.unknowns)
    tried = {here}
    for stride in STRIDES:
        for way in (stride, -stride):
            while abs(here + way) <= LAST_POSITIVE_ROW and here + way not in tried:
                tried.add(here + way)
                found = yield from held_at(here + way, best.unknowns)
                if found.cost >= best.cost:
                    break
                best, here = found, here + way
    view.landmarks.hold(here, view.before_upright)
    return dataclasses.replace(best, iterations=iterations)
