"""Lips that stay apart where the movements of several controls add up."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..flame.controls import Controls, skin_scores
from ..flame.params import FlameParams
from .directions import MOVES, Directions

CROSSED = 1e-4  # metres by which lips may pass each other
SHARES = 1.0, 0.5  # at the end and half-way
ROUNDS = 2
LEAST = 1e-10  # square metres: who moves less takes no part


def apart_together(
    directions: Directions, controls: Controls, movements: np.ndarray, together: np.ndarray
) -> np.ndarray:
    """(C, V, 3) float32: correctives of ``controls`` with which ``together`` (P, C) take no lips through each other.

    What scores that are shown together lack is shared among their controls, at each vertex by the squares of what these
    move it by, ``movements`` (C, V, 3): so what is one-sided stays so.
    """
    result, lips = np.array(controls.correctives, np.float64), directions.lips
    moving = np.abs(movements[:, lips.facing.vertices]).max((1, 2), initial=0.0) > MOVES
    several = np.count_nonzero(together[:, moving], axis=1) > 1
    for scores in together[several]:
        for _ in range(ROUNDS):
            further = [_further(directions, controls, result, share * scores) / share for share in SHARES]
            if not any(each.any() for each in further):
                break
            some = skin_scores(controls.names, scores)
            rows = np.flatnonzero(some)
            weights = some[rows, None] * (movements[rows] ** 2).sum(2)
            weights /= np.maximum(some[rows] @ weights, LEAST)
            result[rows] += weights[..., None] * max(further, key=lambda each: np.abs(each).max())
    return result.astype(np.float32)


def _further(directions: Directions, controls: Controls, correctives: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """(V, 3) metres by which scores (C,), shown whole, would have to be moved so that lips do not pass each other."""
    offsets = np.tensordot(skin_scores(controls.names, scores), correctives, 1)
    fields: dict[str, Any] = controls.fields(scores)
    shown = directions.evaluator.vertices(FlameParams(**fields, offsets=offsets)).astype(np.float64)
    if directions.lips.crossed(shown) < CROSSED:
        return np.zeros_like(shown)
    moved = shown - directions.rest
    return directions.lips.clear(moved) - moved
