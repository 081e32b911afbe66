"""Lids beside eyeballs that a gaze turns."""

from __future__ import annotations

import numpy as np

from ..correspondence.lid_margins import margins_of
from ..correspondence.lids import Lids
from ..correspondence.relaxing import turned_back
from ..correspondence.rest_skin import RestSkin
from ..flame.evaluator import FlameEvaluator
from ..flame.eyeballs import Eyeball, eyeballs_of
from ..flame.params import FlameParams
from ..geometry.rotations import matrix_from_axis_angle

BLINKS = "eyeBlinkLeft", "eyeBlinkRight"
ROUNDS = 2  # of keeping a blink clear of eyeballs, which parts its lids a little, and shutting it


def clear_of_eyeballs(
    evaluator: FlameEvaluator, names: tuple[str, ...], movements: np.ndarray, gazes: np.ndarray
) -> np.ndarray:
    """Movements (C, V, 3) of the skin, whose lids do not lie in eyeballs that ``gazes`` (C, 6) turn, left and right.

    A model's joints lie about in the middle of its eyeballs, and may follow the lids, so a turn moves these a little.
    A blink keeps clear of them wherever they look.
    """
    result, skin = movements.copy(), RestSkin(evaluator.model)
    for number, ball in enumerate(eyeballs_of(skin.vertices, skin.model.faces) or ()):
        margins = margins_of(skin, ball)
        if margins is None:
            continue
        lids = Lids(skin, margins)
        looks = np.flatnonzero(gazes.reshape(-1, 2, 3)[:, number].any(1))
        for row in looks.tolist():
            shift = _shift(evaluator, movements[row], gazes[row], number, ball)
            kept = turned_back(skin, lids.outside(result[row][None], shift)[0])
            result[row] = lids.outside(kept[None], shift)[0]  # what was turned back may have come nearer
        if BLINKS[number] in names:
            row = names.index(BLINKS[number])
            for _ in range(ROUNDS):
                for gaze in gazes[looks]:
                    shift = _shift(evaluator, result[row], gaze, number, ball)
                    result[row] = lids.outside(result[row][None], shift)[0]
                result[row] = turned_back(skin, lids.overlapping(result[row]))
    return result


def _shift(evaluator: FlameEvaluator, movement: np.ndarray, gaze: np.ndarray, number: int, ball: Eyeball) -> np.ndarray:
    """(3,) metres by which a gaze (6,) moves the middle of one of the eyeballs, while the skin has moved (V, 3)."""
    left, right = gaze.reshape(2, 3)
    middle = evaluator.model.v_template[ball.vertices].astype(np.float64).mean(0)
    turned = evaluator.vertices(FlameParams(left_eye=left, right_eye=right, offsets=movement))[ball.vertices].mean(0)
    return np.asarray(turned + matrix_from_axis_angle((left, right)[number]) @ (ball.centre - middle) - ball.centre)
