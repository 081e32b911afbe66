"""Lids beside eyeballs that a gaze turns."""

from __future__ import annotations

import numpy as np

from ..correspondence.lid_margins import margins_of
from ..correspondence.lids import Lids
from ..correspondence.rest_skin import RestSkin
from ..flame.evaluator import FlameEvaluator
from ..flame.eyeballs import eyeballs_of
from ..flame.params import FlameParams
from ..geometry.rotations import matrix_from_axis_angle


def clear_of_eyeballs(evaluator: FlameEvaluator, movements: np.ndarray, gazes: np.ndarray) -> np.ndarray:
    """Movements (C, V, 3) of the skin, whose lids do not lie in eyeballs that ``gazes`` (C, 6) turn, left and right.

    A model's joints lie about in the middle of its eyeballs, and may follow the lids, so a turn moves these a little.
    """
    result, skin = movements.copy(), RestSkin(evaluator.model)
    for number, ball in enumerate(eyeballs_of(skin.vertices, skin.model.faces) or ()):
        margins = margins_of(skin, ball)
        if margins is None:
            continue
        lids, middle = Lids(skin, margins), skin.vertices[ball.vertices].mean(0)
        for row, (left, right) in enumerate(gazes.reshape(-1, 2, 3)):
            gaze = (left, right)[number]
            if gaze.any():
                params = FlameParams(left_eye=left, right_eye=right, offsets=movements[row])
                turned = evaluator.vertices(params)[ball.vertices].mean(0)
                centre = turned + matrix_from_axis_angle(gaze) @ (ball.centre - middle)
                result[row] = lids.outside(result[row][None], centre - ball.centre)[0]
    return result
